"""The JSON of a case holds what scripts were promised."""

from case_samples import dridex_case
from headwater.present.case_document import document


def test_the_promised_fields_are_there() -> None:
    """As the contract of `investigate --json` lists them."""
    told = document(dridex_case())
    assert set(told) >= {
        "format", "service", "lake_version", "window", "counts", "contacts", "timelines", "tenancy",
        "evidence", "hypotheses", "confirmation", "conclusion",
    }  # fmt: skip
    assert set(told["counts"]) >= {"c2s", "clients", "by_group"}
    assert set(told["contacts"][0]) >= {
        "address", "family", "group", "first", "last", "sessions", "flows", "opened_by", "opened_by_reason",
    }  # fmt: skip
    line = next(one for one in told["timelines"] if one["activity"] and one["contact"] and one["relation"])
    edges = {"start", "start_low", "start_high", "end", "end_low", "end_high", "basis"}
    assert set(line["activity"]) >= edges
    assert set(line["contact"]) >= edges
    assert set(line["relation"]) == {"before", "overlaps_start", "during", "overlaps_end", "after"}
    assert set(line) >= {"included", "excluded_because"}
    assert set(told["tenancy"][0]) >= {"start_low", "start_high", "end_low", "end_high", "evidence"}
    assert set(told["evidence"][0]) >= {
        "id", "statement", "source", "grade", "observed_at", "weights", "barred_by", "provenance",
    }  # fmt: skip
    assert set(told["evidence"][0]["provenance"]) >= {"lake_version", "query", "rows"}
    assert set(told["hypotheses"][0]) >= {
        "id", "statement", "posterior", "low", "high", "words", "for", "against",
    }  # fmt: skip
    assert set(told["confirmation"]) >= {"discovered_on", "confirmed_on", "p_value"}
    assert set(told["conclusion"]) >= {"text", "since", "confidence", "would_change_if"}


def test_services_and_times_are_text() -> None:
    """A script needs no knowledge of our classes."""
    told = document(dridex_case())
    assert (told["service"], told["coverage"]["first"]) == ("203.0.113.77:38400/tcp", "2019-11-01T00:00:00Z")
