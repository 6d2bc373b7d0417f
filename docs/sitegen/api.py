"""The Python API: the calls of `graphface.Graph` by what they are for, and what they return."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from typing import TYPE_CHECKING, Any

import graphface

if TYPE_CHECKING:
    from collections.abc import Iterator


def calls(_: str) -> str:
    """Sections for the parts of `Graph`, then the classes of what comes back."""
    parts = ["## graphface.Graph", _rst(["autoclass:: graphface.Graph"])]
    for index, part in enumerate(_parts()):
        title = _sentence(inspect.getdoc(part) or part.__name__) if index else "Open, look, close"
        members = [f"{_kind(part, name)}:: graphface.Graph.{name}" for name in public(part)]
        parts += [f"### {title}", _rst(members)]
    others = [name for name in graphface.__all__ if name not in ("Graph", "__version__")]
    parts += ["## Beside it", _rst([_with_members(f"graphface.{name}") for name in others])]
    parts += ["## What comes back", _rst([_with_members(path) for path in returned()])]
    return "\n\n".join(parts)


def public(part: type) -> list[str]:
    """Names of the calls and properties that a part of `Graph` has itself."""
    return [name for name in vars(part) if not name.startswith("_")]


def returned() -> list[str]:
    """Our own classes that the calls return, by where they can be imported from."""
    found: dict[str, None] = {}
    for part in _parts():
        places = _imports(part)
        for name in public(part):
            for word in re.findall(r"\w+", _return(vars(part)[name])):
                if word in places:
                    found[f"{places[word]}.{word}"] = None
    return sorted(found, key=lambda path: path.rsplit(".", 1)[1])


def as_rst(*event: Any) -> None:
    """Docstrings have `code` in single backquotes, and name pages by their files."""
    lines: list[str] = event[-1]
    code = [re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", line) for line in lines]
    lines[:] = [re.sub(r"\bdocs/([\w/-]+)\.md", r":doc:`/\1`", line) for line in code]


def _parts() -> list[type]:
    """`Graph` is put together of classes, one for each kind of call; the common base is first."""
    own = [kind for kind in graphface.Graph.__mro__[1:] if kind.__module__.startswith("graphface")]
    return [own[-1], *own[:-1]]


def _kind(part: type, name: str) -> str:
    return "autoproperty" if isinstance(vars(part)[name], property) else "automethod"


def _return(member: Any) -> str:
    function = getattr(member, "fget", None) or getattr(member, "__func__", member)
    return str(getattr(function, "__annotations__", {}).get("return", ""))


def _imports(part: type) -> dict[str, str]:
    """What the module of a part imports, also for type checking only: name -> module."""
    tree = ast.parse(inspect.getsource(sys.modules[part.__module__]))
    return dict(_imported(tree))


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("graphface."):
            yield from ((name.name, str(node.module)) for name in node.names)


def _with_members(path: str) -> str:
    return f"autoclass:: {path}\n   :members:\n   :undoc-members:\n   :no-show-inheritance:"


def _rst(directives: list[str]) -> str:
    body = "\n\n".join(f".. {one}" for one in directives)
    return f"````{{eval-rst}}\n{body}\n````"


def _sentence(text: str) -> str:
    return re.split(r"[\n;(]", text, maxsplit=1)[0].strip(" .")
