"""How is work on a file's pieces spread over the cores while order is kept and memory stays bounded?"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")

WORKERS = max(
    1, min(4, os.cpu_count() or 1)
)  # decoding stops scaling where the disk and the parser's locks do


def in_order(work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
    """The results of `work` on each piece, in the pieces' order.

    Threads suit work that Arrow and NumPy do outside the interpreter's lock. At most WORKERS + 1 pieces and
    their results are held at a time.

    Args:
        work: called once a piece, in any thread.
        pieces: drawn from as results are taken, in the caller's thread.
    """
    pool = ThreadPoolExecutor(WORKERS)
    pending: deque[Future[Result]] = deque()
    try:
        for piece in pieces:
            pending.append(pool.submit(work, piece))
            if len(pending) > WORKERS:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
