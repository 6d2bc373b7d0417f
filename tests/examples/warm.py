"""`graphface` in a tenth of a second: a process that has imported everything, and forks.

What runs is the same `graphface.cli.main()` with the caller's arguments, folder, environment and
open files; only the imports were made before. `serve(socket)` is the process; `write_shims`
writes the `graphface` and `python` that bash finds first on PATH.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import signal
import socket
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "numpy", "neo4j", "PIL.Image", "pi_heif", "cv2", "dlib", "onnxruntime", "onnx", "psutil",
    "httpx", "rich.table", "rich.console", "pyarrow.parquet", "scipy.cluster.hierarchy",
    "sklearn.cluster", "matplotlib.pyplot", "graphface.cli.app", "graphface.db",
    "graphface.api.building", "graphface.ingest.photos", "graphface.sample",
    "graphface.recognition.who",    "graphface.recognition.search", "graphface.exchange.backup",
)  # fmt: skip

_CLIENT = """#!{python} -ISE
import array, json, os, signal, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    asked = dict(verb={verb!r}, argv=sys.argv[1:], cwd=os.getcwd(), env=dict(os.environ))
    asked["python"] = os.path.join(os.path.dirname(sys.argv[0]), "python")
    files = array.array("i", [0, 1, 2]).tobytes()
    text = json.dumps(asked).encode()
    server.sendmsg(
        [len(text).to_bytes(4, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)]
    )
    server.sendall(text)
    pid = int.from_bytes(server.recv(4), "big")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(pid, number))
    code = server.recv(1)
sys.exit(code[0] if code else 99)
"""


def write_shims(folder: Path, address: str) -> None:
    """`graphface` and `python` into `folder`: they hand over to the process at `address`."""
    for name, verb in (("graphface", "graphface"), ("python", "python"), ("python3", "python")):
        shim = folder / name
        shim.write_text(_CLIENT.format(python=sys.executable, address=address, verb=verb), "utf-8")
        shim.chmod(0o755)


def serve(address: str) -> None:
    """Import what commands import, then fork one child for each that asks."""
    for name in HEAVY:
        try:
            importlib.import_module(name)
        except ImportError:  # an extra that is not installed: the command will say so itself
            continue
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen(16)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    while True:
        asking, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            _answer(asking)
        asking.close()


def _answer(asking: socket.socket) -> None:
    """In a child: be what was asked for in a child of its own, and send its exit code back."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    head, files, *_ = socket.recv_fds(asking, 4, 3)
    size, text = int.from_bytes(head, "big"), b""
    while len(text) < size:
        text += asking.recv(size - len(text))
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    pid = os.fork()
    if pid == 0:
        asking.close()
        _become(json.loads(text))
    asking.sendall(pid.to_bytes(4, "big"))
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    asking.sendall(bytes([code if code >= 0 else 128 - code]))
    os._exit(0)


def _become(asked: dict[str, object]) -> None:
    """The command itself, as a fresh interpreter would run it; never returns."""
    code = 1
    try:
        os.chdir(str(asked["cwd"]))
        sys.executable = str(asked["python"])  # what a command starts is warm too
        os.environ.clear()
        os.environ.update(asked["env"])  # type: ignore[call-overload]
        sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
        code = _call(str(asked["verb"]), list(asked["argv"]))  # type: ignore[call-overload]
    except BaseException:  # noqa: BLE001 - as an interpreter would
        traceback.print_exc()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _call(verb: str, argv: list[str]) -> int:
    try:
        if verb == "graphface":
            sys.argv = ["graphface", *argv]
            from graphface.cli import main

            main()
        _python(argv)
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
            return 1
        return int(end.code or 0)
    return 0


def _python(argv: list[str]) -> None:
    """`python FILE ...`, `python -m MODULE ...`, `python -c TEXT ...` and `python - ...`."""
    names = {"__name__": "__main__", "__builtins__": __builtins__}
    if argv[:1] == ["-c"]:
        sys.argv = ["-c", *argv[2:]]
        exec(compile(argv[1], "<string>", "exec"), names)
    elif argv[:1] == ["-m"]:
        sys.argv = argv[1:]
        runpy.run_module(argv[1], run_name="__main__", alter_sys=True)
    elif not argv or argv[0] == "-":
        sys.argv = ["-", *argv[1:]]
        exec(compile(sys.stdin.read(), "<stdin>", "exec"), names)
    else:
        sys.argv = argv
        sys.path.insert(0, str(Path(argv[0]).resolve().parent))
        runpy.run_path(argv[0], run_name="__main__")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    serve(sys.argv[1])
