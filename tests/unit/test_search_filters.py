"""What narrows a search: dates, places, values, and conditions that are no more than that."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from graphface.cli.options import read_values
from graphface.db.predicate import PLACE, check, filled
from graphface.db.statements import statement
from graphface.errors import UsageError
from graphface.recognition.filters import Filters, _prefix, read_date, read_near
from graphface.records import Location


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2019", datetime(2019, 1, 1)),
        ("2019-06", datetime(2019, 6, 1)),
        ("2019-6-30", datetime(2019, 6, 30)),
        (" 2019-06-30T12:05 ", datetime(2019, 6, 30, 12, 5)),
        ("2019-06-30 12:05:09", datetime(2019, 6, 30, 12, 5, 9)),
    ],
)
def test_a_date_is_its_beginning(text: str, moment: datetime) -> None:
    assert read_date(text) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "2019-13", "2019-02-30", "0000", "19", "2019-"])
def test_no_date(text: str) -> None:
    with pytest.raises(UsageError, match="is no date"):
        read_date(text)


def test_places() -> None:
    assert read_near("48.2,16.37,5") == (Location(48.2, 16.37), 5.0)
    assert read_near("-33.9, 151.2, 0.5") == (Location(-33.9, 151.2), 0.5)
    for text in ("", "48.2,16.37", "91,0,1", "0,181,1", "0,0,-1", "nan,0,1", "0,0,inf", "a,b,c"):
        with pytest.raises(UsageError, match="is no place"):
            read_near(text)


def test_values_are_json_or_text() -> None:
    given = ["a=1", "b=Ada", 'c="1"', "d=[1, 2]", "e=x=y", "f="]
    expected = {"a": 1, "b": "Ada", "c": "1", "d": [1, 2], "e": "x=y", "f": ""}
    assert read_values(given) == expected
    for text in ("a", "=1", "a b=1"):
        with pytest.raises(UsageError, match="KEY=VALUE"):
            read_values([text])


def test_a_folder_ends_where_its_name_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert _prefix(Path("ada")) == f"{tmp_path}/ada/"
    assert _prefix(Path("/")) == "/"
    (tmp_path / "one.jpg").touch()
    assert _prefix(Path("one.jpg")) == f"{tmp_path}/one.jpg"


def test_whether_there_is_a_filter() -> None:
    assert not Filters().any
    assert Filters(min_face=40).any
    assert Filters(where="true").any


@pytest.mark.parametrize(
    "condition",
    [
        "p.width > 1000",
        "f.quality >= 0.5 AND NOT p.path CONTAINS 'private'",
        "p.path STARTS WITH '/a' OR p.path ends with \".png\"",
        "f.`my; property // here` = 1",
        "EXISTS { (f)-[:SAME]-(:Face) }",
        "size([(p)-[:HAS_FACE]->(x) | x]) = 2",
        "p.takenAt.year = 2019 and p.takenAt < localdatetime('2019-07-01T00:00:00')",
        "any(path IN p.paths WHERE path =~ '.*Ada.*')",
        "f.return = 1 OR f . set = 2",
        "point.distance(p.location, point({latitude: 1, longitude: 2})) < 1e3",
        "'; DELETE // CALL' <> p.path",
        "f.x % 2 = 0\nAND f.y IN [1, 2, 3]",
        "date.truncate('month', date(p.takenAt)) = date('2019-06-01')",
    ],
)
def test_conditions(condition: str) -> None:
    check(condition, {}, {})


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("", "is empty"),
        (" \n ", "is empty"),
        ("true; MATCH (n) DETACH DELETE n", "semicolon"),
        ("true) RETURN f //", "comment"),
        ("true /* x */", "comment"),
        ("true) OR (true", "not opened"),
        ("(true", "does not close"),
        ("[1, 2) = 3", "not opened"),
        ("true WITH f MATCH (n)", "clause WITH"),
        ("EXISTS { MATCH (n) DELETE n }", "clause MATCH"),
        ("true call db.labels() yield label", "clause CALL"),
        ("true REMOVE f.x", "clause REMOVE"),
        ("true return f", "clause RETURN"),
        ("COLLECT { UNWIND [1] AS x RETURN x } = [1]", "clause UNWIND"),
        ("p.path = 'it\\'s'", "backslash"),
        ("p.path = \\u0027x\\u0027", "backslash"),
        ("p.path = '\\u0027 RETURN 1'", "backslash"),
        ("f.`a", "not closed"),
        ("f.x = 'open", "not closed"),
        ("apoc.cypher.runFirstColumn('x', {}, true)", "functions of plugins"),
        ("apoc . cypher . run ('x')", "functions of plugins"),
        ("`apoc`.`cypher`.`run`('x')", "functions of plugins"),
        ("apoc.`cypher`.run('x')", "functions of plugins"),
        ("custom.f(1) = 1", "functions of plugins"),
        ("any(x IN range(1, 1000000000) WHERE x < 0)", "range"),
        ("f.x = ?", "no condition needs"),
        ("f.x = 1 \x00", "no condition needs"),
        ("f.x = 1 \u2028 OR true", "no condition needs"),
        ("x" * 10_001, "characters"),
    ],
)
def test_what_is_no_condition_is_refused_and_named(condition: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        check(condition, {}, {})


def test_values_of_a_condition() -> None:
    check("f.x > $least", {"least": 1}, {"top": 10})
    with pytest.raises(UsageError, match="`param` least=VALUE"):
        check("f.x > $least", {}, {})
    with pytest.raises(UsageError, match="not in the condition"):
        check("f.x > 1", {"least": 1}, {})
    with pytest.raises(UsageError, match="graphface's own"):
        check("f.x > $top", {"top": 1}, {"top": 10})
    with pytest.raises(UsageError, match=r"\$top"):
        check("f.x > $top", {}, {"top": 10})


@pytest.mark.parametrize("name", ["search-faces", "count-search-faces"])
def test_a_condition_stands_in_its_place_and_nowhere_else(name: str) -> None:
    text = filled(statement(name), "p.width > 7 OR true", {}, {})
    assert PLACE not in text
    assert "(\np.width > 7 OR true\n)" in text
    with pytest.raises(ValueError, match="no place"):
        filled(statement("stats"), "true", {}, {})
