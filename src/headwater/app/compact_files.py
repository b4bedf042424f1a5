"""Which files of the flows does `compact` store anew before it copies a day, and when do the old ones go?

A day that is over is stored anew as a whole when it has files in an earlier form and nothing of it has been
copied yet, or is to be copied again: so no day is stored anew twice, and none is copied twice for it.
Otherwise its small files are merged once they are many. With `vacuum` what was replaced goes after each day.
"""

from collections.abc import Collection
from datetime import date

from headwater.app.compact_settings import CompactSettings
from headwater.lake.by_host import chosen, parts_of_day
from headwater.lake.by_host_store import remove_replaced
from headwater.lake.covered import day_of, table_files
from headwater.lake.merging import Merged, days_with_small_files, merge_small_files
from headwater.lake.readers import nobody_reading
from headwater.lake.renewing import days_of_earlier_form, store_anew
from headwater.lake.tables import Lake, flow_table
from headwater.lake.vacuum import Vacuumed, vacuum


class DayFiles:
    """The files of the flow table, day by day, while they change.

    Args:
        lake: the lake, of whose copy this is the only writer.
        settings: which days, and what to do with them.
        many: so many small files of a day are merged.

    Attributes:
        version: of the flow table, as far as it was changed here.
        every: its files with their flows.
        days: those asked for, oldest first.
        merged: what was stored anew.
        vacuumed: what was removed; None where that was not asked for.
        in_use: whether something could not be removed because somebody was reading.

    Raises:
        LakeError: there are no flows.
    """

    def __init__(self, lake: Lake, settings: CompactSettings, *, many: int) -> None:
        self._lake, self._settings, self._many = lake, settings, many
        self.version = int(flow_table(lake).version())
        self.every = table_files(lake, version=self.version)
        self._of_day = _by_day(self.every)
        self.days = sorted(day for day in self._of_day if settings.wants(day))
        # the newest day goes on getting files: it would be stored anew again and again
        over = frozenset(day for day in self.days if day < max(self._of_day))
        self._earlier = days_of_earlier_form(self.every) & over
        self._small = days_with_small_files(lake, fewest=many) & over
        self.merged = Merged(self.version, (), 0, 0)
        self.vacuumed = Vacuumed(0, 0, ()) if settings.vacuum else None
        self.in_use = False

    def of(self, day: date) -> dict[str, int]:
        """The files of a day with their flows."""
        return self._of_day.get(day, {})

    def ready(self, day: date) -> dict[str, int]:
        """The files of a day, stored anew where that is due.

        Raises:
            LakeError: that could not be done; the day is as it was.
        """
        if day in self._earlier and (self._settings.rebuild or not self._has_copy(day)):
            self._note(store_anew(self._lake, day))
        elif day in self._small:
            self._note(merge_small_files(self._lake, days=[day], fewest=self._many))
        return self.of(day)

    def give_back(self, days: Collection[date]) -> None:
        """Removes what was replaced, unless somebody is reading, who may have begun before it was.

        Args:
            days: whose replaced parts of the copy go.

        Raises:
            LakeError: a case is damaged, or stands on a version whose files are gone.
        """
        if self.vacuumed is None:
            return
        with nobody_reading(self._lake) as alone:
            self.in_use = not alone
            if alone:
                for day in days:
                    remove_replaced(self._lake, day, files=self.every, now=True)
                found = vacuum(self._lake, hours=0, unnamed=False)
                self.vacuumed = Vacuumed(
                    self.vacuumed.files + found.files,
                    self.vacuumed.size_bytes + found.size_bytes,
                    found.kept_versions,
                )

    def _has_copy(self, day: date) -> bool:
        return bool(chosen(parts_of_day(self._lake, day), frozenset(self.of(day))))

    def _note(self, done: Merged) -> None:
        before = self.merged
        self.merged = Merged(
            done.version,
            (*before.days, *done.days),
            before.before + done.before,
            before.after + done.after,
        )
        self.version = done.version
        self.every = table_files(self._lake, version=self.version)
        self._of_day = _by_day(self.every)


def _by_day(files: dict[str, int]) -> dict[date, dict[str, int]]:
    found: dict[date, dict[str, int]] = {}
    for name, flows in files.items():
        day = day_of(name)
        if day is not None:
            found.setdefault(day, {})[name] = flows
    return found
