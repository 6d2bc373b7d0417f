"""How long an embedding takes: dlib's wheel, and the same weights through onnxruntime.

Both get the same real chips; the largest difference between their answers stands beside the times.
`--facenet` also times FaceNet: in TensorFlow one face a call, as DeepFace calls it, and in batches
in one compiled function; then exported to onnxruntime, as graphface runs it, on all cores and on
one thread, in batches and one by one. It needs FaceNet's weights where graphface finds them.

    python benchmarks/embedding.py --faces 64
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from _common import clock, data, finish, parser

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def real_chips(count: int) -> NDArray[np.uint8]:
    """Faces of `lfw-dev`, found by HOG, cut by dlib."""
    from graphface.vision.extractor import Extractor
    from graphface.vision.pictures import read_picture

    extractor = Extractor.create("Dlib", "dlib")
    chips: list[NDArray[np.uint8]] = []
    for path in sorted(data("lfw-dev").glob("*/*_0001.jpg"))[::20]:
        chips += [face.chip for face in extractor.detect(read_picture(path))]
        if len(chips) >= count:
            break
    return np.stack(chips[:count])


def per_face(run: Callable[[], Any], faces: int, rounds: int) -> float:
    """Milliseconds a face, the best of some rounds: others use this machine too."""
    run()
    times = []
    for _ in range(rounds):
        with clock() as seconds:
            run()
        times.append(seconds[0])
    return min(times) / faces * 1000


def dlib_rows(faces: int, rounds: int) -> dict[str, Any]:
    import dlib

    from graphface.vision import encoders
    from graphface.vision.encoders.dlib_network import NETWORK
    from graphface.vision.weights import packaged

    chips = real_chips(faces)
    own = dlib.face_recognition_model_v1(str(packaged(NETWORK)))
    ours = encoders.load("Dlib")
    single = encoders.load("Dlib", threads=1)
    theirs = np.array(own.compute_face_descriptor(chips))
    result = {
        "faces": len(chips),
        "dlib_ms": per_face(lambda: own.compute_face_descriptor(chips), len(chips), 1),
        "onnx_ms": per_face(lambda: ours.encode(chips), len(chips), rounds),
        "onnx_one_thread_ms": per_face(lambda: single.encode(chips), len(chips), rounds),
        "largest_difference": float(np.abs(theirs - ours.encode(chips)).max()),
    }
    return result | {"ratio": result["dlib_ms"] / result["onnx_ms"]}


def facenet_rows(faces: int, rounds: int) -> dict[str, Any]:
    from graphface.errors import GraphfaceError
    from graphface.vision import encoders
    from graphface.vision.encoders.deepface_encoder import client_of, compiled, scaled

    spec = encoders.get("Facenet")
    try:
        ours, single = encoders.load("Facenet"), encoders.load("Facenet", threads=1)
    except GraphfaceError as error:
        sys.exit(str(error))
    assert spec.weights is not None
    client = client_of("Facenet", spec.weights.path)
    tensorflow = compiled(client, spec)
    chips = np.random.default_rng(0).integers(0, 256, (faces, 160, 160, 3), np.uint8)
    values = scaled(chips, spec.scaling)
    batches = [values[i : i + 32] for i in range(0, faces, 32)]
    theirs = np.concatenate([tensorflow(part) for part in batches])
    return {
        "tensorflow_one_by_one_ms": per_face(
            lambda: [client.forward(value) for value in values[:8]], 8, 1
        ),
        "tensorflow_batches_ms": per_face(
            lambda: [tensorflow(part) for part in batches], faces, rounds
        ),
        "onnx_ms": per_face(lambda: ours.encode(chips), faces, rounds),
        "onnx_one_thread_ms": per_face(lambda: single.encode(chips), faces, rounds),
        "onnx_one_by_one_ms": per_face(
            lambda: [single.encode(chip[None]) for chip in chips], faces, rounds
        ),
        "largest_difference": float(np.abs(theirs - ours.encode(chips)).max()),
        "same_one_by_one": bool(
            np.array_equal(ours.encode(chips)[:8], [single.encode(c[None])[0] for c in chips[:8]])
        ),
    }


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--faces", type=int, default=64)
    made.add_argument("--rounds", type=int, default=5)
    made.add_argument("--facenet", action="store_true", help="also FaceNet")
    options = made.parse_args()
    result = dlib_rows(options.faces, options.rounds)
    print(f"dlib's wheel                {result['dlib_ms']:7.1f} ms a face")
    print(
        f"the same in onnxruntime     {result['onnx_ms']:7.1f} ms a face, "
        f"{result['ratio']:.0f} times as fast, one thread {result['onnx_one_thread_ms']:.1f} ms"
    )
    print(f"largest difference          {result['largest_difference']:.1e}")
    if options.facenet:
        rows = facenet_rows(options.faces, options.rounds)
        result["facenet"] = rows
        for name, value in rows.items():
            if name.endswith("_ms"):
                title = name.removesuffix("_ms").replace("_", " ")
                print(f"FaceNet, {title:24} {value:7.1f} ms a face")
        print(f"largest difference          {rows['largest_difference']:.1e}")
    finish(options, result)


if __name__ == "__main__":
    main()
