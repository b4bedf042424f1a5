"""Which calibration is shipped? None yet: the odds are given as they are until worlds have been fitted."""

from headwater.score.calibration import UNCALIBRATED

SHIPPED = UNCALIBRATED
