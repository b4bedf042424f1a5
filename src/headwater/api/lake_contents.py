"""What is in a lake, how does it come there, and how is it kept in order, in Python?"""

from collections.abc import Callable, Sequence
from pathlib import Path

from headwater.api.added import Added, context_added, ingested, labels_added
from headwater.api.compact_result import CompactResult, checked, compact_choice, compacted
from headwater.api.label_rows import history_part, labels_part
from headwater.api.moments import Moment, Names, Paths, moment, names, paths
from headwater.api.part import Part
from headwater.app.compact_settings import CompactSettings
from headwater.app.context import add_context
from headwater.app.ingest import ingest
from headwater.app.labels import add_labels, address_history, listed_labels
from headwater.app.vacuum import DAYS, vacuum_lake
from headwater.ingest.reader import ReadOptions
from headwater.intel.labels.feed import Analyst
from headwater.lake.vacuum import Vacuumed

Say = Callable[[str], None]


class LakeContents:
    """The half of a lake's methods that fill it, show what was put in, and keep it in order.

    Attributes:
        path: the lake's folder.
    """

    __slots__ = ()
    path: str | Path

    @property
    def _root(self) -> Path:
        return Path(self.path)

    def ingest(
        self, files: Paths, *, format_name: str | None = None, options: ReadOptions | None = None
    ) -> Added:
        """Stores flow records, each file once; what cannot be read is counted and named.

        Args:
            files: a file, folder or glob, or several.
            format_name: read all files as this; None: by content.
            options: what the files do not say: sensor, sampling, time zone, a map of columns.

        Returns:
            One row a file. Its `left_out` says how many records could not be read.

        Raises:
            FormatUnknown: no format has that name, or no file is of a known one.
            BadSetting: an option is impossible, or every file needs one that was not given.
            UnreadableSource: a path stands for nothing.
            LakeError: the lake cannot be written; files stored before stay.
        """
        return ingested(ingest(paths(files), lake=self._root, format_name=format_name, options=options))

    def add_labels(
        self, files: Paths, *, format_name: str | None = None, analyst: Analyst | None = None
    ) -> Added:
        """Adds lists of known C2s, each file as one snapshot; what cannot be a label is counted and named.

        Args:
            files: a file, folder or glob, or several.
            format_name: feodo, threatfox, stix, misp or plain; None: by content.
            analyst: what you say beside the lists: family, role, dates, grade, marking.

        Returns:
            One row a file.

        Raises:
            UnreadableSource: a path stands for nothing, or no file could be used.
            BadSetting: an option is impossible.
            LakeError: the lake cannot be used.
        """
        return labels_added(
            add_labels(paths(files), lake=self._root, format_name=format_name, analyst=analyst)
        )

    def add_context(self, files: Paths, *, kind: str | None = None) -> Added:
        """Adds warning lists, networks, host keys and reports of open sources.

        Args:
            files: a file, folder or glob, or several.
            kind: warninglist, networks, host-keys or reports; None: by content.

        Returns:
            One row a file.

        Raises:
            UnreadableSource: a path stands for nothing, or no file could be used.
            BadSetting: there is no such kind.
            LakeError: the lake cannot be used.
        """
        return context_added(add_context(paths(files), lake=self._root, kind=kind))

    def labels(self, *, families: Names = (), roles: Names = (), at: Moment | None = None) -> Part:
        """The labels that count now.

        Args:
            families: only these; none means all.
            roles: only these ("c2", "sinkhole", ...); none means all.
            at: only labels whose window holds this moment.

        Returns:
            One row a label; `start` and `end` are the window that counts, half-open, null where open.

        Raises:
            LakeError: there is no lake, or it is damaged.
            BadSetting: there is no such role, or `at` is no moment.
        """
        return labels_part(
            listed_labels(self._root, families=names(families), roles=names(roles), at=moment("at", at))
        )

    def label_history(self, address: str) -> Part:
        """Everything ever said of an address, oldest addition first; `current` marks what counts now.

        Raises:
            LakeError: there is no lake, or it is damaged.
            BadSetting: the text is no address.
        """
        return history_part(address_history(self._root, address), address)

    def compact(
        self,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        rebuild: bool = False,
        check: bool = False,
        settings: CompactSettings | None = None,
        say: Say | None = None,
    ) -> CompactResult:
        """Keeps a copy of the flows sorted by host, so that hunts read only what the C2s touched.

        Does what is missing. Answers are the same with the copy, without it, and with half of it. Stopped at
        any time it leaves what it made, and the next call goes on.

        Args:
            since: only days that end after this moment.
            until: only days that begin before it.
            rebuild: make the copy of these days anew, as where it is damaged.
            check: change nothing; compare the copy with the flows, row by row.
            settings: everything else; what is given above takes the place of what it says.
            say: told each part of the copy as it begins.

        Returns:
            One row a part of the copy.

        Raises:
            LakeError: there is no lake or no flows, a file is damaged, another run writes the copy, or the
                disk is full; what was made before stays.
            BadSetting: a setting is impossible, or `rebuild` and `check` are both asked for.
        """
        chosen = compact_choice(settings, since=since, until=until, rebuild=rebuild, check=check)
        return (checked if check else compacted)(self._root, chosen, say=say)

    def vacuum(self, *, days: int = DAYS, keep: Sequence[int] = (), dry_run: bool = False) -> Vacuumed:
        """Removes files that no version in use needs: merged ones, and what killed runs left.

        The newest version of the flows stays, those that cases of the lake stand on, and those named. Others
        become unreadable, and a report that was computed on one can no longer be verified.

        Args:
            days: what went out of use less than so many days ago stays; at least 1.
            keep: versions to keep beside those of cases, such as a report's.
            dry_run: remove nothing, only tell.

        Returns:
            How much was removed, or would be.

        Raises:
            LakeError: there is no lake or no flows, a case is damaged, or a version to keep is gone; nothing
                was removed then. Or a file cannot be removed.
            BadSetting: fewer days than 1.
        """
        return vacuum_lake(self._root, days=days, keep=keep, dry_run=dry_run)
