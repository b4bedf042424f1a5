"""Which calibration fits the score as it is now? Prints what score/shipped_calibration.py should hold.

    python tools/fit_calibration.py [SEEDS, default 1:5]

Runs the tuning worlds, which takes most of an hour; only seeds below 1000 are allowed.
"""

import sys

from headwater.app.evaluate import Plan, evaluate
from headwater.app.evaluation_seeds import FIRST_REPORTING
from headwater.score.calibration import fit_logistic, reliability
from headwater.score.shipped_calibration import SHIPPED

WORLDS = ("reference", "few-listed", "one-network", "resellers", "hard", "shared-port")


def main() -> None:
    """Fits and prints."""
    first, _, last = (sys.argv[1] if len(sys.argv) > 1 else "1:5").partition(":")
    seeds = tuple(range(int(first), int(last)))
    if any(seed >= FIRST_REPORTING for seed in seeds):
        raise SystemExit("calibration is fitted on tuning seeds, 1 to 999")
    plan = Plan(worlds=WORLDS, seeds=seeds, samplings=(1000, 10_000))
    found = evaluate(plan, told=lambda text: print(text, file=sys.stderr))
    pairs = [pair for pairs in found.forecasts.values() for pair in pairs]
    score, true = [pair[0] for pair in pairs], [pair[2] for pair in pairs]
    fitted = fit_logistic(score, true=true, fitted_on="", floor=SHIPPED.floor)
    error = reliability(fitted.probability(score), true=true).error
    print(f"intercept={fitted.intercept:.4f} slope={fitted.slope:.4f} floor={fitted.floor}")
    print(f"{len(score):,} peers, {sum(true):,} upstreams, calibration error {error:.4f}")


if __name__ == "__main__":
    main()
