"""Which numbers does the search for changes assume? All of them, with meaning, unit and origin."""

from dataclasses import dataclass

from headwater.errors import BadSetting


@dataclass(frozen=True, slots=True)
class ChangeSettings:
    """What the search for changes assumes.

    Attributes:
        step_days: width of the grid of moments at which a change is tried.
        change_every_days: an upstream changes once in so many days, on average. Nobody publishes it; with 120
            a month of records holds a change of one upstream in five. Assumed.
        follows: chance that a C2 stops with the others when they all do, and begins with them.
        moves: of upstreams that stop, the share that goes on at another address; half, for want of a figure.
        new_ports: the share that goes on at another port of its address.
        hazards: how often a C2 gives an upstream up by itself, once in so many days; each is as likely as
            another beforehand. From "never in these records" to a handover within days.
        delay_days: mean time from the end at the old service to the first contact with the new one.
        reported_from: probability from which a finding is told.
        ours: odds by which a C2 of the old service meets its successor rather than another C2 of its family
            does; averaged over, each as likely as another.
        coverage: width of all bounds, a probability.
        least_shared: fewest C2s (co-located ones count once) that a successor shares with the old service.
        most_hosts: a service of more hosts is no successor: a hub.
        half_dark: a sensor that recorded less than this share of its usual day has lost coverage.
        unseen_below: a service counts as new to a family where the chance that it was there before, and not
            seen, is below this.
        comes_late: chance that a C2 comes to a service long after its work began, for a reason of its own.
        same_port: of upstreams that move to another address, the share that keeps its port; half, for want of
            a figure.
        taken_over: chance that one service does not take over from two upstreams of these records.
        history_weeks: fewest covered weeks of a family's history before its rate of new services is stated.
        unusual_below: a first contact is unusual where the chance of one like it in a week is below this.

    Raises:
        BadSetting: a number that makes no sense.
    """

    step_days: float = 0.25
    change_every_days: float = 120.0
    follows: float = 0.9
    moves: float = 0.4
    new_ports: float = 0.2
    hazards: tuple[float, ...] = (400.0, 100.0, 40.0, 15.0, 5.0)
    delay_days: float = 1.0
    reported_from: float = 0.5
    ours: tuple[float, ...] = (5.0, 20.0, 80.0)
    coverage: float = 0.90
    least_shared: int = 2
    most_hosts: int = 1_000
    half_dark: float = 0.5
    unseen_below: float = 0.05
    comes_late: float = 0.2
    same_port: float = 0.5
    taken_over: float = 0.9
    history_weeks: float = 2.0
    unusual_below: float = 0.05

    def __post_init__(self) -> None:
        for name in ("follows", "moves", "new_ports", "reported_from", "coverage", "half_dark",
                     "unseen_below", "unusual_below", "comes_late", "same_port", "taken_over"):  # fmt: skip
            if not 0.0 < getattr(self, name) < 1.0:
                raise BadSetting(f"change setting {name} = {getattr(self, name)}: needs to be in (0, 1)")
        for name in ("step_days", "change_every_days", "delay_days", "history_weeks"):
            if not getattr(self, name) > 0.0:
                raise BadSetting(f"change setting {name} = {getattr(self, name)}: needs to be above 0")
        for name in ("least_shared", "most_hosts"):
            if getattr(self, name) < 1:
                raise BadSetting(
                    f"change setting {name} = {getattr(self, name)}: a positive number is needed"
                )
        for name in ("hazards", "ours"):
            values = getattr(self, name)
            if not values or min(values) <= 0.0:
                raise BadSetting(f"change setting {name} = {values}: needs numbers above 0")
        if self.moves + self.new_ports >= 1.0:
            raise BadSetting(
                "change settings moves and new_ports leave nothing for upstreams that fall silent"
            )
