"""A scan that lies on its side, from its file to the thumbnail: the rotation goes with the box."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from graphface.browser.crops import Crops
from graphface.ingest.photos import extractor_for, ingest
from graphface.people.selectors import faces_shown
from graphface.recognition.who import who
from graphface.vision.pictures import read_picture

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.db import Connection
    from graphface.sample.album import Album


def test_the_rotation_is_stored_told_and_drawn(
    graph: Connection, album: Album, tmp_path: Path
) -> None:
    drawn = next(picture.path for picture in album.pictures if len(picture.people) == 1)
    upright, lies = tmp_path / "upright.png", tmp_path / "lies.png"
    with Image.open(drawn) as image:
        image.save(upright)
        image.transpose(Image.Transpose.ROTATE_90).save(lies)  # to the left: 90 degrees back
    ingest(graph, [tmp_path], extractor=extractor_for(None, "Dlib", "dlib"))
    (stands,), (turned,) = (faces_shown(graph, str(path)) for path in (upright, lies))
    assert stands.box is not None
    assert turned.box is not None
    assert (stands.box.rotation, turned.box.rotation) == (0, 90)
    # The box is where the face is in the picture as it is shown.
    height = read_picture(lies).height
    assert abs(turned.box.x - stands.box.y) < 10
    assert abs(turned.box.y - (height - stands.box.x - stands.box.width)) < 10
    # The thumbnail is turned: it looks like the upright one.
    crops = Crops(graph)
    shown = [
        np.asarray(Image.open(io.BytesIO(crops.jpeg(face) or b"")).convert("L"), float)
        for face in (stands.id, turned.id)
    ]
    alike = [np.corrcoef(shown[0].ravel(), np.rot90(shown[1], k).ravel())[0, 1] for k in range(4)]
    assert int(np.argmax(alike)) == 0
    assert alike[0] > 0.8
    (answer,) = who(graph, read_picture(lies), extractor_for(graph.space()))
    assert answer.box == turned.box
    assert answer.distance < 0.1
    assert {near.face for near in answer.evidence} == {stands.id, turned.id}
    with graph.session("read") as session:
        found = session.run("MATCH (f:Face) RETURN f.rotation AS turn ORDER BY turn").value("turn")
    assert found == [90, None]
