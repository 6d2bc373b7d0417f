"""dlib's face network as ONNX: read from the packaged `.dat` file, written once into the cache.

In PyPI's wheel dlib's own runtime takes about 90 ms per face and holds the GIL. onnxruntime takes a
few milliseconds with the same weights.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.errors import ModelError
from graphface.files import atomic_write, sha256
from graphface.settings import settings
from graphface.vision.weights import packaged

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


NETWORK = "dlib_face_recognition_resnet_model_v1.dat"

_REVISION = 1
"""Of the converter: a changed graph gets a new file name."""


def dlib_network() -> Path:
    """The ONNX file of dlib's packaged network, converted now if the cache does not have it.

    Input `chips`, uint8 [n, 150, 150, 3] RGB; output `embeddings`, float32 [n, 128], raw.
    """
    target = network_path()
    if not target.exists():
        source = packaged(NETWORK)
        atomic_write(target, convert(source.read_bytes(), str(source)))
    return target


def network_path() -> Path:
    """The path of the converted network, present or not."""
    key = sha256(packaged(NETWORK))[:12]
    return settings().cache / "models" / f"dlib-resnet-{key}-r{_REVISION}.onnx"


def convert(data: bytes, name: str = NETWORK) -> bytes:
    """The serialized ONNX model for the bytes of dlib's network.

    Raises ModelError when the bytes are something else.
    """
    try:
        means, layers = read_layers(data)
    except (ValueError, struct.error, UnicodeDecodeError) as error:
        raise ModelError(
            f"{name} is not dlib's face network: {error}",
            "pip install --force-reinstall face_recognition_models",
            code="model-damaged",
            name=name,
            reason=str(error),
        ) from error
    return _Graph(means).build(layers)


@dataclass(frozen=True, slots=True)
class _Value:
    """A tensor that flows through the graph: its name and its shape [n, channels, side, side]."""

    name: str
    channels: int
    side: int


class _Graph:
    """The ONNX graph, built layer by layer."""

    def __init__(self, means: tuple[float, ...]) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.top = self._input(means)
        self.entry = self.shortcut = self.top
        self.added = False

    def build(self, layers: list[Layer]) -> bytes:
        """The serialized model."""
        import onnx
        from onnx import TensorProto, helper

        for layer, following in zip(layers, [*layers[1:], None], strict=True):
            self._add(layer, following)
        embeddings = self._node("Identity", [self.top.name], output="embeddings")
        graph = helper.make_graph(
            self.nodes,
            "dlib_face_recognition_resnet",
            [helper.make_tensor_value_info("chips", TensorProto.UINT8, ["n", CHIP, CHIP, 3])],
            [helper.make_tensor_value_info(embeddings, TensorProto.FLOAT, ["n", 128])],
            self.constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString())

    def _add(self, layer: Layer, following: Layer | None) -> None:
        if layer.kind == "con_4":
            self.top = self._conv(layer, following)
        elif layer.kind == "relu_":
            self._relu()
        elif layer.kind == "max_pool_2":
            self.top = self.entry = self.shortcut = self._pool("MaxPool", self.top, layer)
        elif layer.kind == "avg_pool_2" and layer.numbers[0]:
            self.shortcut = self._pool("AveragePool", self.entry, layer)
        elif layer.kind == "avg_pool_2":
            name = self._node("GlobalAveragePool", [self.top.name])
            self.top = _Value(self._node("Flatten", [name]), self.top.channels, 1)
        elif layer.kind == "add_prev_":
            self._add_shortcut()
        elif layer.kind == "fc_2":
            self.top = self._dense(layer)

    def _input(self, means: tuple[float, ...]) -> _Value:
        from onnx import TensorProto

        pixels = self._node("Cast", ["chips"], to=TensorProto.FLOAT)
        centred = self._node("Sub", [pixels, self._constant(list(means))])
        scaled = self._node("Mul", [centred, self._constant([1 / 256])])
        return _Value(self._node("Transpose", [scaled], perm=[0, 3, 1, 2]), 3, CHIP)

    def _conv(self, layer: Layer, affine: Layer | None) -> _Value:
        """A convolution merged with the following affine layer: y = gamma (Wx + b) + beta."""
        assert layer.weights is not None
        assert affine is not None
        assert affine.weights is not None
        filters, height, width, stride, _, pad, _ = layer.numbers
        gamma, beta = affine.weights.reshape(2, filters)
        kernel = layer.weights[:-filters].reshape(filters, -1, height, width)
        bias = layer.weights[-filters:] * gamma + beta
        name = self._node(
            "Conv",
            [
                self.top.name,
                self._constant(kernel * gamma[:, None, None, None]),
                self._constant(bias),
            ],
            strides=[stride, stride],
            pads=[pad] * 4,
        )
        return _Value(name, filters, (self.top.side + 2 * pad - height) // stride + 1)

    def _relu(self) -> None:
        name = self._node("Relu", [self.top.name])
        self.top = _Value(name, self.top.channels, self.top.side)
        if self.added:  # the end of a block: the next one starts here
            self.entry = self.shortcut = self.top
            self.added = False

    def _pool(self, operator: str, value: _Value, layer: Layer) -> _Value:
        size, _, stride, *_ = layer.numbers
        name = self._node(operator, [value.name], kernel_shape=[size] * 2, strides=[stride] * 2)
        return _Value(name, value.channels, (value.side - size) // stride + 1)

    def _add_shortcut(self) -> None:
        """Add as dlib does: of unequal shapes, the smaller tensor is padded with zeros."""
        channels = max(self.top.channels, self.shortcut.channels)
        side = max(self.top.side, self.shortcut.side)
        names = [self._grown(value, channels, side) for value in (self.top, self.shortcut)]
        self.top = _Value(self._node("Add", names), channels, side)
        self.added = True

    def _grown(self, value: _Value, channels: int, side: int) -> str:
        if (value.channels, value.side) == (channels, side):
            return value.name
        more = side - value.side
        ends = [0, 0, 0, 0, 0, channels - value.channels, more, more]
        return self._node("Pad", [value.name, self._constant(ends, "int64")])

    def _dense(self, layer: Layer) -> _Value:
        assert layer.weights is not None
        outputs, inputs = layer.numbers
        weights = self._constant(layer.weights.reshape(inputs, outputs))
        return _Value(self._node("MatMul", [self.top.name, weights]), outputs, 1)

    def _constant(self, values: Any, kind: str = "float32") -> str:
        from onnx import numpy_helper

        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, kind), name))
        return name

    def _node(self, operator: str, inputs: list[str], output: str = "", **options: Any) -> str:
        from onnx import helper

        name = output or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **options))
        return name


CHIP = 150
"""Side of the chip the network takes, in pixels."""

_INNERMOST = 3
"""The version number that stands in the file for the layer nearest the input."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A layer with a body, in the order of data flow."""

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
        version, *shape = self.integers(5)
        if version != 2 or min(shape) < 0:
            raise ValueError(f"a tensor of version {version}, shape {shape}")
        return np.frombuffer(self.take(4 * int(np.prod(shape, dtype=np.int64))), "<f4")

    def skip_aliases(self) -> None:
        self.integers(10)  # two views of the previous tensor, each with a version and a shape


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
        pass  # one version number for each enclosing layer
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
        file.take(3)  # skip three flags and three tensors that only training needs
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
