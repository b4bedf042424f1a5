"""What does an investigation answer in Python? A case whose parts are tables and pictures."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from headwater.api import case_tables as tables
from headwater.api.part import Part
from headwater.api.queries import queries_of
from headwater.app.case_files import read_case as case_in
from headwater.app.case_files import write_case
from headwater.app.export import FORMATS, Wanted, exported
from headwater.app.report import Reported, write_report
from headwater.engine.trace import Trace
from headwater.errors import BadSetting
from headwater.intel.labels.names import tlp_of
from headwater.model.case import Case
from headwater.model.label import Tlp
from headwater.model.service import Service
from headwater.present.case_document import document
from headwater.present.case_text import draw_case
from headwater.present.export.settings import Exported, ExportSettings, ListSettings
from headwater.present.printable import printable
from headwater.present.report.frame import ReportSettings

_FIRST = ("service", "tie")  # what the sentences are about that a line of Python is answered with
_WIDTH = 160  # characters of a line of text


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CaseResult:
    """Everything about one service: who talks to it and when, who held it, what explains it, how sure.

    Each method gives one part: a table with, where there is one, a picture. Tables and pictures name every
    client, as a working paper does; what leaves the house is `report` and `export`, which name hosts that
    nobody listed by their network alone, and leave out what is marked above the TLP asked for.

    Attributes:
        case: the case as records (`headwater.model.case.Case`).
        trace: the queries that ran; None for a case that was read from a file.
    """

    case: Case
    trace: Trace | None = None

    def __repr__(self) -> str:
        counts = self.case.counts
        head = f"<Case {self.service}: {counts.c2s:,} listed C2s among {counts.clients:,} clients>"
        every = self.case.conclusion.sentences
        first = tuple(one.text for one in every if one.about in _FIRST)
        sure = self.case.conclusion.confidence
        rest = f"Confidence in the basis: {sure}. All {len(every)} sentences: conclusion."
        return "\n".join(map(printable, (head, *self._notes(), *first, rest)))

    def _repr_html_(self) -> str:
        from headwater.api.notebook import html_of  # noqa: PLC0415  # a template engine, for notebooks only

        said = (*self._notes(), *(one.text for one in self.case.conclusion.sentences))
        return html_of(f"The service {self.service}", said, self.timeline(), self.hypotheses())

    def _notes(self) -> tuple[str, ...]:
        return tuple(f"Note: {text}." for text in self.warnings)

    @property
    def service(self) -> Service:
        """What the case is about."""
        return self.case.service

    @property
    def warnings(self) -> tuple[str, ...]:
        """What stands against the whole answer."""
        return self.case.warnings

    @property
    def verdict(self) -> str:
        """Id of the hypothesis on the tie that stands at the top, or "insufficient".

        A verdict alone is no finding: `conclusion` says how likely it is and how sure the basis.
        """
        return self.case.conclusion.verdict

    @property
    def conclusion(self) -> str:
        """The answer in plain sentences; likelihoods in the words of ICD 203."""
        return self.case.conclusion.text

    def timeline(self) -> Part:
        """When each listed C2 was one, and when it was in contact: a row a C2, and the figure.

        `activity_*` and `contact_*` have a median, `_low` and `_high` for each edge: bounds of 90% unless the
        settings say otherwise. `relation_*` are probabilities that add up to 1. A row with `included` False
        counts for nothing, and `excluded_because` says why. `log_bayes` holds natural logarithms, of which
        only differences mean something.
        """
        return tables.timeline(self.case)

    def contacts(self) -> Part:
        """Every client: listed C2s first, then by sessions; `case.contacts_left_out` more are not listed.

        Packets and bytes are as exported: of sampled records they are not scaled up.
        """
        return tables.contacts(self.case)

    def groups(self) -> Part:
        """Listed C2s by group: `by_group` in contact, `seen_by_group` in the records at all."""
        return tables.groups(self.case)

    def neighbours(self) -> Part:
        """Other ports of the host, what it connects to itself, and what else the C2s talk to."""
        return tables.neighbours(self.case)

    def evidence(self) -> Part:
        """The ledger: each item with its weights, reason, source, and the query behind it.

        `weights` are decimal logarithms of likelihoods, up to a constant common to the hypotheses of a
        question: only differences mean something. What has a `barred_by` does not count.
        """
        return tables.evidence(self.case)

    def hypotheses(self, *, with_excluded: bool = False) -> Part:
        """What could explain the contact: prior and posterior in [0, 1], and bounds over all priors tried.

        Args:
            with_excluded: as they come out where the rule leaves out no C2.
        """
        return tables.hypotheses(self.case, with_excluded=with_excluded)

    def waterfall(self, hypothesis: str | None = None, *, question: str = "tie", scope: str = "all") -> Part:
        """What each item of evidence does to the log10 odds of one hypothesis.

        Args:
            hypothesis: its id; None: the likeliest.
            question: the question that it answers.
            scope: "all", or a group.

        Raises:
            BadSetting: there is no such hypothesis; the message lists those there are.
        """
        return tables.waterfall(self.case, hypothesis, question=question, scope=scope)

    def hours(self) -> Part:
        """Contact by hour of the day (UTC): distinct hours with contact, of listed C2s and of all others."""
        return tables.hours(self.case)

    def weekdays(self) -> Part:
        """The same by weekday."""
        return tables.weekdays(self.case)

    def chance(self) -> Part:
        """What chance would bring: `k` independent groups of C2s were seen where `expected` are likely.

        `p_value` is P(Poisson(expected) >= k). A small one rules out chance, and nothing else: a shared
        service, a scanner or a tracker has one, too.
        """
        return tables.chance(self.case)

    def confirmation(self) -> Part:
        """The same on C2s that were held out and cannot have led to the service; no row where none were."""
        return tables.confirmation(self.case)

    def tenancy(self) -> Part:
        """Spans in which, as far as is known, one tenant held the address."""
        return tables.tenancy(self.case)

    def keys(self) -> Part:
        """Host keys, certificates and banners by which tenancies are told apart."""
        return tables.keys(self.case)

    def claims(self) -> Part:
        """What open sources say of the address, or of actors named for it; none of it was checked."""
        return tables.claims(self.case)

    def placed(self) -> Part:
        """Where claims lie against tenancies; `claim` is the number of a row of `claims()`, from 0."""
        return tables.placed(self.case)

    def sentences(self) -> Part:
        """The conclusion sentence by sentence, each with the evidence and numbers that it rests on."""
        return tables.sentences(self.case)

    def gaps(self) -> Part:
        """Spans [start, end) without a record of any sensor: nothing seen there says nothing."""
        return tables.gaps(self.case)

    def queries(self) -> Part:
        """Every query that ran, with the version of the lake that it read.

        Raises:
            BadSetting: the case was read from a file, which does not have them; investigate again.
        """
        if self.trace is None:
            raise BadSetting("a case from a file does not have its queries; Lake.investigate gives them")
        return queries_of(self.trace, title=str(self.service))

    def report(self, out: str | Path, *, tlp: Tlp | str = Tlp.AMBER, name_others: bool = False) -> Reported:
        """Writes the report: one HTML file that opens offline, the same as Markdown, and its figures.

        Args:
            out: folder; files of an earlier report in it are replaced.
            tlp: whom it is for (TLP 2.0); what is marked above stays out and is counted.
            name_others: name hosts that are neither listed nor under suspicion, instead of their networks.

        Returns:
            The files, and how much stays out.

        Raises:
            BadSetting: the folder cannot be written, or there is no such marking.
        """
        settings = ReportSettings(tlp=_tlp(tlp), name_others=name_others)
        return write_report(self.case, Path(out), settings=settings)

    def export(
        self,
        to: str,
        *,
        settings: ExportSettings | None = None,
        rules: ListSettings | None = None,
        form: str = "plain",
    ) -> Exported:
        """The case for another system, as a text to be written to a file.

        Args:
            to: stix, stix-opencti, misp, csv, suricata or blocklist.
            settings: whom it is for, what recipients may do, who signs.
            rules: what only rules and block lists need; None: for this moment, alerts only.
            form: of a block list: plain, cidr, nftables or ipset.

        Returns:
            The document, and remarks on what was left out and why.

        Raises:
            BadSetting: there is no such format, or choices exclude each other.
        """
        if to not in FORMATS:
            raise BadSetting(f"to = {to!r}: there is no such format; there are {', '.join(FORMATS)}")
        chosen = settings or ExportSettings()
        return exported(self.case, Wanted(to, chosen, rules or ListSettings(datetime.now(UTC)), form))

    def write(self, folder: str | Path) -> Path:
        """Writes case.json into a folder, for `read_case` and for the command line.

        Raises:
            BadSetting: the folder cannot be written.
        """
        return write_case(self.case, Path(folder))

    def document(self) -> dict[str, Any]:  # Any: what JSON can say
        """The case as `headwater investigate --json` writes it."""
        return document(self.case)

    def text(self, *, everything: bool = False) -> str:
        """The case as `headwater investigate` prints it.

        Args:
            everything: all lines of all tables.
        """
        buffer = io.StringIO()
        draw_case(self.case, Console(file=buffer, width=_WIDTH), everything=everything)
        return buffer.getvalue()


def read_case(path: str | Path) -> CaseResult:
    """The case in a file.

    Args:
        path: a case.json, or a folder that holds one.

    Raises:
        UnreadableSource: the file cannot be read, is no case, is damaged, or of a newer format.
    """
    return CaseResult(case_in(Path(path)))


def _tlp(value: Tlp | str) -> Tlp:
    try:
        return tlp_of(value)
    except ValueError as why:
        raise BadSetting(f"tlp = {value!r}: {why}") from None
