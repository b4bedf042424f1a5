"""What can be done with a lake in Python? All that the command line does with one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from headwater.api.asked import asked_path, asked_service, chosen_settings
from headwater.api.case_result import CaseResult
from headwater.api.changes_result import ChangesResult, changes_result
from headwater.api.flows_result import FlowsResult, flows_result
from headwater.api.hunt_result import HuntResult, hunt_result
from headwater.api.lake_contents import LakeContents
from headwater.api.moments import Moment, Names, moment
from headwater.api.part import Part
from headwater.api.pivot_result import PivotResult, pivot_result
from headwater.api.tiers_result import TiersResult, tiers_result
from headwater.api.verified import VerifyResult, verify_result
from headwater.api.watched import watched
from headwater.app.case_files import case_text
from headwater.app.case_files import read_case as case_in
from headwater.app.case_settings import CaseSettings
from headwater.app.changes import changed
from headwater.app.flows import FlowsWanted, found_flows
from headwater.app.hunt import hunt
from headwater.app.hunt_settings import HuntSettings
from headwater.app.investigate import Choices, investigate
from headwater.app.pivot import pivot_service
from headwater.app.tiers import walk_tiers
from headwater.app.verify import verify
from headwater.errors import BadSetting
from headwater.investigate.tiers_settings import TierSettings
from headwater.lake.cases import case_path, store_case
from headwater.lake.readers import reading
from headwater.lake.tables import open_lake
from headwater.model.candidate import PeerRole
from headwater.model.service import Service

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Lake(LakeContents):
    """Flow records, labels, context and cases in one folder. Making one does nothing; its methods do.

    Attributes:
        path: the lake's folder; it need not exist before something is added.
    """

    path: str | Path

    def hunt(
        self,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        families: Names = (),
        settings: HuntSettings | None = None,
        say: Say | None = None,
    ) -> HuntResult:
        """Ranks the services and clients that several listed C2s have to do with, doubtful ones below.

        Args:
            since: only flows that start at or after; ISO 8601 text, or a datetime with a zone.
            until: only flows that start before.
            families: only C2s of these; none means all.
            settings: everything else; what is given above takes the place of what it says.
            say: told each step as it begins.

        Returns:
            One row a candidate, with picture, reasons and the reckoning behind.

        Raises:
            LakeError: there is no lake, it holds no flows for that time, or no labelled C2.
            BadSetting: a setting is impossible, or the engine refuses it.
        """
        chosen = chosen_settings(settings or HuntSettings(), since=since, until=until, families=families)
        return hunt_result(hunt(self._root, settings=chosen, say=say))

    def investigate(
        self,
        service: Service | str,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        settings: CaseSettings | None = None,
        choices: Choices | None = None,
        say: Say | None = None,
    ) -> CaseResult:
        """Tells who talks to a service and when, what explains it, how sure that is, and what it rests on.

        The case is kept in the lake, too, in place of an older one: `case` and the command line find it.

        Args:
            service: "192.0.2.1:443/tcp", an address, or what `HuntResult.service` gives.
            since: only flows that start at or after; ISO 8601 text, or a datetime with a zone.
            until: only flows that start before.
            settings: everything else; what is given above takes the place of what it says.
            choices: what the reckoning assumes; `hw.choices_from` reads a template and an evidence file.
            say: told each step as it begins.

        Raises:
            LakeError: there is no lake, it holds no flows for that time, or no labelled C2.
            BadSetting: the text is no service, or a setting is impossible.
        """
        chosen = chosen_settings(settings or CaseSettings(), since=since, until=until, families=())
        wanted = asked_service("service", service)
        with reading(open_lake(self._root)):  # the version stays until the case says that it stands on it
            found = investigate(self._root, wanted, settings=chosen, choices=choices, say=say)
            store_case(self._root, found.case.service, case_text(found.case))
        return CaseResult(found.case, found.trace)

    def case(self, service: Service | str) -> CaseResult:
        """The newest case about a service that was investigated in this lake.

        Raises:
            BadSetting: there is none.
            UnreadableSource: it is damaged, or of a newer format.
        """
        path = case_path(self._root, asked_service("service", service))
        if not path.is_file():
            raise BadSetting(f"{self.path}: no case about {service}; Lake.investigate makes one")
        return CaseResult(case_in(path))

    def pivot(
        self,
        service: Service | str,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        settings: CaseSettings | None = None,
        say: Say | None = None,
    ) -> PivotResult:
        """Looks for C2s that nobody has listed among the other clients of a confirmed service.

        Args:
            service: "192.0.2.1:443/tcp", an address, or `CaseResult.service`.
            since: only flows that start at or after; ISO 8601 text, or a datetime with a zone.
            until: only flows that start before.
            settings: everything else; what is given above takes the place of what it says.
            say: told each step as it begins.

        Returns:
            One row a lead, the likeliest first. Nothing is stored.

        Raises:
            LakeError: there is no lake, it holds no flows for that time, or no labelled C2.
            BadSetting: the text is no service, or a setting is impossible.
        """
        chosen = chosen_settings(settings or CaseSettings(), since=since, until=until, families=())
        wanted = asked_service("service", service)
        return pivot_result(pivot_service(self._root, wanted, settings=chosen, say=say))

    def changes(
        self,
        *,
        upstreams: Sequence[Service | str] = (),
        since: Moment | None = None,
        until: Moment | None = None,
        families: Names = (),
        settings: HuntSettings | None = None,
        say: Say | None = None,
    ) -> ChangesResult:
        """Tells which upstreams moved, fell silent or changed hands, and what is new to a family.

        Args:
            upstreams: what counts as a known upstream: "192.0.2.1:443/tcp", addresses, or
                `HuntResult.service`; none: what a hunt takes for one.
            since: only flows that start at or after; ISO 8601 text, or a datetime with a zone.
            until: only flows that start before.
            families: only C2s of these families.
            settings: everything else of the hunt that this begins with; what is given above takes the place
                of what it says.
            say: told each step as it begins.

        Returns:
            One row a finding, in order of time. Nothing is stored.

        Raises:
            LakeError: there is no lake, it holds no flows for that time, or no labelled C2.
            BadSetting: a text is no service, or a setting is impossible.
        """
        chosen = chosen_settings(settings or HuntSettings(), since=since, until=until, families=families)
        known = tuple(asked_service("upstreams", one) for one in upstreams) or None
        return changes_result(changed(self._root, settings=chosen, upstreams=known, say=say))

    def tiers(
        self,
        services: Service | str | Sequence[Service | str],
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        access_nodes: bool = False,
        settings: HuntSettings | None = None,
        walk: TierSettings | None = None,
        say: Say | None = None,
    ) -> TiersResult:
        """Walks upward from upstreams: what several of them share, and who manages them.

        Args:
            services: upstreams that you are sure of: "192.0.2.1:443/tcp", addresses, or `HuntResult.service`.
            since: only flows that start at or after; ISO 8601 text, or a datetime with a zone.
            until: only flows that start before.
            access_nodes: tell the addresses of those that may be people in tables and picture.
            settings: everything else of the hunt that a walk begins with; what is given above takes the place
                of what it says.
            walk: what the walk assumes.
            say: told each step as it begins.

        Returns:
            One row a node, with its path, links, what was set aside, and why the walk ended.

        Raises:
            LakeError: there is no lake, it holds no flows for that time, or no labelled C2.
            BadSetting: a text is no service, none was given, or a setting is impossible.
        """
        chosen = chosen_settings(settings or HuntSettings(), since=since, until=until, families=())
        several = (services,) if isinstance(services, Service | str) else services
        wanted = [asked_service("services", one) for one in several]
        walked = walk_tiers(self._root, wanted, settings=chosen, walk=walk, say=say)
        return tiers_result(walked, access_nodes=access_nodes)

    def watch(
        self, *, config: str | Path | None = None, now: Moment | None = None, say: Say | None = None
    ) -> Part:
        """Hunts if flows or labels are new, and answers with what changed; told once, here or by the command.

        Args:
            config: settings in TOML, whose sinks get the events, too; None: the defaults, and no sink.
            now: look at the lake as if it were this moment, for replays.
            say: told each step as it begins.

        Returns:
            One row an event, the most urgent first; none where nothing changed.

        Raises:
            LakeError: as `hunt`.
            BadSetting: the settings are impossible, or another watch works in this lake.
        """
        return watched(self._root, config=asked_path(config), now=moment("now", now), say=say)

    def flows(
        self,
        service: Service | str,
        *,
        peer: str = "",
        role: PeerRole | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        limit: int | None = None,
    ) -> FlowsResult:
        """The flow records of an address or service, oldest first, in memory.

        Args:
            service: an address, or one with port and protocol: only records on that port then.
            peer: only records with this address at the other end.
            role: with a port, whose it is: the address's (server) or its peer's (client); None: either's.
            since: only records that start at or after.
            until: only records that start before.
            limit: only so many, the earliest; None: all.

        Returns:
            One row a record, under the canonical names.

        Raises:
            LakeError: there is no lake, or it holds no flows for that time.
            BadSetting: an argument is impossible.
        """
        wanted = FlowsWanted(
            service=asked_service("service", service),
            peer=asked_service("peer", peer).address if peer else "",
            role=role, since=moment("since", since), until=moment("until", until), limit=limit,
        )  # fmt: skip
        with found_flows(self._root, wanted) as found:
            return flows_result(found, wanted)

    def verify(
        self,
        report: str | Path,
        *,
        template: str | Path | None = None,
        evidence: str | Path | None = None,
        newest_lists: bool = False,
        say: Say | None = None,
    ) -> VerifyResult:
        """Computes the numbers of a report again, from the same version of this lake, and compares.

        Args:
            report: a report.html, or a folder that holds one.
            template: the template that was used, if not the shipped one.
            evidence: the changes to the ledger that were used, if any.
            newest_lists: take labels and context as they are now, not as the report read them.
            say: told each step as it begins.

        Returns:
            One row for each difference; `holds` says whether there is none.

        Raises:
            UnreadableSource: the file is no report, or damaged.
            LakeError: the lake does not have that version of its flows.
            BadSetting: the report is of no lake, or a file given cannot be used.
        """
        return verify_result(verify(
            Path(report), self._root, template=asked_path(template), evidence=asked_path(evidence),
            newest_lists=newest_lists, say=say,
        ))  # fmt: skip
