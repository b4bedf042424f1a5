import pytest

from headwater.cli.printable import printable, shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain.csv", "plain.csv"),
        ("tok smečka 流量.csv", "tok smečka 流量.csv"),
        ("\x1b[2J", "\\x1b[2J"),  # clears a terminal
        ("\x9b2J", "\\x9b2J"),  # the same as one C1 control character (ECMA-48, 5.4)
        ("a\rb\nc\td", "a\\rb\\nc\\td"),
        ("safe\u202ecod.exe", "safe\\u202ecod.exe"),  # right to left
        ("\u2028", "\\u2028"),
        ("caf\udce9", "caf\\udce9"),  # a byte that is no UTF-8 (PEP 383)
    ],
)
def test_printable(text: str, expected: str) -> None:
    """Letters of any script stay; what is obeyed instead of shown becomes a backslash escape."""
    assert printable(text) == expected


def test_no_markup() -> None:
    """Rich's markup in the text is text."""
    assert shown("[bold]x[/bold] \x1b").plain == "[bold]x[/bold] \\x1b"
