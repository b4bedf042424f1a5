"""Tests of delivering: each sink gets each event once, whatever the others do."""

import json
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from headwater.app.watch import deliver as deliver_module
from headwater.app.watch.deliver import Post
from headwater.app.watch.settings import JsonSink, MailSink, Sink, SyslogSink, WebhookSink
from headwater.lake.tables import create_lake
from headwater.lake.watch_book import Book, opened
from headwater.lake.watch_deliveries import Deliveries
from headwater.model.event import Event, EventKind
from headwater.model.remembered import Memory
from watching import (
    LOOPBACK,
    NOW,
    WAIT_S,
    event,
    http_receiver,
    silent_receiver,
    tcp_receiver,
    udp_receiver,
)


@dataclass
class Office:
    """A book with events on their way, and what was told of sinks that failed."""

    book: Book
    told: list[tuple[str, str]] = field(default_factory=list)

    def send(self, *sinks: Sink, events: list[Event] | None = None) -> None:
        """Lets events leave to the sinks, and delivers once."""
        found = [event()] if events is None else events
        self.book.record(Memory(), found, day="2024-05-20")
        names = [sink.name for sink in sinks]
        noticed = [sink.name for sink in sinks if sink.notices]
        self.book.release(leaving=found, over=[], digests=[], sinks=names, noticed=noticed, day="2024-05-20")
        self.round(*sinks)

    def round(self, *sinks: Sink) -> None:
        """Delivers what is due."""
        Post(self.book.path, sinks, lambda sink, why: self.told.append((sink, why))).round(wait_s=WAIT_S)

    def owed(self) -> dict[str, int]:
        """How many events each sink has not got."""
        deliveries = Deliveries(self.book.path)
        try:
            return {one.sink: one.events for one in deliveries.owed()}
        finally:
            deliveries.close()


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An empty book, and pauses before the next attempt that are over at once."""
    monkeypatch.setattr(deliver_module, "AGAIN_S", 0.0)
    with opened(create_lake(tmp_path / "lake")) as book:
        yield Office(book)


def _lines(file: Path) -> list[str]:
    return [json.loads(line)["id"] for line in file.read_text().splitlines()]


def _webhook(port: int, **others: object) -> WebhookSink:
    values: dict[str, object] = {"url": f"http://{LOOPBACK}:{port}/hook?a=1", "timeout_s": WAIT_S} | others
    return WebhookSink("chat", **values)  # type: ignore[arg-type]


def test_json_lines_are_appended(office: Office, tmp_path: Path) -> None:
    """Behind what stands there already."""
    file = tmp_path / "events.jsonl"
    file.write_text('{"id": "older"}\n')
    office.send(JsonSink("log", file=file))
    assert _lines(file) == ["older", event().id]


def test_a_webhook_gets_the_event_with_its_name(office: Office) -> None:
    """As JSON, and the name in a header by which it can tell a repetition."""
    with http_receiver(204) as received:
        office.send(_webhook(received.port))
    assert received.ids() == [event().id]
    assert received.headers[0]["Idempotency-Key"] == event().id
    assert office.owed() == {}


def test_a_webhook_gets_its_token_and_nobody_reads_it(office: Office, tmp_path: Path) -> None:
    """Sent as a header; not in what is told where the webhook refuses it."""
    token = tmp_path / "token"
    token.write_text("s3cret\n")
    with http_receiver(403) as received:
        office.send(_webhook(received.port, token_file=token, attempts=1))
    assert received.headers[0]["Authorization"] == "Bearer s3cret"
    assert "answered 403" in office.told[0][1]
    assert "s3cret" not in str(office.told)


def test_a_webhook_that_fails_is_tried_again_in_the_same_round(office: Office) -> None:
    """500, then 503, then 200: three attempts, one event."""
    with http_receiver(500, 503, 200) as received:
        office.send(_webhook(received.port))
    assert (received.ids(), office.owed(), office.told) == (3 * [event().id], {}, [])


def test_a_webhook_that_goes_on_failing_gets_it_in_a_later_round(office: Office) -> None:
    """After three attempts it waits in the book."""
    with http_receiver(500, 500, 500, 200) as received:
        sink = _webhook(received.port)
        office.send(sink)
        assert office.owed() == {"chat": 1}
        office.round(sink)
    assert (len(received.bodies), office.owed()) == (4, {})


def test_a_pause_lies_between_rounds_and_grows(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """1, 2, 4 ... seconds and at most an hour; within it nothing is tried, not even a later event."""
    monkeypatch.setattr(deliver_module, "AGAIN_S", 1.0)
    monkeypatch.setattr("headwater.app.watch.deliver.time.sleep", lambda _: None)
    with http_receiver(500) as received:
        sink = _webhook(received.port)
        office.send(sink, events=[event(), event(EventKind.NEW_C2)])
        office.round(sink)
    assert received.ids() == 3 * [event().id]
    assert "next attempt in 8 s" in office.told[0][1]


def test_redirects_are_not_followed(office: Office) -> None:
    """The other place gets nothing, and the words name the status."""
    with (
        http_receiver(200) as other,
        http_receiver(307, location=f"http://{LOOPBACK}:{other.port}/") as first,
    ):
        office.send(_webhook(first.port, attempts=1))
    assert (other.bodies, office.owed()) == ([], {"chat": 1})
    assert "redirects are not followed" in office.told[0][1]


def test_a_webhook_that_hangs_stops_no_other(office: Office, tmp_path: Path) -> None:
    """It takes the connection and never answers: the file has its line, and the event is kept."""
    file = tmp_path / "events.jsonl"
    with silent_receiver() as port:
        hook = _webhook(port, timeout_s=0.3)
        office.send(hook, JsonSink("log", file=file))
    assert (_lines(file), office.owed()) == ([event().id], {"chat": 1})
    assert "no answer in time" in office.told[0][1]


def test_a_webhook_that_drips_is_cut_off(office: Office) -> None:
    """A byte every 50 ms never lets a socket's time limit pass; the attempt ends all the same."""
    with socket.create_server((LOOPBACK, 0)) as server:
        ended = threading.Event()

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                try:
                    while not ended.wait(0.05):
                        connection.sendall(b"H")
                except OSError:
                    ended.set()

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        office.send(_webhook(server.getsockname()[1], timeout_s=0.5))
        assert ended.wait(WAIT_S)
    assert (office.owed(), "no answer in time" in office.told[0][1]) == ({"chat": 1}, True)


def test_an_event_that_may_have_arrived_is_marked(office: Office) -> None:
    """After an attempt without an answer it comes again under its name, and says so."""
    with silent_receiver() as port:
        office.send(_webhook(port, timeout_s=0.2))
    with http_receiver(200) as received:
        office.round(_webhook(received.port))
    told = json.loads(received.bodies[0])
    assert (told["id"], told["again"]) == (event().id, True)


def test_a_certificate_that_nobody_vouches_for_is_refused(office: Office, tmp_path: Path) -> None:
    """Self-signed: nothing is sent; named as ca_file, it is trusted."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key),
         "-out", str(certificate), "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1"],
        check=False, capture_output=True,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("openssl is not installed")
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = HTTPServer((LOOPBACK, 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    try:
        url = f"https://{LOOPBACK}:{server.server_address[1]}/"
        office.send(WebhookSink("chat", url=url, attempts=1))
        assert (bodies, "certificate is not trusted" in office.told[0][1]) == ([], True)
        office.round(WebhookSink("chat", url=url, ca_file=certificate))
    finally:
        server.shutdown()
        server.server_close()
    assert (len(bodies), office.owed()) == (1, {})


def test_a_port_where_nobody_listens_keeps_the_event(office: Office) -> None:
    """Refused: it certainly did not arrive, so it is not marked when it does."""
    with silent_receiver() as port:
        pass
    office.send(_webhook(port, attempts=1))
    with http_receiver(200) as received:
        office.round(_webhook(received.port))
    assert json.loads(received.bodies[0])["again"] is False


def test_mail_lies_whole_in_its_folder(office: Office, tmp_path: Path) -> None:
    """One file, no hidden one beside it."""
    folder = tmp_path / "mail"
    folder.mkdir()
    office.send(MailSink("mail", folder=folder, sender="a@b.example", to=("c@d.example",)))
    assert [path.name for path in folder.iterdir()] == [f"20240520T120000Z-{event().id}.eml"]


def test_a_folder_that_is_not_there_is_named_and_the_mail_comes_later(office: Office, tmp_path: Path) -> None:
    """Made afterwards, it gets the message."""
    folder = tmp_path / "mail"
    sink = MailSink("mail", folder=folder, sender="a@b.example", to=("c@d.example",))
    office.send(sink)
    assert (office.owed(), str(folder) in office.told[0][1]) == ({"mail": 1}, True)
    folder.mkdir()
    office.round(sink)
    assert (office.owed(), len(list(folder.iterdir()))) == ({}, 1)


def test_notices_go_where_they_are_wanted(office: Office, tmp_path: Path) -> None:
    """A candidate is written to the file, and calls nobody by mail; an alert goes to both."""
    file, folder = tmp_path / "events.jsonl", tmp_path / "mail"
    folder.mkdir()
    mail = MailSink("mail", folder=folder, sender="a@example.org", to=("b@example.org",))
    notice, alert = event(EventKind.NEW_CANDIDATE), event(EventKind.NEW_UPSTREAM)
    office.send(JsonSink("log", file=file), mail, events=[notice, alert])
    levels = [json.loads(line)["level"] for line in file.read_text().splitlines()]
    assert sorted(levels) == ["alert", "notice"]
    (message,) = folder.glob("*.eml")
    assert alert.id in message.read_text()
    assert office.owed() == {}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_keeps_the_event(office: Office) -> None:
    """The words name the file and the reason."""
    office.send(JsonSink("log", file=Path("/dev/full")))
    assert (office.owed(), "No space left" in office.told[0][1]) == ({"log": 1}, True)


def test_a_half_written_line_is_taken_away(office: Office, tmp_path: Path) -> None:
    """What a kill left of a line is cut off before the line is written again."""
    file = tmp_path / "events.jsonl"
    sink = JsonSink("log", file=file)
    file.write_text("before\n")
    found = event()
    office.book.record(Memory(), [found], day="2024-05-20")
    office.book.release(leaving=[found], over=[], digests=[], sinks=["log"], noticed=[], day="2024-05-20")
    deliveries = Deliveries(office.book.path)
    deliveries.begin(found, "log", token=f"{file.stat().st_ino} 7")
    deliveries.close()
    with file.open("a") as out:
        out.write('{"format": 1, "id": "' + found.id)
    office.round(sink)
    before, line = file.read_text().splitlines()
    assert (before, json.loads(line)["id"]) == ("before", found.id)


def test_udp_carries_one_message_an_event(office: Office) -> None:
    """As RFC 5426 says, without a frame."""
    with udp_receiver() as receiver:
        office.send(SyslogSink("siem", host=LOOPBACK, port=receiver.getsockname()[1]))
        message = receiver.recv(65_536)
    assert message.startswith(b"<132>1 ")
    assert f'id="{event().id}"'.encode() in message


def test_tcp_carries_frames(office: Office) -> None:
    """Two events, each behind its length."""
    with tcp_receiver() as received:
        sink = SyslogSink("siem", host=LOOPBACK, port=received.port, transport="tcp")
        office.send(sink, events=[event(), event(EventKind.NEW_C2)])
    texts = []
    for body in received.bodies:
        length, _, text = body.partition(b" ")
        assert len(text) == int(length)
        texts.append(text)
    assert [event(kind).id.encode() in text for kind, text in
            zip((EventKind.NEW_UPSTREAM, EventKind.NEW_C2), texts, strict=True)] == [True, True]  # fmt: skip


def test_a_sink_gets_nothing_that_left_before_it_was_there(office: Office, tmp_path: Path) -> None:
    """A new sink begins with what leaves from then on."""
    first, second = JsonSink("a", file=tmp_path / "a"), JsonSink("b", file=tmp_path / "b")
    office.send(first)
    office.send(first, second, events=[event(EventKind.NEW_C2)])
    assert (len(_lines(tmp_path / "a")), len(_lines(tmp_path / "b"))) == (2, 1)


def test_one_event_that_is_never_taken_does_not_stop_the_others_for_ever(office: Office) -> None:
    """After eight failed rounds the next one is tried, too."""
    poison = event(at=NOW)
    with socket.create_server((LOOPBACK, 0)) as nobody:
        port = nobody.getsockname()[1]
    office.send(_webhook(port, attempts=1), events=[poison, event(EventKind.NEW_C2)])
    deliveries = Deliveries(office.book.path)
    for _ in range(8):
        deliveries.failed(poison, "chat", why="no", next_try_s=time.time() + 3_600, arrived=False)
    deliveries.close()
    with http_receiver(200) as received:
        office.round(_webhook(received.port))
    assert received.ids() == [event(EventKind.NEW_C2).id]


def test_stdout_gets_json_lines(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """Where no sink is named."""
    office.send(JsonSink("stdout"))
    assert json.loads(capsys.readouterr().out)["id"] == event().id
