"""What docs/explanation/case-method.md says of tenancies is what the program reckons with."""

import re
from pathlib import Path

import pytest

from headwater.investigate.boundaries import chance_of_new_tenant
from headwater.investigate.tenancy_settings import TenancySettings

PAGE = Path(__file__).resolve().parents[3] / "docs" / "explanation" / "case-method.md"
USUAL = TenancySettings()
MONTH = 31 / 365.25  # years


@pytest.mark.parametrize(
    ("row", "changed", "kept"),
    [
        ("the SSH host key changed, nothing else is known", ["ssh"], []),
        ("the SSH host key changed, the certificate stayed", ["ssh"], ["tls"]),
        ("both changed", ["ssh", "tls"], []),
        ("both and the banner changed", ["ssh", "tls", "banner"], []),
        ("the certificate changed, nothing else is known", ["tls"], []),
        ("the certificate changed, the SSH host key stayed", ["tls"], ["ssh"]),
        ("certificate and banner changed, nothing else is known", ["tls", "banner"], []),
    ],
)
def test_the_table_of_probabilities(row: str, changed: list[str], kept: list[str]) -> None:
    """Scans a month apart, at the usual settings."""
    (stated,) = re.findall(rf"^\| {row} \| ([\d.]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    reckoned, _ = chance_of_new_tenant(MONTH, dict.fromkeys(changed, MONTH), kept, settings=USUAL)

    assert stated == f"{reckoned:.2f}"


def test_the_table_of_rates() -> None:
    """The choices that the page owns up to are the ones in the settings."""
    kinds = [USUAL.of(kind) for kind in ("ssh", "tls", "banner", "http")]
    rows = [
        [
            "new tenant: chance that it changes",
            USUAL.new_tenants_a_year,
            *(one.on_new_tenant for one in kinds),
        ],
        [
            "reinstall by the same tenant: the same",
            USUAL.reinstalls_a_year,
            *(one.on_reinstall for one in kinds),
        ],
        ["routine: changes a year", "", *(one.routine_a_year for one in kinds)],
    ]

    text = PAGE.read_text(encoding="utf-8")

    for row in rows:
        cells = [f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in row]
        assert re.sub(r" +", " ", f"| {' | '.join(cells)} |") in text
