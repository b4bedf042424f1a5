"""How is text from outside shown? Without anything that a terminal or Rich would obey."""

import unicodedata

from rich.text import Text

# Cc control characters (escape sequences begin with one), Cf invisible ones (they turn text right to left),
# Cs halves of surrogate pairs (bytes of a file name that are no UTF-8), Zl and Zp line breaks.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def printable(text: str) -> str:
    """The text with each character that is obeyed instead of shown written as a backslash escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(one) if unicodedata.category(one) in _HIDDEN else one for one in text)


def shown(text: str, *, style: str = "") -> Text:
    """Text from outside as Rich may print it: nothing in it is markup, a link or an escape sequence."""
    return Text(printable(text), style=style)


def _escaped(one: str) -> str:
    return one.encode("unicode_escape", "surrogatepass").decode("ascii")
