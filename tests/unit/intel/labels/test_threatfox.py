"""ThreatFox: CSV export, JSON export and the API's answer.

The layouts are those that https://threatfox.abuse.ch publishes.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from headwater.model.label import Role
from headwater.model.window import Window

Take = Callable[..., Any]  # Any: what came of a text, see conftest.py
CSV = """\
################################################################
# ThreatFox IOCs: recent additions - CSV format                #
# Last updated: 2024-07-16 09:18:03 UTC                        #
################################################################
#
# "first_seen_utc","ioc_id","ioc_value","ioc_type","threat_type","fk_malware","malware_alias",\
"malware_printable","last_seen_utc","confidence_level","reference","tags","anonymous","reporter"
"2024-07-16 05:25:36", "1301610", "8.134.12.90:7777", "ip:port", "botnet_cc", "win.cobalt_strike", \
"Agentemis,BEACON,CobaltStrike,cobeacon", "Cobalt Strike", "2024-07-16 22:46:23", "100", "None", \
"CobaltStrike,cs-watermark-987654321", "0", "abuse_ch"
"2024-07-15 11:00:00", "1301500", "5.42.92.0:80", "ip:port", "payload_delivery", "win.emotet", "Geodo", \
"Emotet", "", "75", "None", "", "0", "abuse_ch"
"2024-07-15 10:00:00", "1301499", "bad.example", "domain", "botnet_cc", "win.dridex", "None", "Dridex", "", \
"75", "None", "exe", "0", "abuse_ch"
"2024-07-15 10:00:00", "1301498", "http://x.example/a,b", "url", "payload_delivery", "win.vidar", "None", \
"Vidar", "", "75", "None", "", "0", "abuse_ch"
"""
RECORD = {
    "threat_type": "botnet_cc",
    "ioc_type": "ip:port",
    "malware": "win.cobalt_strike",
    "malware_printable": "Cobalt Strike",
    "confidence_level": 80,
    "reporter": "malpulse",
    "reference": None,
    "tags": None,
}


def test_only_addresses_become_labels(take: Take) -> None:
    """Domains and URLs are counted, not refused: nothing is wrong with them."""
    taken = take(CSV)
    assert (len(taken.labels), taken.refused, taken.passed_over) == (
        2, {}, {"indicator of type domain": 1, "indicator of type url": 1},
    )  # fmt: skip


def test_threat_type_gives_the_role(take: Take) -> None:
    """botnet_cc is a C2, payload_delivery a loader."""
    assert [one.role for one in take(CSV).labels] == [Role.C2, Role.LOADER]


def test_window_runs_to_the_last_sighting(take: Take) -> None:
    """last_seen is a sighting, so the half-open window ends just after its second."""
    assert take(CSV).labels[0].feed == Window(
        datetime(2024, 7, 16, 5, 25, 36, tzinfo=UTC), datetime(2024, 7, 16, 22, 46, 24, tzinfo=UTC)
    )


def test_family_without_platform(take: Take) -> None:
    """Malpedia's platform prefix is no part of the family."""
    assert [one.family for one in take(CSV).labels] == ["cobalt_strike", "emotet"]


def test_confidence_and_reporter_are_kept(take: Take) -> None:
    """What no column here holds stays in the note."""
    assert take(CSV).labels[0].note == (
        "confidence 100; reporter abuse_ch; tags CobaltStrike,cs-watermark-987654321"
    )


def test_json_export(take: Take) -> None:
    """The export is an object of identifiers, each with a list."""
    record = {**RECORD, "ioc_value": "8.219.229.99:4433", "first_seen_utc": "2023-12-04 16:00:16"}
    taken = take(json.dumps({"1209500": [{**record, "last_seen_utc": None}]}))
    assert (taken.feed, [(one.address, one.port, one.feed.end) for one in taken.labels]) == (
        "threatfox", [("8.219.229.99", 4433, None)],
    )  # fmt: skip


def test_api_answer(take: Take) -> None:
    """The API says `ioc` and writes UTC behind its times."""
    record = {**RECORD, "id": "1209500", "ioc": "8.219.229.99:4433", "first_seen": "2023-12-04 16:00:16 UTC"}
    label = take(json.dumps({"query_status": "ok", "data": [record]})).labels[0]
    assert (label.address, label.feed.start) == (
        "8.219.229.99", datetime(2023, 12, 4, 16, 0, 16, tzinfo=UTC),
    )  # fmt: skip


def test_unknown_threat_type_is_passed_over(take: Take) -> None:
    """Card skimming has no role here; it must not become a C2."""
    record = {**RECORD, "ioc": "8.219.229.99:443", "threat_type": "cc_skimming"}
    taken = take(json.dumps({"query_status": "ok", "data": [record]}))
    assert (taken.labels, taken.passed_over) == ([], {"threat type cc_skimming": 1})
