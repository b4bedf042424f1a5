"""Which template and which evidence of an analyst does an investigation use, in Python?"""

from dataclasses import replace
from pathlib import Path

from headwater.app.hypothesis_template import edits_from, template_from
from headwater.app.investigate import Choices


def choices_from(
    *,
    template: str | Path | None = None,
    evidence: str | Path | None = None,
    beside: Choices | None = None,
) -> Choices:
    """What an analyst decides about the reckoning, read from files, for `Lake.investigate`.

    Args:
        template: questions, hypotheses and rules of evidence (TOML); None: the shipped ones.
        evidence: own items and changes to the ledger (TOML); None: none.
        beside: what else was chosen, such as the settings of timelines.

    Raises:
        BadSetting: a file cannot be read, or says something impossible.
    """
    chosen = template_from(None if template is None else Path(template))
    edits = edits_from(None if evidence is None else Path(evidence), template=chosen)
    return replace(beside or Choices(), template=chosen, edits=edits)
