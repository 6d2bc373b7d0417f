"""Every file of cypher/ follows the form that makes it loadable, listable and pasteable."""

from __future__ import annotations

import re

import pytest

from graphface.errors import NotFound
from graphface.graph.statements import cypher_folder, parse, statement, statements


@pytest.mark.parametrize("name", statements())
def test_header_names_what_the_text_uses(name: str) -> None:
    found = statement(name)
    used = set(re.findall(r"\$(\w+)", found.text))
    assert used == {parameter.name for parameter in found.parameters}
    assert found.purpose
    assert found.example.startswith("graphface "), "an example one can type"
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name), "kebab-case"
    assert not found.text.rstrip().endswith(";"), "one statement a file"


def test_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(NotFound, match="list-people"):
        statement("list-peple")


def test_a_file_without_header_is_refused() -> None:
    with pytest.raises(ValueError, match="mode"):
        parse("broken", "lookup", "// broken: no mode\nRETURN 1")


def test_no_cypher_outside_cypher() -> None:
    """`cypher/` is the one place: no Python string of the package holds a statement."""
    from pathlib import Path

    package = Path(__file__).resolve().parents[2] / "graphface"
    pattern = re.compile(r"\b(MATCH|MERGE|UNWIND|DETACH DELETE) [\(\$]")
    assert not [p for p in package.rglob("*.py") if pattern.search(p.read_text("utf-8"))]


def test_no_two_statements_have_one_name() -> None:
    """A name is all that the package asks by, whatever folder the file lies in."""
    names = [file.stem for file in cypher_folder().glob("*/*.cypher")]
    assert sorted(names) == sorted(set(names)) == sorted(statements())
