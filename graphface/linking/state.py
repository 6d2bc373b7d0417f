"""What the graph remembers of linking, so that a run does only what is left to do.

Each face says under which threshold its SAME are complete (`linkedUnder`): between two faces all
pairs nearer than the smaller of their two are there. The `:Space` says in which metric, whether all
pairs were kept, and which run is under way. A run that finds another's name there took over from
one that was cut off, and first removes what that one may have left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphface.graph import Connection
    from graphface.records import Metric


@dataclass(frozen=True, slots=True)
class State:
    """How the SAME of a graph were found so far."""

    metric: Metric | None
    neighbors: int | None
    exactly: bool
    run: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to do."""

    method: str
    metric: Metric
    threshold: float
    neighbors: int | None
    """Nearest neighbours that each face keeps at least; None for all."""
    recall: float
    run: str
    insist: bool = False
    """Whether a person asked for a method that misses none: then what another left does not do."""

    @property
    def exactly(self) -> bool:
        return self.method in ("exact", "cypher")


def read_state(graph: Connection) -> State:
    return State(**graph.run("link-state")[0])


def prepare(graph: Connection, plan: Plan, state: State) -> int:
    """Make the graph ready for `plan`; returns how many SAME were removed.

    Marks go before relationships: a run that is cut off here leaves too few marks, never too many.
    """
    graph.run("begin-link", run=plan.run)
    again = from_scratch(plan, state)
    if again:
        graph.run("forget-linked")
    lowered = _count(graph, "lower-linked", threshold=plan.threshold)
    pin(graph, plan, exactly=again or state.exactly)
    stray = again or lowered or state.run is not None
    return _count(graph, "drop-stray-same" if stray else "drop-new-same")


def pin(graph: Connection, plan: Plan, *, exactly: bool) -> None:
    """Say how the SAME of this graph are found from here on."""
    graph.run("pin-link", metric=plan.metric, neighbors=plan.neighbors, exactly=exactly)


def finish(graph: Connection, plan: Plan) -> None:
    """The run ended well; the graph's own metric and threshold are those it used."""
    from dataclasses import replace

    from graphface.graph.schema import save_space

    space = graph.space()
    if space and (space.metric, space.threshold) != (plan.metric, plan.threshold):
        save_space(graph, replace(space, metric=plan.metric, threshold=plan.threshold))
    graph.run("end-link", run=plan.run)


def from_scratch(plan: Plan, state: State) -> bool:
    """Whether nothing that is there can be built upon."""
    if plan.method == "cypher" or state.metric not in (None, plan.metric):
        return True
    if plan.insist and not state.exactly:
        return True
    fewer = state.neighbors is not None
    return fewer and (plan.neighbors is None or plan.neighbors > state.neighbors)  # type: ignore[operator]


def _count(graph: Connection, name: str, **parameters: Any) -> int:
    rows = graph.run(name, **parameters)
    return int(next(iter(rows[0].values()))) if rows else 0
