import threading
from collections.abc import Iterator

import pytest

from headwater.app.read_ahead import read_ahead


def test_same_items_in_order() -> None:
    """A thousand items come in the order in which they were made."""
    assert list(read_ahead(iter(range(1000)))) == list(range(1000))


def test_made_in_another_thread() -> None:
    """The items are made outside the caller's thread."""
    makers = list(read_ahead(threading.get_ident() for _ in range(3)))
    assert threading.get_ident() not in makers


def test_error_comes_where_it_occurred() -> None:
    """An error is raised after the items made before it."""

    def items() -> Iterator[int]:
        yield 1
        raise KeyError("two")

    ahead = read_ahead(items())
    assert next(ahead) == 1
    with pytest.raises(KeyError, match="two"):
        next(ahead)


def test_given_up_early() -> None:
    """Who stops asking stops the maker: it is closed and its thread ends."""
    closed = threading.Event()

    def items() -> Iterator[int]:
        try:
            number = 0
            while True:
                yield number
                number += 1
        finally:
            closed.set()

    before = threading.active_count()
    ahead = read_ahead(items())
    next(ahead)
    ahead.close()  # type: ignore[attr-defined]  # a generator, whatever its annotation says
    assert closed.is_set()
    assert threading.active_count() == before
