"""An executor of other processes, which share no memory: as other machines would be."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from graphface.ingest.pipeline import map_in_pool

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Processes:
    """A started process imports graphface anew, and gets all that it needs with its work."""

    count: int = 1

    def map_ordered(
        self, function: Callable[[T], R], items: Iterable[T]
    ) -> Generator[R, None, None]:
        start = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(self.count, mp_context=start)
        return map_in_pool(pool, function, items, ahead=2 * self.count)
