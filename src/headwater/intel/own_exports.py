"""Is an entry of a feed this program's own conclusion? Then it is no label: it would come back as evidence.

`headwater export` marks what it says of hosts by a machine tag, in MISP and as a label in STIX:

    headwater:role="c2"        a C2 that lists named already; it may come back as a label
    headwater:role="upstream"  and service, contact, client: what a case found, or merely saw
"""

import re
from collections.abc import Iterable

LISTED = "c2"
_TAG = re.compile(r'headwater:role="?([a-z0-9-]{1,20})"?')


def role_tag(role: str) -> str:
    """The tag of a role."""
    return f'headwater:role="{role}"'


def role_in_case(words: Iterable[str]) -> str:
    """The role that tags or labels give in a case of this program; "" where none does."""
    return next((found[1] for word in words if (found := _TAG.fullmatch(word.strip()))), "")
