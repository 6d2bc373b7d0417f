"""What the tests of the faces room share: the real pictures."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from graphface.records import Picture

DATA = Path(os.environ.get("GRAPHFACE_DATA") or Path(__file__).parents[3] / "shared" / "data")
LFW = DATA / "lfw-dev"
YUNET = DATA / "models" / "face_detection_yunet_2023mar.onnx"
MOBILEFACENET = DATA / "models" / "mobilefacenet-foamliu.onnx"

needs_data = pytest.mark.skipif(not LFW.is_dir(), reason=f"needs the real pictures of {DATA}")


def photos(count: int, step: int = 1) -> list[Path]:
    """Real pictures, 250 x 250, spread over the people."""
    return sorted(LFW.glob("*/*_0001.jpg"))[:: max(step, 1)][:count]


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


def picture(path: Path, values: np.ndarray | None = None) -> Picture:
    """A picture as `read_picture` would give it, for pixels made in a test."""
    import hashlib

    shown = pixels(path) if values is None else values
    return Picture(path, hashlib.sha256(shown.tobytes()).hexdigest(), shown.nbytes, 0, shown)
