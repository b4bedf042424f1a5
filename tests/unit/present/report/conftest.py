"""Reports that several tests read; each is drawn once."""

import pytest

import case_samples
from headwater.model.label import Tlp
from headwater.present.report.build import report_of
from headwater.present.report.content import Report
from headwater.present.report.frame import ReportSettings
from headwater.present.report.html import html


@pytest.fixture(scope="session")
def report() -> Report:
    """Of the case of 21 C2s."""
    return report_of(case_samples.dridex_case())


@pytest.fixture(scope="session")
def page(report: Report) -> str:
    """The same as HTML."""
    return html(report)


@pytest.fixture(scope="session")
def hostile() -> Report:
    """Of the case with hostile text in every field; nothing is left out, hosts are named."""
    return report_of(case_samples.hostile_case(), ReportSettings(tlp=Tlp.RED, name_others=True))


@pytest.fixture(scope="session")
def hostile_page(hostile: Report) -> str:
    """The same as HTML."""
    return html(hostile)
