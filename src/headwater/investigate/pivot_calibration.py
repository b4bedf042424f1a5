"""Which calibration of leads is shipped? One fitted on tuning worlds; reported figures use other seeds.

Each unlisted client of each true upstream gave one pair: its log odds, and whether it is a C2. Fitted by
tools/fit_leads.py; 1181 clients, 128 C2s.
"""

from headwater.score.calibration import Calibration

FLOOR = -3.0  # log10 odds; far below nothing is learned from how far
SHIPPED = Calibration(
    intercept=1.8816,
    slope=2.9230,
    fitted_on=(
        "clients of true upstreams in synthetic worlds reference, few-listed and hard at 1:1000 and 1:10000, "
        "and shared-port at 1:1000, seed 1"
    ),
    floor=FLOOR,
)
