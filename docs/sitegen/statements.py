"""The cookbook, from the statements of cypher/."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphface.db.statements import GROUPS, statements
from sitegen.markdown import escaped

if TYPE_CHECKING:
    from graphface.db.statements import Statement

MODES = {"read": "reads", "write": "writes", "auto": "writes, outside of a transaction"}


def groups(_: str) -> str:
    """The groups, what is in each, and how many."""
    names = [one.group for one in statements().values()]
    rows = [
        f"| [{name}]({name}.md) | {what} | {names.count(name)} |" for name, what in GROUPS.items()
    ]
    return "\n".join(["| group | | statements |", "|---|---|---|", *rows])


def overview(group_name: str) -> str:
    """Names and purposes, of one group."""
    rows = [
        f"| [`{one.name}`]({one.group}.md#{one.name}) | {_sentence(one.purpose)} |"
        for one in statements().values()
        if one.group == group_name
    ]
    return "\n".join(["| | |", "|---|---|", *rows])


def group(name: str) -> str:
    """The statements of one group, whole."""
    return "\n\n".join(_section(one) for one in statements().values() if one.group == name)


def _section(one: Statement) -> str:
    parts = [f"## {one.name}", _sentence(one.purpose), *_note(one)]
    if one.parameters:
        rows = [
            f"| `${p.name}` | {escaped(p.type)} | {escaped(p.meaning)} |" for p in one.parameters
        ]
        parts.append("\n".join(["| parameter | type | |", "|---|---|---|", *rows]))
    parts.append(f"```cypher\n{one.text}\n```")
    use = f"A step of: `{one.step_of}`" if one.step_of else f"Run it: `{one.example}`"
    parts.append(f"{{.mode}}\n{MODES[one.mode].capitalize()}. {use}")
    return "\n\n".join(parts)


def _note(one: Statement) -> list[str]:
    """What a statement says beyond its one line, where it does."""
    return [_sentence(one.note)] if one.note else []


def _sentence(text: str) -> str:
    """A purpose, which is written as the rest of a line, as a sentence."""
    first = text.split(maxsplit=1)[0]
    start = text if first == "graphface" else text[:1].upper() + text[1:]
    return escaped(start if start.endswith((".", "?")) else f"{start}.")
