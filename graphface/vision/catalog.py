"""What the registry of detectors and encoders is made of.

An entry says all there is to say about one detector or encoder: its weights, its licence, what it
needs, and how it is made. A module of `graphface.vision.detectors` or `graphface.vision.encoders`
lists its entries in ENTRIES; nothing else names them. A package of its own adds entries through
the entry points `graphface.detectors` and `graphface.encoders`. Either names a module with
ENTRIES.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import pkgutil
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from graphface.errors import UsageError, WeightsMissing
from graphface.progress import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType

    from graphface.errors import Code
    from graphface.vision.weights import WeightsSource

State = Literal["here", "can be had", "missing"]
"""Of an entry: it runs now; its weights are fetched when first used; something must be done."""


@dataclass(frozen=True, slots=True)
class Licence:
    """Under which terms code and weights come. The names are SPDX's where SPDX has one."""

    code: str
    weights: str
    training: str = ""
    """What the weights were trained on: it may bind their use beyond their own licence."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package that an entry needs and graphface does not install."""

    requirement: str
    """As pip takes it."""
    module: str
    """What it is imported by."""
    attribute: str = ""
    """What that module must have, where some versions lack it."""

    @property
    def installed(self) -> bool:
        """Is it here? Nothing is imported unless a version must be told from another."""
        if importlib.util.find_spec(self.module) is None:
            return False
        return not self.attribute or hasattr(importlib.import_module(self.module), self.attribute)

    @property
    def command(self) -> str:
        """The command that installs it."""
        quoted = f"'{self.requirement}'" if set(self.requirement) & set("<>") else self.requirement
        return f"pip install {quoted}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What detectors and encoders have in common."""

    name: str
    """What a person asks for; pinned in the graph."""
    title: str
    """The same in a sentence."""
    source: str
    """Where code and weights come from: an address or a package."""
    licence: Licence
    weights: WeightsSource | None = None
    """None: they come with the package."""
    package: Package | None = None
    """What must be installed first; None for what graphface installs itself."""
    aliases: tuple[str, ...] = ()
    rank: int | None = None
    """Place in the choice of the best that is here, 1 first; None: only by name."""

    @property
    def state(self) -> State:
        """Does it run now? Answers at once: no address is asked."""
        if self.package and not self.package.installed:
            return "missing"
        if self.weights is None or self.weights.present:
            return "here"
        return "missing" if self.weights.out_of_reach else "can be had"

    def prepare(self) -> None:
        """Fetch the weights unless they are here. Raises WeightsMissing."""
        if self.weights is not None and not self.weights.present:
            self.weights.obtain()


def instead_of(passed: Sequence[Entry], what: str, chosen: Entry) -> str:
    """The sentence that says why `what` happens instead of what is better."""
    owners = " and ".join(f"{entry.title}'s" for entry in passed)
    free = ", which needs no download" if chosen.weights is None or chosen.weights.built_in else ""
    return f"{owners} weights are neither here nor reachable, so {what}{free}."


E = TypeVar("E", bound=Entry)


class Registry(Generic[E]):
    """All entries of one kind, read when first asked for."""

    def __init__(
        self, kind: type[E], noun: str, package: str, unknown: Code, more: str = ""
    ) -> None:
        self._kind, self._noun, self._package, self._more = kind, noun, package, more
        self._code = unknown
        self._entries: dict[str, E] | None = None

    def entries(self) -> list[E]:
        """The ones that are chosen unasked first, the best at their head; then by module."""
        return list(self._by_name().values())

    def names(self) -> list[str]:
        """The names, in the same order."""
        return list(self._by_name())

    def find(self, name: str) -> E | None:
        """The entry of that name or alias, whatever its case."""
        wanted = name.lower()
        for entry in self.entries():
            if wanted in (entry.name.lower(), *entry.aliases):
                return entry
        return None

    def get(self, name: str) -> E:
        """The entry of that name. Raises UsageError that names the nearest."""
        if (entry := self.find(name)) is not None:
            return entry
        near = self.nearest(name)
        guess = f"Did you mean {' or '.join(near)}? " if near else ""
        raise UsageError(
            f"no {self._noun} is called {name}",
            f"{guess}Use one of: {', '.join(self.names())}{self._more}",
            code=self._code,
            name=name,
            near=near,
        )

    def nearest(self, name: str) -> list[str]:
        """The names most like `name`, three at most."""
        by_lower = {one.lower(): one for one in self.names()}
        return [by_lower[one] for one in difflib.get_close_matches(name.lower(), by_lower, n=3)]

    def begin(self, start: str) -> list[E]:
        """The entries whose name begins so, whatever its case."""
        return [e for e in self.entries() if e.name.lower().startswith(start.lower())]

    def best(self) -> tuple[E, list[E]]:
        """The best whose weights can be had, fetched now, and the better ones that cannot.

        The last one is always here.
        """
        passed: list[E] = []
        *better, last = self._ranked()
        for entry in better:
            if entry.package is None or entry.package.installed:
                try:
                    entry.prepare()
                except WeightsMissing:
                    passed.append(entry)
                else:
                    return entry, passed
        return last, passed

    def best_here(self) -> E:
        """The best that runs now, without fetching anything."""
        *better, last = self._ranked()
        return next((entry for entry in better if entry.state == "here"), last)

    def reload(self) -> None:
        """Read the modules again."""
        self._entries = None

    def _ranked(self) -> list[E]:
        return [entry for entry in self.entries() if entry.rank is not None]

    def _by_name(self) -> dict[str, E]:
        if self._entries is None:
            found: dict[str, E] = {}
            for entry in self._read():
                # What graphface ships comes first and stays: distances must not change unnoticed.
                if found.setdefault(entry.name, entry) is not entry:
                    say(f"another {self._noun} called {entry.name} is left out", "warning")
            order = sorted(found.values(), key=lambda e: (e.rank is None, e.rank or 0))
            self._entries = {entry.name: entry for entry in order}
        return self._entries

    def _read(self) -> Iterator[E]:
        package = importlib.import_module(self._package)
        for info in pkgutil.iter_modules(package.__path__):
            yield from self._listed(importlib.import_module(f"{self._package}.{info.name}"))
        for point in entry_points(group=f"graphface.{self._package.rsplit('.', 1)[-1]}"):
            try:
                yield from self._listed(point.load())
            except Exception as error:  # noqa: BLE001 - a stranger's code raises anything
                reason = (str(error).strip() or type(error).__name__).splitlines()[0]
                say(f"the plug-in {point.name} ({point.value}) is left out: {reason}", "warning")

    def _listed(self, module: ModuleType) -> list[E]:
        entries = getattr(module, "ENTRIES", ())
        return [entry for entry in entries if isinstance(entry, self._kind)]
