"""Feodo Tracker: the headers of several years, CSV and JSON.

The texts have the layout of published files, with their values; the 2021 block is shown in the VAST
documentation,
the JSON has the fields that feodotracker.abuse.ch publishes.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from headwater.model.label import Role, Tlp
from headwater.model.window import Window

Take = Callable[..., Any]  # Any: what came of a text, see conftest.py
SINCE_2021 = """\
################################################################
# abuse.ch Feodo Tracker Botnet C2 IP Blocklist (CSV)          #
# Last updated: 2021-08-17 15:00:42 UTC                        #
#                                                              #
# Terms Of Use: https://feodotracker.abuse.ch/blocklist/       #
################################################################
#
"first_seen_utc","dst_ip","dst_port","c2_status","last_online","malware"
"2021-01-17 07:30:05","67.213.75.205","443","offline","2021-08-18","Dridex"
"2021-01-17 07:44:46","51.178.161.32","4643","online","2021-08-18","Dridex"
# END 2 entries
"""
IN_2020 = """\
# Firstseen,DstIP,DstPort,LastOnline,Malware
2020-10-29 19:16:38,181.120.29.49,80,2020-11-02,Heodo
2020-10-29 19:16:35,190.45.24.210,80,2020-11-02,Heodo
"""
JSON = """[
  {"ip_address": "162.243.103.246", "port": 8080, "status": "offline", "hostname": null,
   "as_number": 14061, "as_name": "DIGITALOCEAN-ASN", "country": "US",
   "first_seen": "2022-06-04 21:24:53", "last_online": "2026-03-07", "malware": "Emotet"},
  {"ip_address": "50.16.16.211", "port": 443, "status": "online",
   "hostname": "ec2-50-16-16-211.compute-1.amazonaws.com", "as_number": 14618, "as_name": "AMAZON-AES",
   "country": "US", "first_seen": "2025-12-30 13:56:31", "last_online": null, "malware": "QakBot"}
]"""


def test_quoted_header_of_2021(take: Take) -> None:
    """The last day online belongs to the window: it ends with that day."""
    taken = take(SINCE_2021)
    first = taken.labels[0]
    assert (taken.feed, first.address, first.port, first.family, first.role) == (
        "feodo", "67.213.75.205", 443, "dridex", Role.C2,
    )  # fmt: skip
    assert first.feed == Window(
        datetime(2021, 1, 17, 7, 30, 5, tzinfo=UTC), datetime(2021, 8, 19, tzinfo=UTC)
    )


def test_trailing_comment_is_no_entry(take: Take) -> None:
    """The feed's END line is a comment: two entries, none refused."""
    taken = take(SINCE_2021)
    assert (len(taken.labels), taken.refused) == (2, {})


def test_time_of_making_is_read(take: Take) -> None:
    """The file's own `Last updated` orders snapshots."""
    assert take(SINCE_2021).made_at == "2021-08-17 15:00:42"


def test_commented_header_of_2020(take: Take) -> None:
    """A header behind a `#` counts, and abuse.ch's Heodo is Emotet."""
    labels = take(IN_2020).labels
    assert [(one.address, one.port, one.family) for one in labels] == [
        ("181.120.29.49", 80, "emotet"),
        ("190.45.24.210", 80, "emotet"),
    ]


def test_unquoted_header(take: Take) -> None:
    """The same columns without quotes are the same feed."""
    assert take(SINCE_2021.replace('"', "")).labels == take(SINCE_2021).labels


def test_json(take: Take) -> None:
    """JSON names the columns otherwise; a null `last_online` leaves the window open."""
    taken = take(JSON, name="ipblocklist.json")
    assert (taken.feed, [(one.family, one.feed.end) for one in taken.labels]) == (
        "feodo",
        [("emotet", datetime(2026, 3, 8, tzinfo=UTC)), ("qakbot", None)],
    )


def test_public_domain_feed_is_tlp_clear(take: Take) -> None:
    """abuse.ch publishes the list under CC0."""
    assert take(JSON).labels[0].tlp is Tlp.CLEAR


def test_cut_off_row_is_refused(take: Take) -> None:
    """A row cut inside its address must not become another address."""
    taken = take(SINCE_2021.partition('.32"')[0])
    assert (len(taken.labels), taken.refused) == (1, {"quote never closes": (1, 10)})
