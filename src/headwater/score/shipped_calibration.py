"""Which calibration is shipped? One fitted on tuning worlds; reported figures use other seeds.

Each peer of those worlds gave one pair: the score of its best key, and whether it was an upstream; 3,189
peers, 289 of them upstreams. The fit is `fit_logistic` with this floor (tools/fit_calibration.py repeats it).
Real networks have fewer upstreams among their keys than these worlds or more; nobody knows.
"""

from headwater.score.calibration import Calibration

SHIPPED = Calibration(
    intercept=3.1160,
    slope=2.1965,
    fitted_on=(
        "synthetic worlds reference, few-listed, one-network, resellers, hard and shared-port, seeds 1 to 4, "
        "at 1:1000 and 1:10000, few of them at 1:100"
    ),
    floor=-4.0,
)
