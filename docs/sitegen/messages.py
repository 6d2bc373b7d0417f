"""Every message that graphface's errors can have, read from the code that makes them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import graphface.cli.app  # noqa: F401 - its commands are those that actions are told as
from graphface import errors
from graphface.cli.actions import command_line
from graphface.db.embedded.process_state import KNOWN
from graphface.errors import Action, GraphfaceError
from sitegen.markdown import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PACKAGE = Path(errors.__file__).parent
WRAPS = {"shown", "printable", "str", "len", "sorted", "repr", "set", "list", "tuple", "max", "min"}
"""Functions that say the same thing in another form: what they were given names the gap."""

CHANGES = {"strip", "lstrip", "rstrip", "removeprefix", "pop", "group", "with_suffix"}
"""Methods of which the same is true."""


@dataclass(frozen=True, slots=True)
class Message:
    """One place that makes an error; gaps are written ‹so›."""

    kind: str
    code: str
    text: str
    hint: str
    """What to do, with the command that does it."""
    file: str


def classes() -> list[type[GraphfaceError]]:
    """The tree of errors, each before those under it."""

    def walk(kind: type[GraphfaceError]) -> Iterator[type[GraphfaceError]]:
        yield kind
        for under in kind.__subclasses__():
            yield from walk(under)

    return [kind for kind in walk(GraphfaceError) if kind.__module__ == errors.__name__]


def tree(_: str) -> str:
    """The tree as errors.py draws it."""
    drawing = (errors.__doc__ or "").split("\n\n", 1)[1]
    return f"```text\n{drawing.strip()}\n```"


def of_class(name: str) -> str:
    """The messages of one class, with what to do."""
    found = sorted({(one.code, one.text, one.hint) for one in messages() if one.kind == name})
    rows = [f"| `{code}` | {escaped(text)} | {escaped(hint)} |" for code, text, hint in found]
    count = f"{len(rows)} messages" if len(rows) != 1 else "One message"
    table = "\n".join(["| code | it says | what to do |", "|---|---|---|", *rows])
    return f"{count}:\n\n{table}" if rows else ""


def start_reasons(_: str) -> str:
    """Why a server that died while it started did so, where the log says."""
    rows = sorted({f"| {escaped(reason)} | {escaped(hint)} |" for _, reason, hint in KNOWN})
    return "\n".join(["| reason | what to do |", "|---|---|", *rows])


@lru_cache(maxsize=1)
def messages() -> list[Message]:
    """All messages of graphface, in the order of files and lines."""
    return [one for file in sorted(PACKAGE.rglob("*.py")) for one in _in_file(file)]


def _in_file(file: Path) -> Iterator[Message]:
    module = ast.parse(file.read_text("utf-8"))
    kinds = {kind.__name__ for kind in classes()}
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef) and any(_name(base) in kinds for base in node.bases):
            kinds.add(node.name)
    known = _constants(module)
    where = file.relative_to(PACKAGE.parent).as_posix()
    for scope, made in _made(module, kinds):
        local = {**known, **_constants(scope)}
        for values in _calls_of(module, scope, local) or [{}]:
            args = [_text(arg, {**local, **values}) for arg in made.args[:2]]
            if made.args and not isinstance(made.args[0], ast.Starred):
                kind, options = _name(made.func), {one.arg: one.value for one in made.keywords}
                code = _text(options["code"], {}) if "code" in options else _default(kind)
                how = f"`{found}`" if (found := _command(options.get("action"))) else ""
                hint = ": ".join(part for part in ((*args, "")[1], how) if part)
                yield Message(kind, code, args[0], hint, where)


def _default(kind: str) -> str:
    return str(getattr(getattr(errors, kind, GraphfaceError), "code", ""))


def _command(node: ast.AST | None) -> str:
    """The command of the action that an error suggests; empty where it has none, or several."""
    match node:
        case ast.IfExp(body=body, orelse=orelse):
            return _command(body) or _command(orelse)
        case ast.Call(func=ast.Name(id="Action"), args=[call, *given], keywords=named):
            parts = dict(zip(("arguments", "missing"), given, strict=False))
            parts |= {str(one.arg): one.value for one in named}
            action = Action(_text(call, {}), _values(parts), _missing(parts))
            return re.sub(r"'(‹[^›]*›)'", r"\1", command_line(action))
    return ""


def _values(parts: Mapping[str, ast.expr]) -> dict[str, Any]:
    node = parts.get("arguments")
    if not isinstance(node, ast.Dict):
        return {}
    pairs = zip(node.keys, node.values, strict=True)
    return {_text(key, {}): _value(value) for key, value in pairs if key}


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return [_value(part) for part in parts]
    return _text(node, {})


def _missing(parts: Mapping[str, ast.expr]) -> tuple[str, ...]:
    node = parts.get("missing")
    return tuple(_text(one, {}) for one in node.elts) if isinstance(node, ast.Tuple) else ()


def _made(
    node: ast.AST, kinds: set[str], scope: ast.AST | None = None
) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Each call that makes an error, with the innermost function it stands in."""
    for child in ast.iter_child_nodes(node):
        if scope and isinstance(child, ast.Call) and _name(child.func) in kinds:
            yield scope, child
        yield from _made(child, kinds, child if isinstance(child, ast.FunctionDef) else scope)


def _calls_of(module: ast.Module, scope: ast.AST, known: Mapping[str, str]) -> list[dict[str, str]]:
    """What a helper that returns an error is called with, in its own file."""
    if not isinstance(scope, ast.FunctionDef) or scope.returns is None:
        return []
    if not ast.unparse(scope.returns).strip("'").endswith(("Error", "GraphfaceError")):
        return []
    names = [argument.arg for argument in scope.args.args]
    calls = [n for n in ast.walk(module) if isinstance(n, ast.Call) and _name(n.func) == scope.name]
    found = [
        {name: _text(arg, known) for name, arg in zip(names, call.args, strict=False)}
        for call in calls
    ]
    return [one for index, one in enumerate(found) if one not in found[:index]]


def _constants(scope: ast.AST) -> dict[str, str]:
    """Names that stand for one text."""
    found: dict[str, str] = {}
    body = scope.body if isinstance(scope, ast.Module) else list(ast.walk(scope))
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.JoinedStr):
            for target in node.targets:
                value = _text(node.value, {})
                if isinstance(target, ast.Name) and not value.isdigit():
                    found[target.id] = value
    return found


def _text(node: ast.AST, known: Mapping[str, str]) -> str:
    """A text with gaps."""
    match node:
        case ast.Constant(value=value):
            return str(value)
        case ast.JoinedStr(values=values):
            return "".join(_text(value, known) for value in values)
        case ast.FormattedValue(value=value) if not isinstance(value, ast.Name):
            return f"‹{_gap(value)}›"
        case ast.FormattedValue(value=value):
            return _text(value, known)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _text(left, known) + _text(right, known)
        case ast.IfExp(body=body, orelse=orelse):
            both = [_text(one, known) for one in (body, orelse)]
            return " / ".join(one for one in both if one)
        case ast.Call(func=ast.Attribute(value=ast.JoinedStr() as value, attr=name)) if (
            name in CHANGES
        ):
            return _text(value, known)
        case ast.Name(id=name) if name in known:
            return known[name]
    return f"‹{_gap(node)}›"


def _gap(node: ast.AST) -> str:
    """What fills a gap, in the code's own word."""
    match node:
        case ast.Name(id=name):
            return name.strip("_").replace("_", " ").lower()
        case ast.Attribute(attr=name):
            return name.strip("_").replace("_", " ").lower()
        case ast.Call(func=func, args=[first, *_]) if _name(func) in {*WRAPS, "join"}:
            return _gap(first)
        case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in CHANGES:
            return _gap(value)
        case ast.Call(func=func):
            return _gap(func)
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return key
        case ast.Subscript(value=value) | ast.Starred(value=value):
            return _gap(value)
        case ast.GeneratorExp(generators=[first, *_]) | ast.ListComp(generators=[first, *_]):
            return _gap(first.iter)
        case ast.BinOp(left=left):
            return _gap(left)
        case ast.BoolOp(values=[first, *_]):
            return _gap(first)
        case ast.IfExp(body=body):
            return _gap(body)
    return "…"


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
