"""How do a C2's sessions divide into before, during and after its life? The second model of timing.

Counts of sessions before, during and after follow a Dirichlet multinomial. Under control most lie within the
life, under a handoff most before it; under coincidence they divide as the time with records does.
"""

from collections.abc import Mapping

from scipy.special import gammaln

from headwater.model.timeline import SessionSplit

COINCIDENCE = "coincidence"
_LEAST_EXPOSURE = 0.001  # a share of time that is none would forbid a session there; edges are uncertain


def log_dirichlet_multinomial(counts: tuple[float, ...], shape: tuple[float, ...]) -> float:
    """Natural logarithm of the Dirichlet multinomial without its coefficient, which is common to all shapes.

    Args:
        counts: need not be whole.
        shape: concentration of each.
    """
    both = zip(counts, shape, strict=True)
    each = sum(float(gammaln(a + n) - gammaln(a)) for n, a in both)
    return float(gammaln(sum(shape)) - gammaln(sum(shape) + sum(counts))) + each


def split_logs(
    split: SessionSplit, shapes: Mapping[str, tuple[float, float, float]], *, even: float
) -> dict[str, float]:
    """Natural logarithm of the probability of a split under each model, up to a common constant.

    Args:
        split: sessions and exposure.
        shapes: model to concentrations before, during and after; all models but coincidence.
        even: concentration of coincidence, all three together.
    """
    counts = split.before, split.during, split.after
    shares = [
        max(share, _LEAST_EXPOSURE)
        for share in (split.exposure_before, split.exposure_during, split.exposure_after)
    ]
    total = sum(shares)
    by_time = tuple(even * share / total for share in shares)
    logs = {name: log_dirichlet_multinomial(counts, shape) for name, shape in shapes.items()}
    return {**logs, COINCIDENCE: log_dirichlet_multinomial(counts, by_time)}
