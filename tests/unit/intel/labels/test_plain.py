"""Plain lists: the contract's columns, other names for them, spreadsheets, bare addresses."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from headwater.errors import FormatUnknown
from headwater.intel.labels.feed import Analyst
from headwater.model.label import Label, Role, Tlp
from headwater.model.window import Window

Take = Callable[..., Any]  # Any: what came of a text, see conftest.py
EMOTET = Analyst(family="emotet")


def test_all_columns_of_the_contract(take: Take) -> None:
    """Every column arrives in its field."""
    text = (
        "address,family,port,group,role,first_seen,last_seen,source,grade,tlp,note\n"
        "185.1.2.3,emotet,8080,epoch2,c2,2020-01-02,2020-03-04,our sandbox,b2,TLP:GREEN,seen twice\n"
    )
    assert take(text).labels == [
        Label(
            address="185.1.2.3",
            role=Role.C2,
            family="emotet",
            group="epoch2",
            port=8080,
            feed=Window(datetime(2020, 1, 2, tzinfo=UTC), datetime(2020, 3, 5, tzinfo=UTC)),
            source="our sandbox",
            grade="B2",
            tlp=Tlp.GREEN,
            note="seen twice",
        )
    ]


def test_needed_columns_alone(take: Take) -> None:
    """Without dates the window is open on both sides; without a source the file's name is it."""
    label = take("address,family\n185.1.2.3,dridex\n", name="lists/dridex-2020.csv").labels[0]
    assert (label.feed, label.source, label.role, label.port) == (Window(), "dridex-2020", Role.C2, 0)


def test_excel_with_semicolons_and_hint(take: Take) -> None:
    """Excel's `sep=` line and semicolons are understood."""
    labels = take("sep=;\nIP;Malware;Port\n185.1.2.3;Emotet;443.0\n").labels
    assert [(one.address, one.family, one.port) for one in labels] == [("185.1.2.3", "emotet", 443)]


def test_several_ports_and_groups_in_a_cell(take: Take) -> None:
    """Each port and each group of a cell is a label of its own; a bare number takes its column's word."""
    labels = take('ip,port,Epoch\n185.1.2.3,"443,8080",5\n185.1.2.4,80,"5,4"\n', analyst=EMOTET).labels
    assert [(one.port, one.group) for one in labels] == [
        (443, "epoch5"), (8080, "epoch5"), (80, "epoch4"), (80, "epoch5"),
    ]  # fmt: skip


def test_bare_list(take: Take) -> None:
    """Addresses alone, one a line, with remarks: the analyst names the family."""
    taken = take("# my list\n185.1.2[.]3\n185.1.2.4:447  # seen by us\nhxxp://185.1.2.5/a\n", analyst=EMOTET)
    assert [(one.address, one.port) for one in taken.labels] == [
        ("185.1.2.3", 0), ("185.1.2.4", 447), ("185.1.2.5", 80),
    ]  # fmt: skip


def test_columns_that_mean_nothing_are_named(take: Take) -> None:
    """An unused column is said, so that a misspelt one is noticed."""
    assert take("address,family,fist_seen\n185.1.2.3,x,2020-01-01\n").notes == ["columns not used: fist_seen"]


def test_no_family_anywhere_says_what_to_do(take: Take) -> None:
    """Entries without a family are refused, and the remedy is named."""
    taken = take("address\n185.1.2.3\n")
    assert (taken.refused, taken.notes) == (
        {"no family named": (1, 2)},
        ["some entries name no malware family: add --family NAME to take them"],
    )


def test_text_that_is_no_list(take: Take) -> None:
    """Prose is not taken for a list."""
    with pytest.raises(FormatUnknown, match=r"notes\.txt: no feed of labels recognises"):
        take("Dear all,\nplease find the addresses below.\n", name="notes.txt")


def test_line_of_the_first_bad_row(take: Take) -> None:
    """Places are lines of the file, comments and blank lines counted."""
    taken = take("# a\n\naddress,family\n# b\n185.1.2.3,x\n999.1.2.3,x\nfoo.example,x\n")
    assert taken.refused == {"no address": (1, 6), "host name, not an address": (1, 7)}


def test_unclosed_quote_costs_its_own_line(take: Take) -> None:
    """A stray quote must not swallow the rest of the file."""
    taken = take('address,family,note\n185.1.2.3,x,"oops\n185.1.2.4,x,fine\n185.1.2.5,x,fine\n')
    assert ([one.address for one in taken.labels], taken.refused) == (
        ["185.1.2.4", "185.1.2.5"], {"quote never closes": (1, 2)},
    )  # fmt: skip


def test_line_break_inside_quotes(take: Take) -> None:
    """A note may hold line breaks, as spreadsheets write them."""
    labels = take('address,family,note\n185.1.2.3,x,"one\ntwo"\n185.1.2.4,x,"three"\n').labels
    assert [one.note for one in labels] == ["one\ntwo", "three"]


def test_cut_off_last_line_is_refused(take: Take) -> None:
    """185.1.2.45 cut to 185.1.2.4 is an address too, and the wrong one."""
    taken = take("family,port,address\nx,80,185.1.2.3\nx,80,185.1.2.4\nx,80")
    assert (len(taken.labels), taken.refused) == (2, {"fewer fields than columns": (1, 4)})
