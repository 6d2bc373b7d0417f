"""Faces found again by another detector: which of them are known."""

from __future__ import annotations

import itertools

import numpy as np

from graphface.ingest.matching import HeldFace, as_known
from graphface.records import Box, Face

OLD = HeldFace("old", Box(100, 100, 50, 50), kept=False)
SQUARE, TALL = Box(100, 100, 50, 50), Box(104, 92, 42, 60)


def face(id: str, box: Box) -> Face:
    return Face(id, box, 0.9, 0.8, np.zeros(4, np.float32))


def ids(faces: list[Face], *held: HeldFace) -> list[str]:
    return [one.id for one in as_known(faces, held)]


def test_the_same_face_in_another_box_keeps_its_id() -> None:
    (found,) = as_known([face("new", TALL)], [OLD])
    assert (found.id, found.box) == ("old", TALL)
    assert ids([face("new", Box(100, 160, 42, 60))], OLD) == ["new"], "beside it is another face"
    assert ids([face("new", TALL)]) == ["new"]


def test_the_nearer_of_two_is_the_known_one_in_any_order() -> None:
    near, far = face("near", TALL), face("far", Box(125, 100, 50, 50))
    for order in itertools.permutations((near, far)):
        assert sorted(ids(list(order), OLD)) == ["far", "old"]
        assert next(f.box for f in as_known(order, [OLD]) if f.id == "old") == TALL


def test_a_face_that_has_its_id_already_keeps_it() -> None:
    """Its box is the one that it was found with, or it was found anew under an older id."""
    moved = HeldFace("old", TALL, kept=False)
    other = HeldFace("other", Box(125, 100, 50, 50), kept=False)
    found = [face("other", Box(125, 100, 50, 50)), face("new", Box(110, 95, 45, 55))]
    assert ids(found, moved, other) == ["other", "old"]
    assert ids(found, other, moved) == ["other", "old"]


def test_what_a_person_marked_or_ignored_is_not_written() -> None:
    kept = HeldFace("kept", SQUARE, kept=True)
    assert ids([face("new", TALL), face("far", Box(300, 10, 50, 50))], kept) == ["far"]


def test_two_known_faces_never_become_one() -> None:
    twice = HeldFace("twice", Box(102, 103, 48, 50), kept=False)
    assert ids([face("new", TALL)], OLD, twice) in (["old"], ["twice"])
    both = ids([face("new", TALL), face("more", Box(108, 104, 44, 46))], OLD, twice)
    assert sorted(both) == ["old", "twice"]
