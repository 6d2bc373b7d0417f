"""Keeps chatty native libraries off standard error."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_one_at_a_time = threading.RLock()
"""Two threads that both turned the descriptor away could not put it back in the right order."""


def hush() -> None:
    """Set what TensorFlow and DeepFace look at when they are first imported."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("DEEPFACE_LOG_LEVEL", str(logging.ERROR))


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Nothing that TensorFlow, OpenCV or DeepFace write while they load reaches the terminal.

    They write to the file descriptor itself, so that is what is turned away; errors are raised.
    """
    hush()
    with _one_at_a_time:
        sys.stderr.flush()
        saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            sys.stderr.flush()
            os.dup2(saved, 2)
            os.close(saved)
            os.close(nowhere)
