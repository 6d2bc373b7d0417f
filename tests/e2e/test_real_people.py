"""Real people: 200 of them built from their folders, then asked about in pictures left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli

PEOPLE = 200
PICTURES = 5
"""At most so many of each are enrolled: enough to be known, few enough for every run."""


@pytest.mark.slow
def test_left_out_pictures_of_200_people(cli: Cli, data: Path, tmp_path: Path) -> None:
    folders = [f for f in sorted((data / "lfw-dev").iterdir()) if len(list(f.iterdir())) > 1]
    left_out = []
    for folder in folders[:PEOPLE]:
        first, *others = sorted(folder.iterdir())
        left_out.append(first)
        place = tmp_path / "photos" / folder.name
        place.mkdir(parents=True)
        for picture in others[:PICTURES]:
            (place / picture.name).symlink_to(picture)

    done = cli("build", tmp_path / "photos", "--people-from-folders", "--json")
    assert done.code == 0, done.err
    assert done.json["ingest"]["named"] >= 0.99 * PEOPLE

    answers = cli("who", *left_out, "--json").json
    right = wrong = 0
    for asked, picture in zip(answers, left_out, strict=True):
        # A passer-by may stand beside the subject: the largest face is the one asked about.
        faces = sorted(asked["faces"], key=lambda f: -f["box"]["width"] * f["box"]["height"])
        named = faces[0]["name"] if faces else None
        right += named == picture.parent.name
        wrong += named not in (None, picture.parent.name)
    print(f"{right} of {len(left_out)} named right, {wrong} wrong, the rest unknown")
    assert right >= 0.85 * len(left_out)
    assert wrong <= 0.02 * len(left_out)
