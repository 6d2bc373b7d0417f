from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import graphface
from graphface.cli import options, output, terminal
from graphface.cli.actions import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.people.review import Asked, Review, Side
    from graphface.people.review_replies import Outcomes, Verdict

LISTED = 20
"""Questions that --json lists where no limit is given."""

CROP, GAP = 112, 8
"""Pixels of a face, and between two, where the terminal shows pictures."""


def review(
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many questions.")] = None,
    answers: Annotated[
        Path | None,
        typer.Option(help="Take answers from this JSON file.", exists=True, dir_okay=False),
    ] = None,
    pictures: Annotated[
        terminal.Pictures | None,
        typer.Option(help="How to show faces; by default what the terminal says it can."),
    ] = None,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Answer the most useful questions first: who is this, are these two the same person?

    Keys: y yes, n no, w type the name, s skip, q quit. graphface undo takes the last answer back.
    For programs, --json lists the questions, and --answers takes a list of the same ids: "answer"
    is y, n, skip, or name with a "name".

    Example: graphface review --limit 20
    """
    if not (json or answers or terminal.is_terminal()):
        from graphface.errors import UsageError

        raise UsageError(
            "review asks on a terminal, and this is none",
            "--json lists the questions, and --answers FILE takes the answers",
            code="terminal-missing",
        )
    with graphface.Graph.open(home) as graph:
        if answers:
            _tell(graph.answer(answers, limit=limit), json)
            return
        run = graph.review()
        if json:
            output.print_json(run.questions(limit or LISTED))
        else:
            _Dialogue(run, pictures or terminal.how_to_show()).hold(limit)


def _tell(done: Outcomes, json: bool) -> None:
    if json:
        output.print_json(done)
    for one in () if json else done.answers:
        said = f"{one.id}: {told(one.error)}" if one.error else one.done
        print(output.printable(said or ""))
    if not json:
        written = sum(one.done is not None for one in done.answers)
        print(f"answered {written}, {done.faces_named} faces named of {done.faces}")
    if any(one.error for one in done.answers):
        raise typer.Exit(1)


class _Dialogue:
    """Shows questions one by one, and waits for a key."""

    def __init__(self, review: Review, how: terminal.Pictures) -> None:
        self.review, self.how = review, how

    def hold(self, limit: int | None) -> None:
        print(self.review.progress)
        with terminal.single_keys():
            for asked in self._questions(limit):
                if not self._ask(asked):
                    break
            else:
                print("\nno more questions for now")
        if self.review.answered:
            print("graphface undo takes the last answer back")

    def _questions(self, limit: int | None) -> Iterator[Asked]:
        count = 0
        while (limit is None or count < limit) and (found := self.review.questions()):
            yield found[0]
            count += 1

    def _ask(self, asked: Asked) -> bool:
        """Ask one question until it is answered; False to quit."""
        from graphface.errors import NotFound, UsageError

        print(f"\n{output.printable(asked.text)}")
        for side in asked.sides:
            self._show(side, heading=len(asked.sides) > 1)
        while True:
            verdict, name = self._key(asked)
            if verdict is None:
                return False
            try:
                done = self.review.answer(asked, verdict, name)
            except NotFound as error:  # somebody else changed the graph meanwhile
                self.review.skip(asked)
                done = told(error)
            except UsageError as error:
                print(f"  {output.printable(told(error))}")
                continue
            print(f"  {output.printable(done)}; {self.review.progress}")
            return True

    def _key(self, asked: Asked) -> tuple[Verdict | None, str | None]:
        """The answer of a key, with the typed name; None to quit."""
        both = len(asked.sides) > 1
        offered = "[y]es [n]o [w]ho: type the name" if both else "[w]ho: type the name"
        answers: dict[str, Verdict] = {"y": "y", "n": "n", "s": "skip"} if both else {"s": "skip"}
        while True:
            print(f"  {offered} [s]kip [q]uit ", end="", flush=True)
            key = terminal.read_key("".join([*answers, "w", "q"]))
            print(key or "")
            if key in answers:
                return answers[key], None
            if key != "w":
                return None, None
            if name := _typed("  name: "):
                return "name", name

    def _show(self, side: Side, heading: bool) -> None:
        if heading:
            print(f"  {output.printable(side.label)}")
        blocks = self.how == "blocks"
        size = min(terminal.columns() // len(side.shown) - 1, 24) if blocks else CROP
        faces = self.review.crops(side, size) if self.how != "none" else []
        if faces:
            row = terminal.side_by_side(faces, gap=1 if blocks else GAP)
            print(terminal.drawn(row, self.how))
            return
        for face in side.shown:
            where = face.box and f" at {face.box.x},{face.box.y}"
            print(f"    {output.printable(face.path or face.face)}{where or ''}")


def _typed(prompt: str) -> str:
    """Read a line; empty at the end of the input."""
    with terminal.whole_lines():
        try:
            return input(prompt).strip()
        except EOFError:
            print()
            return ""
