"""Hand-made flows in which an upstream changes at a known hour, for the tests of changes."""

from collections.abc import Callable

from hand_made_flows import Flow

HOUR, DAY = 3_600.0, 86_400.0
OLD, NEW = "9.9.9.9", "9.9.8.8"
C2S = [f"5.{n}.0.1" for n in range(8)]
DAYS = 28
LABELS = "address,family,port,role,first_seen,last_seen,source\n" + "".join(
    f"{c2},emotet,447,c2,2024-04-25,,feed\n" for c2 in C2S
)
Who = Callable[[int, float], tuple[str, int] | None]


def records(
    where: Who, *, sensors: tuple[str, str] = ("north", "north"), dark: tuple[int, int] = (0, 0)
) -> list[Flow]:
    """Eight C2s that bots come to every day, and that meet somebody two or three times a day.

    Args:
        where: address and port that C2 number n meets at so many days, or None.
        sensors: the one that sees bots, and the one that sees the rest.
        dark: days from and until which the second sensor records nothing.
    """
    flows = []
    for day in range(DAYS):
        for n, c2 in enumerate(C2S):
            for bot in range(3):
                at = day * DAY + (n + 3 * bot) * HOUR
                flows += [
                    Flow(f"7.0.{n}.{bot + 1}", 40_000 + bot, c2, 447, at=at, sensor=sensors[0]),
                    Flow(c2, 447, f"7.0.{n}.{bot + 1}", 40_000 + bot, at=at + 1, sensor=sensors[0]),
                ]
            if dark[0] <= day < dark[1]:
                continue
            for turn in range(2 + n % 2):
                hours = (7 * n + 9 * turn + 5 * day) % 24
                met = where(n, day + hours / 24)
                if met is not None:
                    flows.append(
                        Flow(c2, 50_000 + n, *met, at=day * DAY + hours * HOUR, sensor=sensors[1])
                    )  # fmt: skip
        # ordinary hosts, of which most records are
        if not dark[0] <= day < dark[1]:
            flows += [
                Flow(f"8.{n}.0.1", 43_000, f"8.8.{n % 5}.8", 443, at=day * DAY + n * HOUR, sensor=sensors[1])
                for n in range(24)
            ]
    return flows


def moves(day: float, *, to: tuple[str, int] | None) -> Who:
    """All C2s meet the old service until that day, and then another one, or nobody."""

    def where(_: int, at: float) -> tuple[str, int] | None:
        return (OLD, 8_443) if at < day else to

    return where
