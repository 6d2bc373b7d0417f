"""How long an embedding takes: dlib's wheel, and the same weights through onnxruntime.

Both get the same real chips; the largest difference between their answers stands beside the times.
`--facenet` also times FaceNet's architecture (random weights: the time is the same), one face a
call as DeepFace calls it, and in batches in one compiled function as graphface does.

    python benchmarks/embedding.py --faces 64
"""

from __future__ import annotations

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
    from graphface.vision import encoders
    from graphface.vision.deepface_bridge import quiet
    from graphface.vision.encoders.deepface_encoder import DeepFaceEncoder, compiled

    with quiet():
        from deepface.models.facial_recognition.tf.Facenet import (
            FaceNet128dClient,
            InceptionResNetV1,
        )

        client = FaceNet128dClient.__new__(FaceNet128dClient)
        client.model = InceptionResNetV1()
        client.model_name = "FaceNet-128d"
    spec = encoders.get("Facenet")
    encoder = DeepFaceEncoder.__new__(DeepFaceEncoder)
    encoder.spec, encoder.client, encoder.function = spec, client, compiled(client, spec)
    chips = np.random.default_rng(0).integers(0, 256, (faces, 160, 160, 3), np.uint8)
    values = chips.astype(np.float32) / 255
    alone = per_face(lambda: [client.forward(v) for v in values[:8]], 8, 1)
    batched = per_face(lambda: encoder.encode(chips), faces, rounds)
    return {"facenet_one_by_one_ms": alone, "facenet_batched_ms": batched,
            "facenet_ratio": alone / batched}  # fmt: skip


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--faces", type=int, default=64)
    made.add_argument("--rounds", type=int, default=5)
    made.add_argument("--facenet", action="store_true", help="also FaceNet's architecture")
    options = made.parse_args()
    result = dlib_rows(options.faces, options.rounds)
    print(f"dlib's wheel                {result['dlib_ms']:7.1f} ms a face")
    print(
        f"the same in onnxruntime     {result['onnx_ms']:7.1f} ms a face, "
        f"{result['ratio']:.0f} times as fast, one thread {result['onnx_one_thread_ms']:.1f} ms"
    )
    print(f"largest difference          {result['largest_difference']:.1e}")
    if options.facenet:
        result |= facenet_rows(min(options.faces, 64), options.rounds)
        print(f"FaceNet, one face a call    {result['facenet_one_by_one_ms']:7.1f} ms a face")
        print(
            f"FaceNet, in batches         {result['facenet_batched_ms']:7.1f} ms a face, "
            f"{result['facenet_ratio']:.1f} times as fast"
        )
    finish(options, result)


if __name__ == "__main__":
    main()
