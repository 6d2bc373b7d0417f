"""A case for every statement of cypher/: what it is asked on the graph of `cypher_cases_graph`, and
what it must answer or leave behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.integration.cypher_cases_graph import faces

Rows = list[dict[str, Any]]
See = Callable[..., Rows]
"""Runs Cypher in the transaction of the case, which is rolled back afterwards."""
Check = Callable[[Rows, See], None]

VECTORS = {face: vector.tolist() for face, vector in faces().items()}
ADA, BOB, CLEO, GUS, DAN, EVE = 1, 2, 3, 4, 7, 8
"""Numbers of persons; the id of 1 is p1."""


@dataclass(frozen=True)
class Case:
    parameters: dict[str, Any]
    check: Check
    before: tuple[tuple[str, dict[str, Any]], ...] = field(default=())
    """Statements that must run first, by name."""

    def given(self, see: See) -> dict[str, Any]:
        """The parameters; what depends on the database is looked up."""
        items = self.parameters.items()
        return {name: value(see) if callable(value) else value for name, value in items}


def case(check: Check, *before: tuple[str, dict[str, Any]], **parameters: Any) -> Case:
    return Case(parameters, check, before)


def gives(*expected: dict[str, Any], ordered: bool = True) -> Check:
    """Exactly these rows."""

    def check(rows: Rows, see: See) -> None:
        got, wanted = list(map(_plain, rows)), list(map(_plain, expected))
        if not ordered:
            got, wanted = sorted(got, key=repr), sorted(wanted, key=repr)
        assert got == wanted

    return check


def column(name: str, *expected: Any) -> Check:
    """These values of one column, in any order."""

    def check(rows: Rows, see: See) -> None:
        assert sorted((_plain(row[name]) for row in rows), key=repr) == sorted(
            map(_plain, expected), key=repr
        )

    return check


def one(**fields: Any) -> Check:
    """One row, in which these fields are as given."""

    def check(rows: Rows, see: See) -> None:
        assert len(rows) == 1, rows
        assert {key: _plain(rows[0][key]) for key in fields} == _plain(fields)

    return check


def has(count: int, **fields: Any) -> Check:
    """So many rows, of which exactly one has these fields."""

    def check(rows: Rows, see: See) -> None:
        assert len(rows) == count
        wanted = _plain(fields)
        assert [{k: _plain(row[k]) for k in fields} for row in rows].count(wanted) == 1, rows

    return check


def leaves(query: str, expected: Any) -> Check:
    """What a query sees afterwards, in the same transaction: the first column of all rows."""

    def check(rows: Rows, see: See) -> None:
        assert [_plain(next(iter(row.values()))) for row in see(query)] == _plain(expected)

    return check


def every(*checks: Check) -> Check:
    def check(rows: Rows, see: See) -> None:
        for each in checks:
            each(rows, see)

    return check


def drawn(labels: str, types: str = "") -> Check:
    """What Neo4j Browser would draw: `2 Person, 3 Face` and `2 BELONGS_TO`."""

    def check(rows: Rows, see: See) -> None:
        from neo4j.graph import Node, Path, Relationship

        nodes: dict[str, str] = {}
        links: dict[str, str] = {}

        def add(value: Any) -> None:
            if isinstance(value, Path):
                for part in (*value.nodes, *value.relationships):
                    add(part)
            elif isinstance(value, Node):
                nodes[value.element_id] = min(value.labels)
            elif isinstance(value, Relationship):
                links[value.element_id] = value.type

        for row in rows:
            for value in row.values():
                add(value)
        assert (_counted(nodes), _counted(links)) == (labels, types)

    return check


def _counted(kinds: dict[str, str]) -> str:
    names = list(kinds.values())
    return ", ".join(f"{names.count(name)} {name}" for name in sorted(set(names)))


def _plain(value: Any) -> Any:
    """Values that can be compared: floats to three digits, dates as text, lists and maps inside."""
    if isinstance(value, float):
        return round(value, 3) + 0.0  # no -0.0
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.to_native().isoformat() if hasattr(value, "to_native") else value


def cases() -> dict[str, Case]:
    from tests.integration import (
        cypher_cases_auto,
        cypher_cases_looking,
        cypher_cases_people,
        cypher_cases_steps,
        cypher_cases_teaching,
    )

    return {
        **cypher_cases_steps.CASES,
        **cypher_cases_people.CASES,
        **cypher_cases_looking.CASES,
        **cypher_cases_teaching.CASES,
        **cypher_cases_auto.CASES,
    }
