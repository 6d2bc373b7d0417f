"""The Python blocks of one document, in one namespace, in order.

Each line of standard input is a block as JSON: {"place": ..., "text": ...}. Each line of standard
output answers it: a list of [printed, wanted or null, traceback or null], one for a plain block,
one for each example of a block with `>>>`.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import json
import sys
import traceback
from typing import Any

Done = tuple[str, "str | None", "str | None"]


def main() -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(_block(asked["text"], asked["place"], names)), flush=True)


def _block(text: str, place: str, names: dict[str, Any]) -> list[Done]:
    if ">>> " not in text:
        return [_run(text, place, "exec", names, None)]
    found = doctest.DocTestParser().get_examples(text, place)
    return [_run(one.source, place, "single", names, one.want) for one in found]


def _run(text: str, place: str, mode: str, names: dict[str, Any], want: str | None) -> Done:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        try:
            exec(compile(text, place, mode), names)
        except BaseException:  # noqa: BLE001 - whatever it is, the document is wrong
            return printed.getvalue(), want, traceback.format_exc()
    return printed.getvalue(), want, None


if __name__ == "__main__":
    main()
