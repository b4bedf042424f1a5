"""Which calibration of leads do tuning worlds give? Prints it, for headwater.investigate.pivot_calibration.

headwater evaluate --leads --worlds reference --worlds few-listed --worlds hard --seeds 1:3 --sampling 1000 \
    --sampling 10000 --save tuning.json
python tools/fit_leads.py tuning.json

Log odds do not depend on the calibration that is shipped. Leads of seeds from 1000 on are refused: reported
figures come from those.
"""

import json
import sys
from pathlib import Path

from headwater.investigate.pivot_calibration import FLOOR
from headwater.score.calibration import fit_logistic

_TUNING = 1_000


def main(files: list[str]) -> None:
    """Fits one calibration on all files."""
    clients = [one for name in files for one in json.loads(Path(name).read_text())["clients"]]
    told = [one for one in clients if one["log_odds"] is not None]
    if any(one["seed"] >= _TUNING for one in told):
        raise SystemExit(f"seeds from {_TUNING} on are for reporting; fit on others")
    true = [bool(one["c2"]) for one in told]
    found = fit_logistic([one["log_odds"] for one in told], true=true, fitted_on="tuning worlds", floor=FLOOR)
    print(f"{len(told)} clients, {sum(true)} C2s; intercept {found.intercept:.4f}, slope {found.slope:.4f}")


if __name__ == "__main__":
    main(sys.argv[1:])
