"""Photos that contradict the persons: somebody twice in one photo, copies under two names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphface.clustering.impostors import SURELY_SAME
from graphface.errors import Action
from graphface.insights.audit_data import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graphface.insights.audit_data import Material

    Hashes = NDArray[np.uint64]

BITS = 3
"""Near copies differ in at most so many of the 64 bits of the perceptual hash."""

WINDOW = 64
"""Photos with the same quarter of a hash that each is compared with."""

FLAT = 6
"""Hashes with fewer ones, or fewer noughts, are of pictures without contrast: they say nothing."""

OVERLAP = 0.5
"""Boxes of one face in two copies overlap at least so much (intersection over union)."""


def impossible(material: Material) -> Iterator[Finding]:
    """Pairs of faces of one person that are impossible: in one photo, or NOT_SAME.

    Two faces of one photo that are as near as a mirror image are ignored, as in clustering.
    """
    label, photo = material.label, material.faces.photo
    for a, b in material.apart.tolist():
        if label[a] != label[b] or not material.somebody(a):
            continue
        loose, stays = _looser(material, a, b)
        person = int(label[a])
        one_photo = photo[a] == photo[b] and photo[a] >= 0
        where = material.path[a] or "one photo"
        text = (
            f"{material.called(person)} is twice in {where}"
            if one_photo
            else f"{material.called(person)} has two faces that were said to be NOT_SAME"
        )
        yield Finding(
            "twice-in-photo" if one_photo else "not-same",
            1,
            text,
            Action("reject", {"face": material.short[loose], "person": material.number(person)}),
            persons=(material.number(person),),
            examples=(material.faces.ids[stays], material.faces.ids[loose]),
            look=material.look(a, b),
        )


def copies(material: Material) -> Iterator[Finding]:
    """Find near-identical pictures in which one face belongs to two persons."""
    rows = material.graph.run("audit-photos")
    hashes = np.array([row["phash"] & (2**64 - 1) for row in rows], dtype=np.uint64)
    faces = [[material.index[id] for id in row["faces"] if id in material.index] for row in rows]
    for one, two in near_hashes(hashes):
        for a in faces[one]:
            for b in faces[two]:
                if _one_face(material, a, b):
                    yield _copy(material, a, b)


def near_hashes(hashes: Hashes) -> list[tuple[int, int]]:
    """Pairs of hashes that differ in at most `BITS` bits: one quarter of the two is then equal."""
    ones = _ones(hashes)
    good = np.flatnonzero((ones >= FLAT) & (ones <= 64 - FLAT))
    found: set[tuple[int, int]] = set()
    for quarter in range(BITS + 1):
        part = (hashes[good] >> np.uint64(16 * quarter)) & np.uint64(0xFFFF)
        order = np.lexsort((hashes[good], part))
        ids, parts = good[order], part[order]
        for step in range(1, min(WINDOW, len(ids) - 1) + 1):
            alike = parts[step:] == parts[:-step]
            if not alike.any():
                break
            a, b = ids[:-step][alike], ids[step:][alike]
            near = _ones(hashes[a] ^ hashes[b]) <= BITS
            found.update(zip(a[near].tolist(), b[near].tolist(), strict=True))
    return sorted({(min(pair), max(pair)) for pair in found})


def _ones(hashes: Hashes) -> NDArray[np.int64]:
    octets = np.ascontiguousarray(hashes).view(np.uint8).reshape(-1, 8)
    count: NDArray[np.int64] = np.unpackbits(octets, axis=1).sum(axis=1, dtype=np.int64)
    return count


def _one_face(material: Material, a: int, b: int) -> bool:
    """Whether two faces of two persons are at the same place and clearly the same face."""
    label = material.label
    if label[a] == label[b] or not (material.somebody(a) and material.somebody(b)):
        return False
    here, there = material.place[a], material.place[b]
    if here is None or there is None or _overlap(here, there) < OVERLAP:
        return False
    near = float(np.linalg.norm(material.units[a] - material.units[b]))
    return near < SURELY_SAME * material.expected


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(width, 0.0) * max(height, 0.0)
    return both / max(a[2] * a[3] + b[2] * b[3] - both, 1e-12)


def _copy(material: Material, a: int, b: int) -> Finding:
    loose, stays = _looser(material, a, b)
    numbers = tuple(material.number(int(material.label[face])) for face in (stays, loose))
    names = [material.called(int(material.label[face])) for face in (stays, loose)]
    return Finding(
        "copies",
        1,
        f"{material.path[stays]} and {material.path[loose]} are nearly the same picture, and one "
        f"face in them is {names[0]} and {names[1]}",
        Action("move", {"faces": [material.short[loose]], "person": numbers[0]}),
        persons=numbers,
        examples=(material.faces.ids[stays], material.faces.ids[loose]),
        look=material.look(a, b),
    )


def _looser(material: Material, a: int, b: int) -> tuple[int, int]:
    """Order two faces: the one that should go, then the one that should stay.

    A face that the user assigned stays, then one with a name, then the one nearer to its person's
    other faces.
    """

    def hold(face: int) -> tuple[bool, bool, bool, float]:
        person = int(material.label[face])
        named = material.persons[person]["name"] is not None
        folder = material.source[face] == "folder"
        return bool(material.said[face]), folder, named, _at_home(material, face)

    return (a, b) if hold(a) < hold(b) else (b, a)


def _at_home(material: Material, face: int) -> float:
    """Mean cosine to the other faces of its person; -1 if there are none."""
    sums, sizes = material.clusters
    person = int(material.label[face])
    unit = material.units[face].astype(np.float64)
    return float(unit @ (sums[person] - unit)) / (sizes[person] - 1) if sizes[person] > 1 else -1.0
