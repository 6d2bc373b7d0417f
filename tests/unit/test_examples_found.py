"""Every example is found, and every one is either run by tests/e2e or in the one table."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.examples import compare, tables
from tests.examples.parse import (
    READ,
    ROOT,
    RUN,
    SHOWN,
    Block,
    Step,
    blocks,
    commands,
    docstring_blocks,
    documents,
    help_examples,
    holds_commands,
    spans,
    steps,
)

DOCUMENTS = {path.relative_to(ROOT).as_posix(): path for path in documents()}


@cache
def all_blocks() -> list[Block]:
    return [block for path in DOCUMENTS.values() for block in blocks(path)]


@cache
def all_steps() -> list[Step]:
    shells = [block for block in all_blocks() if block.language in ("sh", "console")]
    return [step for block in shells for step in steps(block)]


@cache
def all_spans() -> list[Step]:
    return [span for path in DOCUMENTS.values() for span in spans(path)]


def test_so_many_are_found() -> None:
    """A parser that finds nothing would let everything pass."""
    assert len(all_steps()) > 60
    assert len(all_spans()) > 80
    assert len(help_examples()) > 40
    assert len(docstring_blocks()) >= 2
    assert sum(step.shown is not None for step in all_steps()) > 20
    found = {name for name in DOCUMENTS if any(b.document == name for b in all_blocks())}
    assert {"README.md", "docs/server.md", "docs/people/curate.md"} <= found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_fence_is_of_a_kind_that_is_run_or_holds_no_command(name: str) -> None:
    for block in blocks(DOCUMENTS[name]):
        assert block.language in RUN | READ | SHOWN, block.place
        if block.language in SHOWN:
            assert not holds_commands(block), f"{block.place}: commands belong into sh or console"
        if block.language == "json":
            json.loads(block.text)


def test_every_command_but_those_that_cannot_has_an_example() -> None:
    told = {step.place.removesuffix(" --help") for step in help_examples()}
    groups = {"graphface", "graphface models"}
    assert set(commands()) - told <= groups
    for step in help_examples():
        assert step.command.startswith(step.place.removesuffix(" --help")), step


def test_every_row_of_what_is_not_run_is_needed() -> None:
    typed = [step.command for step in [*all_steps(), *help_examples(), *all_spans()]]
    for row in tables.NOT_RUN:
        assert any(row.holds(command) for command in typed), f"nothing is {row.pattern!r} any more"


def test_hardly_anything_is_not_run() -> None:
    left = {step.command for step in all_steps() if tables.not_run(step.command)}
    assert len(left) < 0.2 * len(all_steps()), left


def test_every_row_of_what_is_presumed_is_needed() -> None:
    known = {*DOCUMENTS, *(step.place for step in help_examples())}
    known |= {block.document for block in docstring_blocks()}
    assert set(tables.PREPARED) <= known
    typed = {tables.bare(step.command) for step in [*all_steps(), *help_examples()]}
    assert set(tables.CODES) <= typed
    for pattern in tables.TYPED:
        assert any(re.fullmatch(pattern, command) for command in typed), pattern


def wanted(check: str) -> list[str]:
    """What is written of a kind that is looked at but not run, in blocks and in code spans."""
    rows = [row for row in tables.NOT_RUN if row.check == check]
    typed = {tables.bare(step.command) for step in [*all_steps(), *all_spans()]}
    return sorted(command for command in typed if any(row.holds(command) for row in rows))


def test_every_script_takes_the_arguments_it_is_shown_with() -> None:
    """Real parsers, stopped when they have read their arguments."""
    shown = wanted("argparse")
    assert len(shown) > 10
    done = subprocess.run(
        [sys.executable, ROOT / "tests/examples/arguments.py"],
        input=json.dumps(shown),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert json.loads(done.stdout) == {}


def test_a_script_that_does_not_take_its_arguments_is_found() -> None:
    wrong = ["python benchmarks/linking.py --faces 1000 --sorted-by-shoe-size"]
    wrong += ["python benchmarks/linking.py --faces many", "python benchmarks/no_such.py"]
    done = subprocess.run(
        [sys.executable, ROOT / "tests/examples/arguments.py"],
        input=json.dumps(wrong),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert set(json.loads(done.stdout)) == set(wrong)


def test_every_make_target_is_there() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {command.split()[1] for command in wanted("make")} <= targets


def test_every_extra_is_there() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    table = project.split("[project.optional-dependencies]")[1].split("\n[")[0]
    extras = set(re.findall(r"^(\w+) = \[", table, re.MULTILINE))
    named = [re.findall(r"\[([\w,]+)\]", command) for command in wanted("extra")]
    assert {one for found in named for text in found for one in text.split(",")} <= extras


known_commands = cache(commands)


def options_of(words: list[str]) -> tuple[str, set[str]]:
    """The command that words begin with, and the options it has."""
    known = known_commands()
    path = "graphface"
    for word in words[1:]:
        if f"{path} {word}" not in known:
            break
        path = f"{path} {word}"
    given = {
        name for option in known[path].params for name in (*option.opts, *option.secondary_opts)
    }
    return path, given | {"--help", "-h"}


def wrong_words(command: str) -> set[str]:
    """What a command of the documents names that the command line does not have."""
    words = re.split(r"[\s=,;|]+", command.replace("'", " ").replace('"', " ").strip("` "))
    path, known = options_of(words)
    after = words[len(path.split()) :]
    unknown = {word for word in after if re.fullmatch(r"--?[a-z][\w-]*", word)} - known
    if after and hasattr(known_commands()[path], "commands") and re.match(r"[a-z]", after[0]):
        unknown.add(after[0])
    return unknown


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_in_running_text_is_one(name: str) -> None:
    for span in spans(DOCUMENTS[name]):
        if span.command.startswith("graphface ") and span.command != "graphface ...":
            assert not wrong_words(span.command), span


def test_a_wrong_command_in_running_text_is_found() -> None:
    assert wrong_words("graphface people --sorted-by-shoe-size") == {"--sorted-by-shoe-size"}
    assert wrong_words("graphface poeple") == {"poeple"}
    assert wrong_words("graphface db begin") == {"begin"}
    assert not wrong_words("graphface db start --home ./faces-db")


def markdown(folder: Path, text: str) -> list[Block]:
    (folder / "one.md").write_text(text, "utf-8")
    return blocks(folder / "one.md", folder)


def test_a_console_is_commands_and_what_they_print(tmp_path: Path) -> None:
    (block,) = markdown(tmp_path, "a\n\n```console\n$ echo a\na\n\nb\n$ true\n```\n")
    assert steps(block) == [
        Step("one.md:4", "echo a", ("a", "", "b")),
        Step("one.md:8", "true", None),
    ]


def test_a_command_may_go_over_several_lines(tmp_path: Path) -> None:
    text = "```sh\n# why\nfor a in 1 2; do\n  echo $a\ndone\ncat <<END\nx\nEND\necho \\\n  b\n```\n"
    (block,) = markdown(tmp_path, text)
    assert [step.command for step in steps(block)] == [
        "for a in 1 2; do\n  echo $a\ndone",
        "cat <<END\nx\nEND",
        "echo \\\n  b",
    ]


@pytest.mark.parametrize(
    "text",
    ["```sh\nls\n", "```sh\nfor a in\n```\n", "```console\nhello\n```\n", "```sh\n)\n```\n"],
    ids=["no end", "half a loop", "output of nothing", "no bash"],
)
def test_a_block_that_cannot_be_read_is_an_error(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"one\.md|bash refuses"):
        list(map(steps, markdown(tmp_path, text)))


SAME = [
    ("51 faces in 3.4 s", "1,051 faces in 12 s"),
    ("at 123,112 (105 x 104)", "at 9,7 (88 x 88)"),
    ("face 5f85e3dd5baf2e9ce192aa76311a278a-296-135", "face 0182e3dd5baf2e9ce192aa76311a27ff-1-2"),
    ("number   name   faces", "number   name              faces"),
    ("     1   Ada        8", "   231   Ada       14"),
    ("since 2026-11-21 17:23:58 UTC", "since 2027-01-01 01:02:03 UTC"),
    ("left out: a.jpg: text ...", "left out: a.jpg: text, not a picture"),
]
OTHER = [
    ("51 faces", "51 face"),
    ("June Pike  99%", "Leo Santel  99%"),
    ("a", "a\nb"),
    ("...\nb", "a\nc"),
    ("    indented 1", "indented 1"),
    ("added", "faded"),
]


@pytest.mark.parametrize(("shown", "printed"), SAME)
def test_figures_may_differ(shown: str, printed: str) -> None:
    assert compare.matches(shown.splitlines(), printed.splitlines())


@pytest.mark.parametrize(("shown", "printed"), OTHER)
def test_words_and_layout_may_not(shown: str, printed: str) -> None:
    assert not compare.matches(shown.splitlines(), printed.splitlines())


def test_dots_stand_for_any_lines() -> None:
    assert compare.matches(["a", "...", "z"], ["a", "z"])
    assert compare.matches(["a", "...", "z"], ["a", "b", "c", "z"])
    assert not compare.matches(["a", "...", "z"], ["a", "b", "c"])
