"""Progress bars for long computations: the engine reports a share, tqdm draws it (in a notebook as a widget)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(label: str, show: bool | int) -> Iterator[Callable[[float], None] | None]:
    """A callback for the engine's `progress` argument, or None when `show` is false or tqdm is not installed."""
    if not show:
        yield None
        return
    try:
        from tqdm.auto import tqdm
    except ImportError:
        yield None
        return
    with tqdm(total=100, desc=label, unit="%", bar_format="{desc}: {percentage:3.0f}%|{bar}| {elapsed}<{remaining}") as drawn:

        def update(share: float) -> None:
            drawn.n = round(100 * share)
            drawn.refresh()

        yield update
        update(1.0)
