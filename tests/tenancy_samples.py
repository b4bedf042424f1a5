"""Observations of made-up hosts, and the dates of one published case, for several test files.

The case is Team Cymru's analysis of 179.43.147.77 ("Emotet and Dridex", 2021): its SSH host key was set
between the scans of 2019-06-20 and 2019-07-20, and FlawedAmmyy was reported to have been spread from the
address on 2019-06-20. Only these dates are the source's; fingerprints and other scans are made up.
"""

from datetime import UTC, datetime, timedelta

from headwater.model.claim import Claim
from headwater.model.tenancy import HostKey

CASE = "179.43.147.77"
OTHER = "198.18.0.9"


def day(text: str) -> datetime:
    """Midnight UTC of a date, or a moment."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def key(when: str, fingerprint: str, kind: str = "ssh", port: int = 22, address: str = CASE) -> HostKey:
    """One observation."""
    return HostKey(address, port, kind, fingerprint, day(when), "scans")


PUBLISHED = (
    key("2019-05-20", "old"),
    key("2019-06-20", "old"),
    key("2019-07-20", "new"),
    key("2020-12-01", "new"),
)
FLAWED_AMMYY = Claim(
    CASE,
    day("2019-06-20"),
    "FlawedAmmyy was spread from the address",
    until=day("2019-06-20") + timedelta(days=1),
    actor="TA505",
    malware="FlawedAmmyy",
)
