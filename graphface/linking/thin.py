"""Write thinned SAME: what stays is known only when every pair was seen.

New relationships first, then the marks, then what the new ones made superfluous goes: wherever a
run is cut off, no person falls apart.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from graphface.linking.sparse import Thinner
from graphface.linking.write import (
    FACES_AT_ONCE,
    PAIRS_AT_ONCE,
    as_rows,
    check_distances,
    mark,
    overtaken,
    write_pairs,
)
from graphface.progress import task

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from graphface.graph import Connection, Run
    from graphface.linking.read import Faces
    from graphface.linking.report import Tally
    from graphface.linking.search import PairBlock
    from graphface.linking.state import Plan
    from graphface.linking.tiles import Found


def write_thinned(
    graph: Connection, faces: Faces, plan: Plan, blocks: Iterator[PairBlock], tally: Tally
) -> None:
    """Leave in the graph what `kept_pairs` keeps of the SAME that are there and of `blocks`."""
    assert plan.neighbors is not None
    with tally.stage("read"):
        old = read_same(graph, faces)
    thinner = Thinner(faces.rank, plan.neighbors)
    thinner.add(*old)
    with task("link", unit="pairs") as bar:
        for block in blocks:
            with tally.stage("thin"):
                thinner.add(block.left, block.right, block.distance)
            bar.advance(block.compared)
    with tally.stage("thin"):
        final = thinner.result()
    tally.left_out = thinner.seen - len(final[0])
    check_distances(graph, faces, plan.metric, final)
    with tally.stage("write"):
        tally.written += _write(graph, faces, plan, _without(final, old, len(faces)))
        tally.removed += _drop(graph, faces, _without(old, final, len(faces)))


def read_same(graph: Connection, faces: Faces) -> Found:
    """The SAME of the graph as (left, right, distance), left < right in the order of `faces`."""
    import numpy as np

    place = {id: k for k, id in enumerate(faces.ids)}
    rows = [
        (place[row["start"]], place[end], distance)
        for row in graph.stream("read-same-by-face")
        for end, distance in row["near"]
        if row["start"] in place and end in place
    ]
    a, b, distance = (
        (np.array(column) for column in zip(*rows, strict=True))
        if rows
        else (np.empty(0), np.empty(0), np.empty(0))
    )
    left, right = np.minimum(a, b).astype(np.int32), np.maximum(a, b).astype(np.int32)
    return left, right, distance


def _without(pairs: Found, others: Found, count: int) -> Found:
    import numpy as np

    kept = ~np.isin(_keys(pairs, count), _keys(others, count))
    left, right, distance = pairs
    return left[kept], right[kept], distance[kept]


def _keys(pairs: Found, count: int) -> NDArray[np.int64]:
    import numpy as np

    return pairs[0].astype(np.int64) * count + pairs[1]


def _write(graph: Connection, faces: Faces, plan: Plan, pairs: Found) -> int:
    left, right, distance = pairs
    with task("write", total=len(left), unit="SAME") as bar:
        for start in range(0, len(left), PAIRS_AT_ONCE):
            some = slice(start, start + PAIRS_AT_ONCE)
            rows = as_rows(faces, left[some], right[some], distance[some])
            graph.transact(partial(_write_once, rows, plan))
            bar.advance(len(left[some]))
    for start in range(faces.done, len(faces), FACES_AT_ONCE):
        ids = faces.ids[start : start + FACES_AT_ONCE]
        graph.transact(partial(mark, name=plan.run, ids=ids, threshold=plan.threshold))
    return len(left)


def _write_once(rows: dict[str, list[object]], plan: Plan, run: Run) -> None:
    if run("link-state")[0]["run"] != plan.run:
        raise overtaken()
    write_pairs(run, rows)


def _drop(graph: Connection, faces: Faces, pairs: Found) -> int:
    import numpy as np

    left, right, _ = pairs
    swap = faces.rank[left] > faces.rank[right]
    first, second = np.where(swap, right, left), np.where(swap, left, right)
    names = [
        [faces.ids[a], faces.ids[b]] for a, b in zip(first.tolist(), second.tolist(), strict=True)
    ]
    for start in range(0, len(names), PAIRS_AT_ONCE):
        graph.run("drop-same", pairs=names[start : start + PAIRS_AT_ONCE])
    return len(names)
