"""What examples need beyond themselves, and the few that no test can run. Each with a reason."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from graphface.db.embedded.server import EmbeddedServer
    from tests.examples.parse import Step

Check = Literal["argparse", "make", "extra", "nothing"]
Home = Literal["shared", "own"]


def bare(command: str) -> str:
    """A command without the comment behind it."""
    return re.sub(r"\s+# .*", "", command).strip()


@dataclass(frozen=True, slots=True)
class NotRun:
    """Commands that are not run here: a pattern that the whole command matches, and why."""

    pattern: str
    reason: str
    check: Check = "nothing"
    """What is looked at instead. argparse: the script takes these arguments. make: there is such a
    target. extra: pyproject.toml has such an extra."""

    def holds(self, command: str) -> bool:
        return re.fullmatch(self.pattern, bare(command), re.DOTALL) is not None


NOT_RUN = (
    NotRun(r"python benchmarks/.*", "minutes, and pictures that are not part of it", "argparse"),
    NotRun(r"make (demo|test|fast|check|clean|docs)", "this very run is one of them", "make"),
    NotRun(r"(\.venv/bin/(python -m )?)?pip install .*", "a registry", "extra"),
    NotRun(
        r"python3 -m venv .*|\.venv/bin/(graphface|pytest).*", "what `make demo` and `make test` do"
    ),
    NotRun(
        r"python -m graphface\.db\.embedded\.jars_lock",
        "maintainers only: needs Maven and the network",
    ),
    NotRun(r"graphface models fetch .*", "weights from the web"),
    NotRun(r"docker compose .*", "Docker's engine; tests/unit/test_docker.py has the file read"),
)


@dataclass(frozen=True, slots=True)
class Preparation:
    """What a document finds when its first command runs."""

    reason: str
    graph: Literal["empty", "built"] = "built"
    """built: the album in `photos` and `party.jpg` were ingested, linked and clustered."""
    names: dict[str, str] = field(default_factory=dict)
    """Drawn person -> name, given by a user."""
    home: Home = "shared"
    """own: a server of its own, which the document starts, stops and resets. The test does not
    start it: it would be a child of the test, and not be gone before the test has waited for it."""
    commands: str = ""
    """What a reader has done before, as a shell script."""


DRAWN = (
    "June Pike", "Leo Santel", "Caleb Marsh", "Inez Calder", "Dario Finch", "Britt Larsen",
    "Magnus Holm", "Hugo Vance",
)  # fmt: skip
EVERYBODY = {name: name for name in DRAWN}
ADA_AND_BOB = {"June Pike": "Ada", "Leo Santel": "Bob"}
BUILDS = re.compile(r"^(\$ )?graphface (build|ingest|import|register) (?!.*--home)", re.MULTILINE)
"""A document with such a command begins at the beginning: its graph is empty."""

OWN = Preparation("it starts, stops or empties a server", "empty", home="own")
STARTED = replace(OWN, commands="graphface db start")

SERVES = re.compile(r"^(\$ )?graphface db (start|stop|reset)", re.MULTILINE)
"""A document with such a command has a server of its own."""

ALL_CONFIRMED = Preparation(
    "there is enough to learn from", names=EVERYBODY, commands="graphface confirm 1 2 3 4 5 6 7 8"
)
NAMED_BY_FOLDERS = Preparation(
    "folders say who is who", "empty", commands="graphface build people --people-from-folders"
)
ADA_LOVELACE = Preparation("Ada has a second name", names={"June Pike": "Ada Lovelace"})

PREPARED: dict[str, Preparation] = {
    "docs/clustering.md": ALL_CONFIRMED,
    "docs/people/curate.md": Preparation(
        "Ada has lost two faces to a person 9",
        names={"June Pike": "Ada"},
        commands="graphface move photos/IMG_0010.jpg photos/IMG_0019.jpg new",
    ),
    "docs/evaluation.md": NAMED_BY_FOLDERS,
    "docs/people/exchange.md": Preparation(
        "everybody has a name, and a table to read them back from",
        names=EVERYBODY,
        commands="printf 'old_name,name\\nInez Calder,Inez C.\\nHugo Vance,Hugo V.\\nnobody,Eve\\n'"
        " > renamed.csv",
    ),
    "docs/people/search.md": Preparation(
        "people by their drawn names, and a file that is no picture",
        names=EVERYBODY,
        commands="echo text > photos/broken.jpg",
    ),
    "graphface rename --help": Preparation("Ada Byron", names={"June Pike": "Ada Byron"}),
    "graphface merge --help": ADA_LOVELACE,
    "graphface split --help": ADA_LOVELACE,
    "graphface move --help": ADA_LOVELACE,
    "graphface confirm --help": ADA_LOVELACE,
    "graphface reject --help": ADA_LOVELACE,
    "graphface forget --help": ADA_LOVELACE,
    "graphface faces --help": ADA_LOVELACE,
    "graphface explain --help": ADA_LOVELACE,
    "graphface import --help": Preparation("embeddings of another model", "empty"),
    "graphface restore --help": Preparation("a backup", commands="graphface backup faces.backup"),
    "graphface add-face --help": ADA_LOVELACE,
    "graphface unignore --help": Preparation(
        "an ignored face", commands="graphface ignore party.jpg#2"
    ),
    "graphface unhide --help": Preparation("somebody hidden", commands="graphface hide 5"),
    "graphface register --help": Preparation("nobody has a name yet"),
    "graphface evaluate --help": NAMED_BY_FOLDERS,
    "graphface calibrate --help": ALL_CONFIRMED,
    "graphface db --help": OWN,
    "graphface db start --help": OWN,
    "graphface db stop --help": STARTED,
    "graphface db status --help": STARTED,
    "graphface db logs --help": STARTED,
    "graphface db reset --help": STARTED,
}
"""Document, or command whose `--help` it is -> what it presumes. Others: see `preparation`."""

CODES: dict[str, int] = {
    "graphface who demo/ask/stranger.jpg": 3,
}
"""Command -> exit code, where it is not 0 and no line that begins with `error:` is shown."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person types when a command asks."""

    text: str
    after: str = ""
    """What the terminal shows before it is typed; without it, no terminal is wanted."""


CTRL_C = "\x03"
TYPED: dict[str, Typed] = {
    r"graphface review( --limit \d+)?": Typed("q", after="[q]uit"),
    r"graphface browse( --no-open| --port \d+)*": Typed(CTRL_C, after="Serving until"),
    r"graphface db reset( --home \S+)?": Typed("y\n"),
}
"""Pattern of a command -> what is typed."""


def preparation(document: str, text: str) -> Preparation:
    """What a document presumes: its row, else an empty graph or one with Ada and Bob in it."""
    if document in PREPARED:
        return PREPARED[document]
    if SERVES.search(text):
        return OWN
    if BUILDS.search(text):
        return Preparation("it builds the graph itself", "empty")
    return Preparation("it speaks of Ada and Bob", names=ADA_AND_BOB)


def not_run(command: str) -> NotRun | None:
    """The row of the table that a command matches."""
    return next((row for row in NOT_RUN if row.holds(command)), None)


def typed(command: str) -> Typed | None:
    text = bare(command)
    return next((reply for pattern, reply in TYPED.items() if re.fullmatch(pattern, text)), None)


def codes(step: Step) -> tuple[int, ...]:
    """The exit codes that a command may end with."""
    if any(line.startswith("error: ") for line in step.shown or ()):
        return (1, 2, 3, 4)
    return (CODES.get(bare(step.command), 0),)


def with_real_address(command: str, server: EmbeddedServer) -> str:
    """The command with address and password of the server of the tests for those of a reader."""
    real = {"URI": server.status().uri, "USERNAME": "neo4j", "PASSWORD": server.password()}
    for name, value in real.items():
        command = re.sub(
            rf"\bNEO4J_{name}=(\"[^\"]*\"|'[^']*'|[^\s;]+)", f"NEO4J_{name}={value}", command
        )
    return command
