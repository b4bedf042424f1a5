"""Which seeds may an evaluation use together? Those for tuning, or those for reporting, never both."""

from collections.abc import Sequence

from headwater.errors import BadSetting

FIRST_REPORTING = 1_000  # settings are chosen on seeds below it, and nothing is reported on those


def refuse_mixed(seeds: Sequence[int]) -> None:
    """Refuses a plan without a seed, or with seeds of both kinds.

    Raises:
        BadSetting: there is no seed, or seeds for tuning and for reporting are mixed.
    """
    if not seeds:
        raise BadSetting("no seed was given; use --seeds A:B with A below B")
    if min(seeds) < FIRST_REPORTING <= max(seeds):
        raise BadSetting("seeds below 1000 are for tuning, the others for reporting; do not mix them")
