"""Which tags does MISP need? Taxonomies for TLP, PAP, Admiralty and estimative language, and galaxies.

Names as in the MISP project's taxonomies (misp-taxonomies) and galaxies (misp-galaxy): a tag there is a
machine tag, `namespace:predicate="value"`.
"""

import re

from headwater.intel.labels.names import grade_of
from headwater.model.hypothesis import Hypothesis
from headwater.present.export.settings import ExportSettings
from headwater.present.export.techniques import Technique

# ICD 203 (section D.6.e.2.a), the ends of its ranges, and the words that the taxonomy writes with hyphens.
_LIKELIHOOD = (
    (0.95, "almost-certain"),
    (0.80, "very-likely"),
    (0.55, "likely"),
    (0.45, "roughly-even-chance"),
    (0.20, "unlikely"),
    (0.05, "very-unlikely"),
)
_QUOTED = re.compile(r'["\\]')  # what would end a machine tag's value


def document_tags(settings: ExportSettings) -> list[str]:
    """How far the event may be shared, and what may be done with it."""
    return [f"tlp:{settings.tlp.value}", f"PAP:{settings.pap.value.upper()}"]


def confidence_tag(confidence: str) -> str:
    """Confidence in the basis; never a likelihood."""
    return f'estimative-language:confidence-in-analytic-judgment="{_value(confidence)}"'


def likelihood_tag(one: Hypothesis) -> str:
    """How likely a hypothesis is; "" where its word is not stable."""
    if one.words == "insufficient":
        return ""
    word = next((word for least, word in _LIKELIHOOD if one.posterior >= least), "almost-no-chance")
    return f'estimative-language:likelihood-probability="{word}"'


def grade_tags(grade: str) -> list[str]:
    """The two halves of an Admiralty grade; none where there is no grade."""
    try:
        code = grade_of(grade)
    except ValueError:
        return []
    return [
        f'admiralty-scale:source-reliability="{code[0].lower()}"',
        f'admiralty-scale:information-credibility="{code[1]}"',
    ]


def family_tag(family: str) -> str:
    """The galaxy tag of a malware family, as Malpedia writes names."""
    name = " ".join(part.capitalize() if part.islower() else part for part in family.split("_"))
    return f'misp-galaxy:malpedia="{_value(name)}"'


def technique_tag(one: Technique) -> str:
    """The galaxy tag of an ATT&CK technique."""
    return f'misp-galaxy:mitre-attack-pattern="{one.name} - {one.id}"'


def _value(text: str) -> str:
    return _QUOTED.sub("_", text)
