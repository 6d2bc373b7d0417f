"""Where the examples are: fenced blocks and code spans of Markdown, `--help`, docstrings."""

from __future__ import annotations

import inspect
import re
import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]

RUN = {"sh", "console", "python", "cypher"}
"""Languages that are run."""
READ = {"json", "yaml", "toml", "xml"}
"""Languages that are read by a parser of that language."""
SHOWN = {"text", "mermaid", ""}
"""What is only looked at: it may hold no command."""

_FENCE = re.compile(r"^( *)(```+|~~~+) *([^\n`]*)$")
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_COMMAND = re.compile(
    r"^(\$ |(graphface|python3?|pip|make|docker|export|cd|curl) [\w.~/$\"'-])", re.MULTILINE
)
_EXAMPLE = re.compile(r"^ *Example: (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block."""

    document: str
    line: int
    """Of the first line inside the fence."""
    language: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.document}:{self.line}"


@dataclass(frozen=True, slots=True)
class Step:
    """One command as bash reads it, and what a document shows below it."""

    place: str
    command: str
    shown: tuple[str, ...] | None = None
    """Lines of output; None where the document shows none."""


def documents(root: Path = ROOT) -> list[Path]:
    """README and all of docs, the README first."""
    return [root / "README.md", *sorted((root / "docs").rglob("*.md"))]


def blocks(path: Path, root: Path = ROOT) -> list[Block]:
    """All fenced blocks of a document. ValueError for a fence that is never closed."""
    name, found = path.relative_to(root).as_posix(), []
    fence: tuple[str, str, str, int] | None = None
    inside: list[str] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        hit = _FENCE.match(line)
        if fence is None:
            if hit:
                fence, inside = (hit[1], hit[2], hit[3].strip(), number + 1), []
        elif hit and hit[2].startswith(fence[1]) and not hit[3]:
            text = "\n".join(row.removeprefix(fence[0]) for row in inside)
            found.append(Block(name, fence[3], fence[2], text))
            fence = None
        else:
            inside.append(line)
    if fence:
        raise ValueError(f"{name}:{fence[3]}: a fence that is never closed")
    return found


def steps(block: Block) -> list[Step]:
    """The commands of an sh or console block."""
    return list(_console(block) if block.language == "console" else _script(block))


def holds_commands(block: Block) -> bool:
    """Whether a block that is said to be looked at only looks like something to type."""
    return bool(_COMMAND.search(block.text))


def spans(path: Path, root: Path = ROOT) -> list[Step]:
    """Code spans outside fences that begin with a command of ours: `graphface who IMG`."""
    name = path.relative_to(root).as_posix()
    text = _without_fences(path.read_text("utf-8"))
    found = []
    for hit in _SPAN.finditer(text):
        command = " ".join(hit[2].replace(r"\|", "|").split())
        if re.match(r"(graphface|python|pip|make) ", command):
            line = text.count("\n", 0, hit.start()) + 1
            found.append(Step(f"{name}:{line}", command))
    return found


def help_examples() -> list[Step]:
    """The `Example:` lines of every command and group of the command line."""
    return [
        Step(f"{path} --help", example)
        for path, command in commands().items()
        for example in _EXAMPLE.findall(f"{command.help or ''}\n{command.epilog or ''}")
    ]


def commands() -> dict[str, Any]:
    """Every command by what is typed: "graphface db start" -> the click command."""
    import typer.main

    from graphface.cli.app import app

    return dict(_walk("graphface", typer.main.get_command(app)))


def docstring_blocks() -> list[Block]:
    """Indented or `>>>` examples in docstrings of what `import graphface` exports."""
    import graphface

    found = []
    for name in ["", *graphface.__all__]:
        thing = getattr(graphface, name) if name else graphface
        owners = [(f"graphface.{name}".rstrip("."), thing)]
        if inspect.isclass(thing):
            public = [item for item in vars(thing) if not item.startswith("_")]
            owners += [(f"graphface.{name}.{item}", getattr(thing, item)) for item in public]
        for path, owner in owners:
            text = "" if isinstance(owner, str) else inspect.getdoc(owner) or ""
            found += [Block(path, line, "python", code) for line, code in _indented(text)]
    return found


def _walk(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from _walk(f"{path} {name}", below)


def _indented(doc: str) -> Iterator[tuple[int, str]]:
    """Code after a line that ends in `::` or is `Example:`, and runs of `>>>` lines."""
    lines = doc.splitlines()
    at = 0
    while at < len(lines):
        head = lines[at].strip()
        if head.endswith("::") or head in {"Example:", "Examples:"}:
            end = at + 1
            while end < len(lines) and (not lines[end].strip() or lines[end].startswith("    ")):
                end += 1
            code = textwrap.dedent("\n".join(lines[at + 1 : end])).strip("\n")
            if code:
                yield at + 2, code
            at = end
        elif head.startswith(">>> "):
            end = at
            while end < len(lines) and lines[end].strip():
                end += 1
            yield at + 1, textwrap.dedent("\n".join(lines[at:end]))
            at = end
        else:
            at += 1


def _console(block: Block) -> Iterator[Step]:
    """`$ ` begins a command, `> ` goes on with it, anything else is what it printed."""
    command: list[str] = []
    shown: list[str] = []
    begun = block.line
    for number, line in enumerate(block.text.splitlines(), start=block.line):
        if line.startswith("$ "):
            if command:
                yield _shown(block, begun, command, shown)
            command, shown, begun = [line[2:]], [], number
        elif not command:
            raise ValueError(f"{block.document}:{number}: output before any command")
        elif line.startswith("> ") and not shown and not complete("\n".join(command)):
            command.append(line[2:])
        else:
            shown.append(line.rstrip())
    if not command:
        raise ValueError(f"{block.place}: a console without a command")
    yield _shown(block, begun, command, shown)


def _shown(block: Block, line: int, command: list[str], shown: list[str]) -> Step:
    while shown and not shown[-1]:
        shown.pop()
    return Step(f"{block.document}:{line}", "\n".join(command), tuple(shown) or None)


def _script(block: Block) -> Iterator[Step]:
    """One command after the other; what bash calls unfinished goes on in the next line."""
    command: list[str] = []
    begun = block.line
    for number, line in enumerate(block.text.splitlines(), start=block.line):
        if not command and not line.split("#")[0].strip():
            continue
        if not command:
            begun = number
        command.append(line)
        if complete("\n".join(command)):
            yield Step(f"{block.document}:{begun}", "\n".join(command))
            command = []
    if command:
        raise ValueError(f"{block.document}:{begun}: bash finds no end of this command")


def complete(text: str) -> bool:
    """Whether bash would run this now, not wait for more. ValueError for what it refuses."""
    if text.endswith("\\"):
        return False
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    if not done.stderr:
        return True
    if "unexpected end of file" in done.stderr or "unexpected EOF" in done.stderr:
        return False
    if "here-document" in done.stderr:
        return False
    raise ValueError(f"bash refuses {text!r}: {done.stderr.strip()}")


def _without_fences(text: str) -> str:
    """The same lines, those of fenced blocks empty."""
    kept, fence = [], ""
    for line in text.splitlines():
        hit = _FENCE.match(line)
        if hit and not fence:
            fence = hit[2]
        elif hit and hit[2].startswith(fence) and not hit[3]:
            fence = ""
        else:
            kept.append("" if fence else line)
            continue
        kept.append("")
    return "\n".join(kept)
