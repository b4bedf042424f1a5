"""What would a spreadsheet run instead of showing? Text that begins like a formula gets a mark before it."""

# OWASP, CSV injection: in ASCII and in the full-width forms that some programs accept.
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def neutralised(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return "'" + text if text.lstrip(" ").startswith(_FORMULA_START) else text
