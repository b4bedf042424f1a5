"""How was all this reckoned? The method in a page, for a sceptical colleague."""

from headwater.present.report.content import Points, Section, Statement, Table
from headwater.present.report.frame import Frame
from headwater.present.report.rows import columns, row
from headwater.present.report.wording import said

_STEPS = """
Records: one-way flow records as exported; raw counts, nothing multiplied by the sampling rate.

Which side serves: the endpoint to which many others come, its port's usual use, and TCP flags; never the
lower port alone. Where that does not tell, it says so.

Contact: failed connections, scans and what comes to a C2's own listening port are no contact. A session ends
after six hours of silence; bounds come from sessions, since flows of one session are not independent.

Chance: how many listed C2s would meet this service anyway, given how popular it is and how busy and visible
each C2 is, by network and time; tested with Poisson (an exposure-aware bipartite configuration model; Saracco
et al. 2017). C2s of one network block or owner count as one.

Exclusivity: listed C2s among all hosts in contact, with a Jeffreys interval (Brown, Cai, DasGupta 2001).
Lists are incomplete, so it is a lower bound.

Timelines: from the times of n sessions, the unseen start and end are drawn as in Strauss and Sadler (1989);
the relation of the two spans follows Allen (1983), as probabilities. At the edges of the data and in gaps,
nothing seen says nothing.

Left out, by a rule fixed beforehand: C2s with too few sessions or too wide bounds. They are listed, and the
answer with them is shown beside.

Tenancy: dated observations of keys, certificates and banners bracket when the host changed. Evidence from
before a change is barred, visibly.

Weighing: each item has a likelihood for each answer; the answers to one question exclude each other. The
range is over a grid of priors and settings. Weighing rejects answers; it does not prove one.

Confirmation: what led to the service cannot also prove it. The test is repeated on families or a time that
were held out.

What this cannot tell: who a person is; whether access was sold, by timing alone; what records never saw.
"""
_WORDS = (
    ("almost no chance", "1 to 5%"), ("very unlikely", "5 to 20%"), ("unlikely", "20 to 45%"),
    ("roughly even chance", "45 to 55%"), ("likely", "55 to 80%"), ("very likely", "80 to 95%"),
    ("almost certain", "95 to 99%"),
)  # fmt: skip


def method(frame: Frame) -> Section:
    """The section on method."""
    texts = (" ".join(text.split()) for text in _STEPS.strip().split("\n\n"))
    steps = Points("Step by step", tuple(Statement(text) for text in texts))
    words = Table(
        "words", "Words of likelihood (ICD 203); confidence in the basis is told apart from them",
        columns("Word", "Stands for"), tuple(row(word, stands) for word, stands in _WORDS),
    )  # fmt: skip
    settings = Table(
        "settings", "Settings of this case", columns("Setting", "Value"),
        tuple(row(said(name), said(_setting(value))) for name, value in frame.case.settings.items()),
        folded=True, on_screen=True,
    )  # fmt: skip
    return Section("method", "Method", (steps, words, settings))


def _setting(value: float | str) -> str:
    """A setting's value; a switch is 0 or 1, as JSON has it after one reading."""
    if isinstance(value, str):
        return value.replace(", 0:00:00", "")  # whole days
    return f"{int(value):,}" if float(value).is_integer() else f"{float(value):g}"
