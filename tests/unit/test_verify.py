"""Which face of a picture is meant, and what two faces say without a graph."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from graphface.errors import NoFace, UsageError
from graphface.people.selectors import Choice, choose_face
from graphface.recognition.identify import identify
from graphface.recognition.verify import claimed, graph_at_hand, verify
from graphface.records import Box
from tests.unit.test_identify import WEIGHTS, world

if TYPE_CHECKING:
    from graphface.sample.album import Drawn
    from graphface.vision.extractor import Extractor

PARTY = Path("party.jpg")


@dataclass(frozen=True)
class Boxed:
    box: Box


LEFT, MIDDLE, RIGHT = (
    Boxed(Box(x, 90 - x, size, size)) for x, size in ((5, 40), (60, 30), (80, 50))
)
THREE = [RIGHT, LEFT, MIDDLE]


@pytest.mark.parametrize(("number", "meant"), [(1, LEFT), (2, MIDDLE), (3, RIGHT)])
def test_faces_are_counted_from_the_left(number: int, meant: Boxed) -> None:
    assert choose_face(PARTY, THREE, Choice(number)) is meant


def test_the_largest_and_the_only_one() -> None:
    assert choose_face(PARTY, THREE, Choice(largest=True)) is RIGHT
    assert choose_face(PARTY, [LEFT], Choice()) is LEFT
    assert choose_face(PARTY, [LEFT], Choice(1)) is LEFT


def test_of_several_faces_nobody_guesses() -> None:
    with pytest.raises(UsageError, match=r"party\.jpg: 3 faces.*`face_b` 1 to 3.*`largest`"):
        choose_face(PARTY, THREE, Choice(parameter="face_b"))
    with pytest.raises(UsageError, match="`face` 4, but 3 faces are"):
        choose_face(PARTY, THREE, Choice(4))
    with pytest.raises(UsageError, match="but one face is"):
        choose_face(PARTY, [LEFT], Choice(2))


def test_no_face_names_the_file() -> None:
    with pytest.raises(NoFace, match=r"party\.jpg: no face"):
        choose_face(PARTY, [], Choice(largest=True))


@pytest.mark.parametrize("wrong", [{"number": 0}, {"number": -1}, {"number": 1, "largest": True}])
def test_choices_that_make_no_sense(wrong: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        Choice(**wrong)  # type: ignore[arg-type]


def test_the_probability_of_a_claim_is_that_of_who() -> None:
    vectors, who = world(30)
    names = [f"p{k}" for k in who[1:]]
    rows = [
        {"person": name, "embedding": vector.tolist()}
        for name, vector in zip(names, vectors[1:], strict=True)
    ]
    nobody = [{"person": None, "embedding": vectors[0].tolist()}]
    found = identify(vectors[0], vectors[1:], names, WEIGHTS)
    assert found is not None
    assert found.person == "p0"
    ours = claimed(vectors[0], rows + nobody, "p0", WEIGHTS)
    assert ours == pytest.approx(found.probability, rel=1e-9)
    both = identify(vectors[0], vectors[1:], names, WEIGHTS, mirrored=vectors[4])
    assert both is not None
    ours = claimed(vectors[0], rows, both.person, WEIGHTS, mirrored=vectors[4])
    assert ours == pytest.approx(both.probability, rel=1e-9)
    # Somebody whom `identify` would not even weigh has a probability, too.
    everybody = {f"p{k}": claimed(vectors[0], rows, f"p{k}", WEIGHTS) for k in range(30)}
    assert max(everybody, key=everybody.__getitem__) == "p0"
    assert max(p for name, p in everybody.items() if name != "p0") < 0.1


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[Drawn]:
    """Two pictures of one person, one of another, one of both."""
    from graphface.sample import identities, make_portrait, make_scene

    folder = tmp_path_factory.mktemp("drawn")
    one, two = identities()[:2]
    return [
        make_portrait(folder / "a.jpg", one, seed=1),
        make_portrait(folder / "b.jpg", one, seed=2),
        make_portrait(folder / "c.jpg", two, seed=3),
        make_scene(folder / "both.jpg", [one, two], seed=4),
    ]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    from graphface.vision.extractor import Extractor

    return Extractor.create("Dlib", "dlib")


@pytest.mark.slow
def test_two_pictures_need_no_graph(drawn: list[Drawn], extractor: Extractor) -> None:
    a, b, c, both = (one.path for one in drawn)
    same, other = verify(a, b, extractor), verify(a, c, extractor)
    assert same.same
    assert not other.same
    assert same.distance < same.threshold < other.distance  # type: ignore[operator]
    assert same.probability > 0.9 > 0.1 > other.probability
    assert (same.metric, same.model, same.link_threshold) == ("euclidean_l2", "Dlib", None)
    one, two = (
        extractor.extract([read])[0][0].embedding.astype(float) for read in map(_read, (a, b))
    )
    apart = np.linalg.norm(one / np.linalg.norm(one) - two / np.linalg.norm(two))
    assert same.distance == pytest.approx(apart, abs=1e-6)

    with pytest.raises(UsageError, match=r"both\.jpg: 2 faces.*`face` 1 to 2"):
        verify(both, a, extractor)
    where = 1 + [shown.name for shown in drawn[3].people].index(drawn[0].people[0].name)
    assert verify(both, a, extractor, choose_a=Choice(where)).same
    assert not verify(both, a, extractor, choose_a=Choice(3 - where)).same


def test_the_threshold_decides_where_one_is_given(drawn: list[Drawn], extractor: Extractor) -> None:
    a, b = drawn[0].path, drawn[1].path
    far = verify(a, b, extractor).distance
    assert verify(a, b, extractor, threshold=far * 1.01).same
    assert not verify(a, b, extractor, threshold=far).same
    assert verify(a, a, extractor).distance == 0


def test_no_database_is_started_for_two_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from graphface.settings import settings

    home = tmp_path / "home"
    monkeypatch.setenv("GRAPHFACE_HOME", str(home))
    monkeypatch.delenv("NEO4J_URI", raising=False)
    settings.cache_clear()
    try:
        assert graph_at_hand() is None
        monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:1")
        settings.cache_clear()
        assert graph_at_hand(model="Dlib") is None
    finally:
        settings.cache_clear()
    assert not home.exists()


def _read(path: Path):  # type: ignore[no-untyped-def]
    from graphface.vision.pictures import read_picture

    return read_picture(path)
