"""Does somebody already say what the address is? Warning lists, labels of other roles, its network's name.

All of it is text from outside. It is only searched for the template's words, and quoted.
"""

import numpy as np

from headwater.investigate.facts import Facts, counted
from headwater.investigate.rule import TIE, Kind, Rule, Scope, measured
from headwater.model.hypothesis import Evidence

_REASONS = {
    "sinkhole": "Whoever names it a sinkhole has seldom reason to be wrong.",
    "research": "Researchers and scanners meet C2s because they look for them.",
    "exit": "A VPN's or proxy's exit does what all its users do.",
    "benign": "Clients of an ordinary service need no common cause.",
    "other-c2": "A server of other malware meets these C2s as victims of that malware.",
    "same-c2": "C2s of one family come in tiers.",
}
_BY_WORDS = ("sinkhole", "research", "exit", "benign")


def word_in(names: tuple[str, ...], rule: Rule) -> tuple[str, str]:
    """The first kind of name that the words tell, and the name it was found in; "" twice where none is."""
    for finding in _BY_WORDS:
        for name in names:
            if any(word in name.casefold() for word in rule.words[finding]):
                return finding, name
    return "", ""


def _family(group: str) -> str:
    return group.split("/", maxsplit=1)[0]


def _listed_as(facts: Facts, rule: Rule) -> tuple[str, str]:
    """Whether lists name the address itself as a C2, of the family of most in contact or another's.

    A server of other malware may meet some C2 of its own family among its victims, as everybody's.
    """
    groups = facts.measurements.is_listed_c2
    if not groups:
        return "", ""
    listed = facts.measurements.listed
    met = listed.family[np.unique(facts.measurements.clients.c2[counted(facts).c2s])]
    sizes = {name: int(np.sum(met == place)) for place, name in enumerate(listed.families)}
    best = max(groups, key=lambda group: sizes.get(_family(group), 0))
    own = sizes.get(_family(best), 0) >= rule.numbers["own_family_from"] * max(len(met), 1)
    return ("same-c2", best) if own else ("other-c2", groups[0])


def _look(facts: Facts, rule: Rule, scope: Scope) -> tuple[Evidence, ...]:
    made = []
    finding, name = word_in(facts.measurements.known_as, rule)
    if finding:
        made.append((finding, f'A list or a label names the address: "{name}".', "lists and labels"))
    else:
        finding, name = word_in((facts.network,), rule)
        if finding:
            made.append((finding, f'Its network is called "{name}".', "networks"))
    listed, group = _listed_as(facts, rule)
    if listed:
        made.append((listed, f'Lists name the address itself as a C2 of "{group}".', "C2 lists"))
    return tuple(
        measured(
            rule,
            facts,
            question=TIE,
            scope=scope.name,
            statement=statement,
            reason=_REASONS[finding],
            weights=rule.told(finding),
            source=source,
        )
        for finding, statement, source in made
    )


NAMES = Kind(
    "names",
    "what lists and names call it",
    TIE,
    _look,
    numbers={"own_family_from": (0.01, 1.0)},
    findings=(*_BY_WORDS, "other-c2", "same-c2"),
    words=_BY_WORDS,
)
