"""What would chance bring, and what was seen? The distribution under chance with the observed number."""

import math

import altair as alt

from headwater.model.case import Case
from headwater.present.charts.style import Chart, Data, drawn_from, titled

_LEAST = -16.0  # log10 of the smallest probability drawn; what is rarer has no stem
_MOST = 60  # bars; wider ranges are drawn at every n-th number


def chance_chart(case: Case, *, confirmation: bool = False) -> Chart:
    """The picture of Poisson(expected) with the observed number of independent groups of C2s.

    Args:
        case: whose numbers are drawn.
        confirmation: the test on what was held out, in place of the one on all.

    Returns:
        A chart of Altair, probabilities on a logarithmic axis.

    Raises:
        ValueError: the case has no such number.
    """
    if confirmation:
        if case.confirmation.p_value is None:
            raise ValueError("nothing was held out in this case, so there is no confirmation to draw")
        k, expected, p_value = case.confirmation.k, case.confirmation.expected, case.confirmation.p_value
        title = "What chance would bring, on what was held out"
    elif case.chance is None:
        raise ValueError("chance could not be reckoned in this case")
    else:
        k, expected, p_value = case.chance.k, case.chance.expected, case.chance.p_value
        title = "What chance would bring, and what was seen"
    said = f"Chance would bring {expected:.2g}; {k:,} were seen; p = {p_value:.1g}"
    return titled(_drawn(poisson(expected, upto=k), k), title, said)


def poisson(expected: float, *, upto: int) -> Data:
    """Probabilities of Poisson(expected), from 0 to a little beyond `upto` and what is likely.

    Args:
        expected: its mean, at least 0.
        upto: a number that has to be among those drawn.

    Returns:
        Rows with `k`, `probability`, and `exponent`, its decimal logarithm; what is rarer than 1e-16 is left
        out.
    """
    top = max(upto, math.ceil(expected + 4 * math.sqrt(expected))) + 1
    every = max(1, math.ceil((top + 1) / _MOST))
    rows: Data = []
    for k in range(0, top + 1, every):
        log = (
            -expected
            + (k * math.log(expected) if expected > 0 else (0.0 if k == 0 else -math.inf))
            - math.lgamma(k + 1)
        )
        exponent = log / math.log(10)
        if exponent >= _LEAST:
            rows.append({"k": k, "probability": math.exp(log), "exponent": exponent})
    return rows


def _drawn(rows: Data, k: int) -> Chart:
    lowest = min((row["exponent"] for row in rows), default=0.0)
    ticks = alt.Axis(
        labelExpr="datum.value === 0 ? '1' : '1e' + datum.value",
        tickCount=5,
        tickMinStep=1,
        title="probability by chance",
    )
    last = max(rows[-1]["k"] if rows else 0, k)
    x = alt.X(
        "k:Q",
        title="independent groups of listed C2s in contact",
        axis=alt.Axis(tickMinStep=1, format="d", grid=False),
    )
    x = x.scale(domain=[-0.7, last + 0.7], nice=False)
    floor = math.floor(lowest) - 0.5
    y = alt.Y("exponent:Q", axis=ticks, scale=alt.Scale(domain=[floor, 0.4], nice=False, zero=False))
    values = [row | {"floor": floor} for row in rows]
    base = drawn_from(values)
    told = ["k:Q", alt.Tooltip("probability:Q", format=".2g")]
    stems = base.mark_rule(style="active", strokeWidth=2).encode(x, y, alt.Y2("floor:Q"))
    points = base.mark_point(style="active", filled=True, size=55, opacity=1).encode(x, y, tooltip=told)
    seen = drawn_from([{"k": k, "said": f"seen: {k:,}", "exponent": 0.0}])
    rule = seen.mark_rule(style="observed", strokeDash=[6, 3], strokeWidth=2).encode(x)
    right = k > last / 2
    text = seen.mark_text(style="said", align="right" if right else "left", dx=-7 if right else 7, dy=6)
    return (stems + points + rule + text.encode(x, y, alt.Text("said:N"))).properties(width=440, height=210)
