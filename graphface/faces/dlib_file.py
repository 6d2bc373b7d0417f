"""dlib's packaged face network, read from its own file format into layers.

The format is that of dlib 19: its `serialize.h` and `dnn/core.h`, and the example
`dnn_face_recognition_ex` for the network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CHIP = 150
"""Side of the chip the network takes, in pixels."""

_INNERMOST = 3
"""The version number that stands in the file for the layer nearest the input."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One layer with a body, in the order the data flows through."""

    kind: str
    numbers: tuple[int, ...] = ()
    weights: NDArray[np.float32] | None = None


class _Reader:
    """dlib's portable serialization: packed integers, mantissa-exponent floats, raw tensors."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise ValueError("it ends early")
        self.at += count
        return self.data[self.at - count : self.at]

    def integer(self) -> int:
        head = self.take(1)[0]
        value = int.from_bytes(self.take(head & 0x0F), "little")
        return -value if head & 0x80 else value

    def integers(self, count: int) -> tuple[int, ...]:
        return tuple(self.integer() for _ in range(count))

    def floats(self, count: int) -> tuple[float, ...]:
        pairs = (self.integers(2) for _ in range(count))
        return tuple(mantissa * 2.0**exponent for mantissa, exponent in pairs)

    def text(self) -> str:
        return self.take(self.integer()).decode("ascii")

    def tensor(self) -> NDArray[np.float32]:
        import numpy as np

        version, *shape = self.integers(5)
        if version != 2 or min(shape) < 0:
            raise ValueError(f"a tensor of version {version}, shape {shape}")
        return np.frombuffer(self.take(4 * int(np.prod(shape, dtype=np.int64))), "<f4")

    def skip_aliases(self) -> None:
        self.integers(10)  # two views into the tensor before: a version and a shape each


def read_layers(data: bytes) -> tuple[tuple[float, ...], list[Layer]]:
    """The input's channel means, and the layers with a body from the first to the last.

    Raises ValueError when `data` is not that network.
    """
    file = _Reader(data)
    file.integer()
    if file.text() != "loss_metric_2":
        raise ValueError("it starts otherwise")
    file.floats(2)
    while file.integer() != _INNERMOST:
        pass  # one version number for each layer that stands around it
    if file.text() != "input_rgb_image_sized":
        raise ValueError("its input is no RGB image")
    means, size = file.floats(3), file.integers(2)
    if size != (CHIP, CHIP):
        raise ValueError(f"its input is {size[0]} x {size[1]}")
    return means, _bodies(file)


def _bodies(file: _Reader) -> list[Layer]:
    layers: list[Layer] = []
    while file.at < len(file.data):
        layers.append(_body(file))
        file.take(3)  # three flags and three tensors that only training needs
        for _ in range(3):
            file.tensor()
        if len(layers) == 1:
            file.integer()
    return layers


def _body(file: _Reader) -> Layer:
    kind = file.text()
    if kind in ("relu_", "add_prev_"):
        return Layer(kind)
    if kind in ("max_pool_2", "avg_pool_2"):
        return Layer(kind, file.integers(6))
    if kind == "con_4":
        return _convolution(file)
    if kind == "affine_":
        weights = file.tensor()
        file.skip_aliases()
        return Layer(kind, file.integers(1), weights)
    if kind == "fc_2":
        return _fully_connected(file)
    raise ValueError(f"it has a layer {kind[:20]!r}")


def _convolution(file: _Reader) -> Layer:
    weights, numbers = file.tensor(), file.integers(7)
    file.skip_aliases()
    file.floats(4)
    return Layer("con_4", numbers, weights)


def _fully_connected(file: _Reader) -> Layer:
    numbers, weights = file.integers(2), file.tensor()
    file.skip_aliases()
    file.integer()
    file.floats(4)
    return Layer("fc_2", numbers, weights)
