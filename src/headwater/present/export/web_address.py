"""Is a text from outside a web address, and nothing besides?"""

import re

_URL = re.compile(r"https?://[A-Za-z0-9.\-]+(?::\d+)?(?:/[A-Za-z0-9._~!*'();@&=+$,/?#%:\-]*)?")


def is_url(text: str) -> bool:
    """Whether a text is a web address and nothing besides; nobody opens it."""
    return _URL.fullmatch(text) is not None
