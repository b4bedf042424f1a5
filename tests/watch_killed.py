"""A watch that is killed at a step, and started again: what did each sink get? Run by test_watch_survives.

A step is a line of the program's own code that touches the book or a sink. Each trial has a lake of its own:
one process is killed by SIGKILL at its n-th step, a second one runs to the end.
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from headwater.app.watch import deliver
from headwater.app.watch.compare import compared
from headwater.app.watch.cycle import release
from headwater.app.watch.deliver import Post
from headwater.app.watch.settings import Alerts, Budget, JsonSink, MailSink, WatchSettings, WebhookSink
from headwater.lake.tables import create_lake, open_lake
from headwater.lake.watch_book import opened
from watching import LOOPBACK, NOW, WAIT_S, http_receiver, seen, sight

TRACED = ("/app/watch/", "/lake/watch_")


def main(folder: Path, first: int, step: int) -> None:
    """Trials at steps `first`, `first + step` ... until one comes to its end; prints what was found."""
    deliver.AGAIN_S = 0.0
    trials: list[dict[str, Any]] = []  # Any: JSON
    number, ended = first, False
    while not ended:
        place = folder / f"{number}"
        (place / "mail").mkdir(parents=True)
        create_lake(place / "lake")
        with http_receiver(204) as received:
            settings = _settings(place, received.port)
            ended = not _killed(place, settings, at=number)
            fetched = [path.name for path in (place / "mail").glob("*.eml")]
            for name in fetched:  # the mail system is quick
                (place / "mail" / name).unlink()
            assert not _killed(place, settings, at=0)
        lines = (place / "events.jsonl").read_text(encoding="utf-8").splitlines()
        posts = [json.loads(body) for body in received.bodies]
        trials.append({
            "step": number,
            "killed": not ended,
            "file": [json.loads(line)["id"] for line in lines],
            "mail": fetched + [path.name for path in (place / "mail").glob("*.eml")],
            "hidden": [path.name for path in (place / "mail").glob(".*")],
            "posts": [post["id"] for post in posts],
            "first_posts": [post["id"] for post in posts if not post["again"]],
        })  # fmt: skip
        number += step
    json.dump(trials, sys.stdout)


def _settings(place: Path, port: int) -> WatchSettings:
    return WatchSettings(
        budget=Budget(events=5, reserve=0),
        sinks=(
            JsonSink("log", file=place / "events.jsonl"),
            MailSink("mail", folder=place / "mail", sender="a@b.example", to=("c@d.example",)),
            WebhookSink("chat", url=f"http://{LOOPBACK}:{port}/", timeout_s=WAIT_S),
        ),
    )  # fmt: skip


def _work(place: Path, settings: WatchSettings, *, kill_at: int) -> None:
    """What a cycle does once it has hunted: two upstreams are there."""
    if kill_at:
        _kill_at(kill_at)
    with opened(open_lake(place / "lake")) as book:
        shown = sight(seen(), seen("9.9.8.8", c2s=("5.0.4.1", "5.0.5.1", "5.0.6.1")))
        found = compared(book.memory(), shown, alerts=Alerts(), lake=place / "lake")
        book.record(found.memory, found.events, day="2024-05-20")
        release(book, settings, now=NOW)
        Post(book.path, settings.sinks, lambda _, __: None).round(wait_s=WAIT_S)


def _kill_at(step: int) -> None:
    lock, count = threading.Lock(), [0]

    def line(_: FrameType, what: str, __: object) -> Any:  # Any: a trace function
        if what == "line":
            with lock:
                count[0] += 1
                if count[0] == step:
                    os.kill(os.getpid(), signal.SIGKILL)
        return line

    def call(frame: FrameType, _: str, __: object) -> Any:  # Any: as above
        return line if any(part in frame.f_code.co_filename for part in TRACED) else None

    threading.settrace(call)
    sys.settrace(call)


def _killed(place: Path, settings: WatchSettings, *, at: int) -> bool:
    """Whether a process of its own was killed while it worked."""
    child = os.fork()
    if child == 0:
        try:
            _work(place, settings, kill_at=at)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
