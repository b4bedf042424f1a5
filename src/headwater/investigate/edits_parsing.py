"""What does an analyst's file say? TOML text to Edits; what is impossible is refused with file, key, remedy.

[[add]]                              # an item of one's own
id = "A1"
question = "tie"
scope = "all"                        # or a group such as "dridex"; "all" speaks of every group
statement = "A seized server held the panel's password for the C2s."
reason = "Whoever has it can run them."
weights = { control = 1.0, handoff = 0.3 }   # log10 likelihood; not named: 0
source = "case 17"
grade = "B2"
observed_at = 2020-03-01

[[change]]                           # by id, or by kind and, if wanted, scope
kind = "purity"
weights = { third-party = 0.5 }      # replaces the weights of these hypotheses, or ...
factor = 0.5                         # ... multiplies all of them
reason = "Half of the clients were scanners."

[[off]]
id = "E4"
reason = "That sensor's clock was wrong."

[[let_in]]                           # an item that a tenancy bars
id = "E9"
reason = "The new key was the same operator's."
"""

from headwater.investigate.edits import ANALYST, Change, Edits
from headwater.investigate.evidence.registry import KINDS
from headwater.investigate.facts import ALL
from headwater.investigate.template import Template
from headwater.investigate.toml_values import Values, parsed
from headwater.model.hypothesis import Evidence, Provenance

_LARGEST = 6.0  # log10 of a weight that an analyst may give: one in a million


def parse_edits(text: str, *, name: str, template: Template) -> Edits:
    """The edits in a TOML text.

    Args:
        text: the file's content.
        name: of the file, for messages.
        template: whose questions and hypotheses it may name.

    Raises:
        BadSetting: no TOML, a key that means nothing, an unknown question, hypothesis or kind, a weight
            beyond 6, an id that is used twice or is one of the program's.
    """
    top = parsed(text, name=name)
    top.only(("add", "change", "off", "let_in"))
    added: list[Evidence] = []
    for values in top.each("add"):
        item = _added(values, name, template)
        if any(item.id == other.id for other in added):
            raise values.refuse("id", f"{item.id!r} is used twice; choose another")
        added.append(item)
    return Edits(
        name,
        tuple(added),
        tuple(_change(values, template, weighs=True) for values in top.each("change")),
        tuple(_change(values, template, weighs=False) for values in top.each("off")),
        tuple(_change(values, template, weighs=False) for values in top.each("let_in")),
    )


def _added(values: Values, name: str, template: Template) -> Evidence:
    values.only(
        ("id", "question", "scope", "statement", "reason", "weights", "source", "grade", "observed_at")
    )
    identity = values.text("id")
    if identity[:1] == "E" and identity[1:].isdigit():
        raise values.refuse("id", f"{identity!r} is of the program's kind; choose one such as 'A1'")
    question = template.question(values.text("question"))
    if question is None:
        known = ", ".join(one.id for one in template.questions)
        raise values.refuse("question", f"{values.text('question')!r} is not asked; use one of {known}")
    weights = _weights(values.inner("weights"), tuple(answer.id for answer in question.answers))
    if not weights:
        raise values.refuse("weights", "is empty; weigh one hypothesis at least")
    return Evidence(
        id=identity,
        kind=ANALYST,
        question=question.id,
        scope=values.text("scope", ALL),
        statement=values.text("statement"),
        reason=values.text("reason"),
        weights=weights,
        source=values.text("source", ANALYST),
        grade=_grade(values),
        observed_at=values.moment("observed_at"),
        provenance=Provenance(query=f"{name}: {values.path}"),
    )


def _grade(values: Values) -> str:
    grade = values.text("grade", "").upper()
    if grade and (len(grade) != 2 or grade[0] not in "ABCDEF" or grade[1] not in "123456"):
        raise values.refuse("grade", f"{grade!r} is no Admiralty code; write one such as B2")
    return grade


def _weights(values: Values, answers: tuple[str, ...]) -> dict[str, float]:
    values.only(answers)
    return {key: values.number(key, -_LARGEST, _LARGEST) for key in values.table}


def _change(values: Values, template: Template, *, weighs: bool) -> Change:
    values.only(("id", "kind", "scope", "reason", *(("weights", "factor") if weighs else ())))
    identity, kind = values.text("id", ""), values.text("kind", "")
    if bool(identity) == bool(kind):
        raise values.refuse("id", "name either an id or a kind")
    if kind and kind not in KINDS:
        raise values.refuse("kind", f"{kind!r} is no kind of evidence; use one of {', '.join(KINDS)}")
    weights = {}
    if weighs:
        if not {"weights", "factor"} & set(values.table):
            raise values.refuse("weights", "is missing; give weights, or a factor")
        every = {answer.id for question in template.questions for answer in question.answers}
        weights = _weights(values.inner("weights", required=False), tuple(sorted(every)))
    return Change(
        values,
        identity,
        kind,
        values.text("scope", ""),
        values.text("reason"),
        weights,
        values.number("factor", 0.0, 10.0, 1.0) if weighs else 1.0,
    )
