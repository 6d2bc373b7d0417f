"""The converted network against dlib's own, and files that are not it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graphface.errors import ModelError
from graphface.vision import encoders
from graphface.vision.alignment import align
from graphface.vision.detectors.dlib_hog import DlibHog
from graphface.vision.encoders.dlib_network import NETWORK, convert, dlib_network, read_layers
from graphface.vision.encoders.dlib_resnet import DlibEncoder
from graphface.vision.weights import packaged
from tests.unit._faces import needs_data, photos, pixels


@lru_cache(maxsize=1)
def own() -> Any:
    import dlib

    return dlib.face_recognition_model_v1(str(packaged(NETWORK)))


def difference(chips: np.ndarray) -> float:
    ours = DlibEncoder(encoders.get("Dlib")).encode(chips)
    theirs = np.array(own().compute_face_descriptor(np.ascontiguousarray(chips)))
    return float(np.abs(ours - theirs).max())


@pytest.mark.slow
def test_noise_and_flat_chips_give_dlibs_numbers() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (4, 150, 150, 3), np.uint8)
    flat = np.stack([np.full((150, 150, 3), value, np.uint8) for value in (0, 127, 255)])
    assert difference(np.concatenate([noise, flat])) < 1e-5


@needs_data
@pytest.mark.slow
def test_real_chips_give_dlibs_numbers() -> None:
    chips = []
    for path in photos(24, 100):
        shown = pixels(path)
        chips += [align("dlib-5-150", (150, 150), shown, f).chip for f in DlibHog().detect(shown)]
    assert len(chips) >= 20
    assert difference(np.stack(chips)) < 1e-5


def test_every_layer_of_the_file_is_read() -> None:
    means, layers = read_layers(packaged(NETWORK).read_bytes())
    kinds = [layer.kind for layer in layers]
    assert means == pytest.approx((122.782, 117.001, 104.298), abs=1e-3)
    assert (kinds.count("con_4"), kinds.count("add_prev_")) == (29, 14)
    assert kinds[-2:] == ["avg_pool_2", "fc_2"]


@pytest.mark.parametrize("cut", [0, 1, 100, 5_000, -1])
def test_a_cut_file_is_one_clear_error(cut: int) -> None:
    data = packaged(NETWORK).read_bytes()[:cut]
    with pytest.raises(ModelError, match="is not dlib's face network"):
        convert(data)


def test_another_file_is_one_clear_error() -> None:
    with pytest.raises(ModelError, match="is not dlib's face network"):
        convert(packaged("mmod_human_face_detector.dat").read_bytes())


def test_it_is_converted_once(offline: Path) -> None:
    path = dlib_network()
    before = path.stat()
    assert dlib_network() == path
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert [file.name for file in path.parent.iterdir()] == [path.name]
