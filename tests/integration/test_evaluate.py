"""Evaluation on the real database: truth from folders and files, and what is set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from graphface.clustering.evaluate import CURRENT, evaluate
from graphface.clustering.metrics import measure
from graphface.db.schema import pin_space
from graphface.errors import NotFound, UsageError
from graphface.ingest.photo_writer import write_batch
from graphface.linking.link import link
from graphface.progress import reporting_to
from graphface.records import Box, Face, Picture, Space
from graphface.sinks import Lines
from tests.unit.test_peers import people as embeddings

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.db import Connection
    from tests.conftest import Cli

SIZES = (7, 6, 5, 1)
SPACE = Space("Dlib", "dlib", "dlib-5-150", 128, "euclidean_l2", 0.33)
KEYS = ["pairwise", "bcubed", "nmi", "people", "true_people", "faces"]


@pytest.fixture
def folders(graph: Connection) -> Connection:
    """Faces of four people, each in a folder of its own, with a passer-by in the first photo."""
    from pathlib import Path

    vectors, who = embeddings(SIZES)
    pin_space(graph, SPACE)
    blank = np.zeros((100, 100, 3), np.uint8)
    files = [Path(f"/photos/person {w}/{k}.jpg") for k, w in enumerate(who)]
    pictures = [Picture(file, f"photo-{k:02}", 1, 1, blank) for k, file in enumerate(files)]
    faces = [
        [Face(f"face-{k:02}", Box(20, 20, 60, 60), 1.0, 0.9, vector)]
        for k, vector in enumerate(vectors)
    ]
    passer_by = -vectors[0]
    faces[0].append(Face("passer-by", Box(2, 2, 9, 9), 1.0, 0.5, passer_by))
    places = [(p.id, str(p.path), p.modified) for p in pictures]
    write_batch(graph, pictures, faces, places, [])
    link(graph)
    return graph


def put_together(graph: Connection, groups: dict[str, list[int]], source: str = "cluster") -> None:
    """Persons, written as some source would have."""
    for name, numbers in groups.items():
        with graph.session() as session:
            session.run(
                "MERGE (p:Person {id: $id}) SET p.number = toInteger(substring($id, 1)) "
                "WITH p UNWIND $faces AS id MATCH (f:Face {id: id}) "
                "OPTIONAL MATCH (f)-[old:BELONGS_TO]->() DELETE old "
                "MERGE (f)-[:BELONGS_TO {source: $source, confidence: 1.0}]->(p)",
                id=name,
                faces=[f"face-{k:02}" for k in numbers],
                source=source,
            ).consume()


def test_the_graph_is_judged_as_it_stands(
    folders: Connection, capfd: pytest.CaptureFixture[str]
) -> None:
    put_together(
        folders, {"p1": [*range(7), 7], "p2": list(range(8, 13)), "p3": list(range(13, 18))}
    )
    with reporting_to(Lines()):
        (row,) = evaluate(folders, truth_folder=1)
    expected = measure([0] * 7 + [1] * 6 + [2] * 5 + [3], [1] * 8 + [2] * 5 + [3] * 5 + [4])
    assert row.method == CURRENT
    assert row.metrics == expected, (
        "a face of nobody is one by itself; the passer-by is not counted"
    )
    assert (row.metrics.moves, row.metrics.merges) == (1, 0)
    assert "judging the persons that the graph holds" in capfd.readouterr().err


def test_nothing_is_judged_by_its_own_answer(
    folders: Connection, capfd: pytest.CaptureFixture[str]
) -> None:
    """Folder identities that are wrong on purpose: judged by themselves they would be perfect."""
    put_together(folders, {"p1": list(range(10)), "p2": list(range(10, 19))}, source="folder")
    before = folders.run("face-people")
    with reporting_to(Lines()):
        (row,) = evaluate(folders)
    assert "set aside: 19 identities" in capfd.readouterr().err
    assert row.method != CURRENT
    assert row.metrics.pairwise.f1 < 0.9, "the real people are not the folders' people"
    (row,) = evaluate(folders, truth_folder=1)
    assert row.metrics.clicks == 0, "grouped by distance, whatever the folders were said to be"
    assert folders.run("face-people") == before, "nothing is written"


def test_a_file_names_faces_and_paths(folders: Connection, tmp_path: Path) -> None:
    put_together(folders, {"p1": list(range(7)), "p2": list(range(7, 13))})
    file = tmp_path / "truth.csv"
    rows = [f"person 0/{k}.jpg,Ada" for k in range(7)] + ["face-07,Bo", "/photos/person 1/8.jpg,Bo"]
    file.write_text("\n".join(["path,name", *rows, "passer-by,Cy", "not here.jpg,Di"]), "utf-8")
    (row,) = evaluate(folders, truth_csv=file)
    assert (row.metrics.faces, row.metrics.true_people, row.metrics.clicks) == (10, 3, 0)


@pytest.mark.parametrize("text", ["a,b,c\n", "only\n"])
def test_a_file_of_another_form_is_refused(folders: Connection, tmp_path: Path, text: str) -> None:
    file = tmp_path / "truth.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(UsageError, match="columns, not 2"):
        evaluate(folders, truth_csv=file)


@pytest.mark.parametrize("method", ["label-propagation", "leiden", "louvain"])
def test_gds_groups_pairs_of_any_threshold(folders: Connection, method: str) -> None:
    strict, right = evaluate(folders, truth_folder=1, methods=[method], thresholds=[0.05, 0.33])
    assert (strict.threshold, right.threshold) == (0.05, 0.33)
    assert strict.metrics.people == 19, "nobody is that near"
    assert right.metrics.clicks == 0
    assert folders.run("count-same")[0]["pairs"] == 15 + 21 + 10
    assert not any(row["graphName"].startswith("peer-") for row in _catalog(folders)), (
        "projections are gone"
    )


def test_no_truth_says_how_to_give_one(folders: Connection) -> None:
    with pytest.raises(NotFound, match="`truth_folder` 1"):
        evaluate(folders)


def test_an_empty_graph_says_what_to_do(graph: Connection) -> None:
    with pytest.raises(NotFound, match=r"build\(folders=\.\.\.\)"):
        evaluate(graph, truth_folder=1)


def test_an_unknown_method_names_those_there_are(folders: Connection) -> None:
    with pytest.raises(UsageError, match="label-propagation"):
        evaluate(folders, truth_folder=1, methods=["astrology"])


def test_the_command_line(cli: Cli, folders: Connection, tmp_path: Path) -> None:
    one = cli("evaluate", "--truth-folder", "1", "--json")
    assert one.code == 0, one.err
    assert list(one.json) == KEYS
    several = cli("evaluate", "--truth-folder", "1", "--methods", "leiden,louvain", "--json")
    assert list(several.json) == ["leiden", "louvain"]
    assert list(several.json["leiden"]) == KEYS


def test_a_table_of_all_methods_and_a_picture(
    cli: Cli, folders: Connection, tmp_path: Path
) -> None:
    from PIL import Image

    pytest.importorskip("matplotlib", reason="pip install 'graphface[plot]'")
    picture = tmp_path / "f.png"
    done = cli("evaluate", "--truth-folder", "1", "--methods", "all", "--plot", picture, "--json")
    assert done.code == 0, done.err
    assert {"leiden", "chinese-whispers"} <= set(done.json)
    assert all(len(levels) == 6 for levels in done.json.values())
    assert Image.open(picture).size > (800, 400)


def _catalog(graph: Connection) -> list[dict[str, str]]:
    with graph.session() as session:
        return session.run("CALL gds.graph.list() YIELD graphName RETURN graphName").data()
