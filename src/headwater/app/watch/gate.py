"""Is what a hunt takes for an upstream told at once, or does it wait until more speaks for it?

A hunt's verdict is right for one look. A watch looks every day or more often, and each look is a chance to be
wrong. Most that is wrong then rests on two listed C2s that met in one place by accident. So a watch wants a
third witness, and a posterior that is sure or listed C2s that chance would not bring. What passes is told in
the same cycle; the rest is a candidate, told as a notice, until it passes in a later hunt by itself.
"""

from headwater.app.watch.settings import Alerts
from headwater.app.watch.sight import Seen


def passes(seen: Seen, alerts: Alerts) -> bool:
    """Whether a service may be told as a new upstream.

    Args:
        seen: as a hunt shows it.
        alerts: what is worth telling.
    """
    if not seen.is_upstream or seen.independent + seen.c2_like < alerts.c2s:
        return False
    posterior, by_chance = seen.measured.posterior, seen.measured.q_value
    sure = posterior is not None and posterior >= alerts.sure
    return sure or (seen.independent >= alerts.c2s and by_chance is not None and by_chance <= alerts.chance)


def waits_for(seen: Seen, alerts: Alerts) -> str:
    """What a service that does not pass would need, in words."""
    apart = seen.independent + seen.c2_like
    if apart < alerts.c2s:
        return f"{alerts.c2s} C2s that stand apart, and has {apart}"
    listed = f"{alerts.c2s} listed C2s that chance would not bring (q at most {alerts.chance:g})"
    return f"a posterior of {alerts.sure:g}, or {listed}"
