"""Is this a template? TOML text to Template; what is impossible is refused with file, key and remedy."""

import string
from hashlib import sha256

from headwater.investigate.evidence.registry import KINDS
from headwater.investigate.rule import DEFAULT, TIE, Finding, Kind, Rule
from headwater.investigate.template import Answer, Grid, Limits, Question, Template
from headwater.investigate.toml_values import Values, parsed

FORMAT = 1
PLACEHOLDERS = ("group", "actor", "service")
_OF_LIKELIHOOD = ("likely", "certain", "roughly even", "no chance")  # the conclusion alone may use them
_SMALLEST = 1e-6  # of a probability: smaller ones would let one line of the template decide everything


def parse_template(text: str, *, name: str) -> Template:
    """The template in a TOML text.

    Args:
        text: the file's content.
        name: of the file, for messages.

    Returns:
        The template. A kind of evidence that it does not name is switched off.

    Raises:
        BadSetting: no TOML, a key that means nothing, or a value that is impossible.
    """
    top = parsed(text, name=name)
    top.only(("format", "title", "questions", "limits", "grid", "evidence"))
    if top.table.get("format") != FORMAT:
        raise top.refuse("format", f"is {top.table.get('format')!r}; this program reads format = {FORMAT}")
    questions = tuple(_question(top.inner("questions").inner(key)) for key in top.inner("questions").table)
    if TIE not in {question.id for question in questions}:
        raise top.refuse("questions", f"none is called {TIE!r}; add [questions.{TIE}]")
    by_question = {question.id: tuple(answer.id for answer in question.answers) for question in questions}
    evidence = top.inner("evidence")
    evidence.only(KINDS)
    rules = {}
    for kind in KINDS.values():
        if kind.name in evidence.table and kind.question in by_question:
            values = evidence.inner(kind.name)
            if values.flag("on", default=True):
                rules[kind.name] = _rule(values, kind, answers=by_question[kind.question])
    return Template(
        name=name,
        title=top.text("title", name),
        questions=questions,
        rules=rules,
        grid=_grid(top.inner("grid")),
        limits=_limits(top.inner("limits")),
        digest=sha256(text.encode()).hexdigest(),
    )


def _question(values: Values) -> Question:
    values.only(("text", "by_group", "hypotheses"))
    table = values.inner("hypotheses")
    answers = tuple(_answer(table.inner(key), key) for key in table.table)
    if len(answers) < 2:
        raise table.refuse("", "a question needs two hypotheses at least; add another")
    total = sum(answer.prior for answer in answers)
    if abs(total - 1.0) > 1e-6:
        raise table.refuse("", f"the priors add up to {total:.6g}; change them so that they add up to 1")
    return Question(
        values.path.rsplit(".", maxsplit=1)[-1],
        values.text("text"),
        values.flag("by_group", default=False),
        answers,
    )


def _answer(values: Values, key: str) -> Answer:
    values.only(("name", "statement", "prior", "accuses"))
    if key == DEFAULT:
        raise values.refuse("", f"no hypothesis may be called {DEFAULT!r}; choose another id")
    statement = values.text("statement")
    try:
        fields = [field for _, field, _, _ in string.Formatter().parse(statement) if field is not None]
    except ValueError as why:
        raise values.refuse("statement", f"{why}; write {{{{ for a brace") from None
    said = next(
        (word for word in _OF_LIKELIHOOD if word in f"{statement} {values.text('name')}".casefold()), ""
    )
    if said:
        raise values.refuse("statement", f"{said!r} is a word for a likelihood; say only what would be true")
    for field in fields:
        if field not in PLACEHOLDERS:
            known = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
            raise values.refuse("statement", f"{{{field}}} stands for nothing; use {known}")
    prior = values.number("prior", _SMALLEST, 1 - _SMALLEST)
    return Answer(key, values.text("name"), statement, prior, values.flag("accuses", default=True))


def _rule(values: Values, kind: Kind, *, answers: tuple[str, ...]) -> Rule:
    wanted = ["on", "basis", "missing", "limit", *kind.numbers]
    wanted += [
        part
        for part, needed in (
            ("findings", kind.findings),
            ("shapes", kind.shapes),
            ("shares", kind.shares),
            ("splits", kind.splits),
            ("likes", kind.likes),
            ("words", kind.words),
        )
        if needed
    ]
    values.only(wanted)
    numbers = {key: values.number(key, low, high) for key, (low, high) in kind.numbers.items()}
    if numbers.get("recall_low", 0.0) > numbers.get("recall_high", 1.0):
        raise values.refuse("recall_low", "is above recall_high; exchange them")
    return Rule(
        kind=kind.name,
        basis=values.text("basis"),
        missing=values.text("missing", ""),
        limit=values.number("limit", 0.0, 10.0, 3.0),
        numbers=numbers,
        findings=_findings(values, kind, answers),
        shapes=_shapes(values, answers) if kind.shapes else {},
        shares=_shares(values.inner("shares"), answers) if kind.shares else {},
        splits=_splits(values.inner("splits"), kind) if kind.splits else {},
        likes=_likes(values.inner("likes"), kind, answers) if kind.likes else {},
        words=_words(values.inner("words"), kind) if kind.words else {},
    )


def _findings(values: Values, kind: Kind, answers: tuple[str, ...]) -> dict[str, Finding]:
    if not kind.findings:
        return {}
    table = values.inner("findings")
    table.only(kind.findings)
    made = {}
    for finding in kind.findings:
        row = table.inner(finding)
        row.only((DEFAULT, *answers))
        under = {key: row.number(key, _SMALLEST, 1.0) for key in row.table if key != DEFAULT}
        made[finding] = Finding(row.number(DEFAULT, _SMALLEST, 1.0), under)
    return made


def _shapes(values: Values, answers: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    table = values.inner("shapes")
    table.only((DEFAULT, *answers))
    made = {}
    for key in dict.fromkeys((DEFAULT, *table.table)):
        pair = table.numbers(key, 0.01, 1e6)
        if len(pair) != 2:
            raise table.refuse(key, "a beta distribution has two numbers; give [a, b]")
        made[key] = (pair[0], pair[1])
    return made


def _shares(table: Values, answers: tuple[str, ...]) -> dict[str, float]:
    table.only((DEFAULT, *answers))
    return {
        key: table.number(key, _SMALLEST, 1 - _SMALLEST) for key in dict.fromkeys((DEFAULT, *table.table))
    }


def _splits(table: Values, kind: Kind) -> dict[str, tuple[float, float, float]]:
    table.only(kind.splits)
    made = {}
    for key in kind.splits:
        three = table.numbers(key, 0.01, 1e6)
        if len(three) != 3:
            raise table.refuse(key, "sessions lie before, during or after; give [before, during, after]")
        made[key] = (three[0], three[1], three[2])
    return made


def _likes(table: Values, kind: Kind, answers: tuple[str, ...]) -> dict[str, str]:
    table.only(answers)
    for key in table.table:
        if table.text(key) not in kind.likes:
            raise table.refuse(key, f"{table.text(key)!r} is no model; use {', '.join(kind.likes)}")
    return {key: table.text(key) for key in table.table}


def _words(table: Values, kind: Kind) -> dict[str, tuple[str, ...]]:
    table.only(kind.words)
    return {key: tuple(word.casefold() for word in table.texts(key)) for key in kind.words}


def _grid(values: Values) -> Grid:
    values.only(("prior_odds", "weights", "limits"))
    return Grid(
        prior_odds=values.numbers("prior_odds", 0.01, 100.0),
        weights=values.numbers("weights", 0.01, 2.0),
        limits=values.numbers("limits", 0.1, 10.0),
    )


def _limits(values: Values) -> Limits:
    probabilities = (
        "shared_basis", "one_word_swing", "least_top", "accused_below", "open_from", "weakens_by",
    )  # fmt: skip
    counts = ("least_c2s", "least_sessions", "least_timelines", "unless_sessions")
    values.only((*probabilities, *counts, "group_margin", "ruled_out_below"))
    share = {key: values.number(key, 0.0, 1.0) for key in probabilities}
    whole = {key: int(values.number(key, 0, 1e6)) for key in counts}
    return Limits(
        shared_basis=share["shared_basis"],
        one_word_swing=share["one_word_swing"],
        least_c2s=whole["least_c2s"],
        least_sessions=whole["least_sessions"],
        least_timelines=whole["least_timelines"],
        unless_sessions=whole["unless_sessions"],
        least_top=share["least_top"],
        accused_below=share["accused_below"],
        open_from=share["open_from"],
        weakens_by=share["weakens_by"],
        group_margin=values.number("group_margin", 0.0, 10.0),
        ruled_out_below=values.number("ruled_out_below", 0.0, 0.05),  # the bound of "almost no chance"
    )
