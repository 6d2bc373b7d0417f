"""The registry of detectors and encoders, and its entries.

An entry describes one detector or encoder completely: its weights, its licence, what it needs, and
how to create it. A module of `graphface.vision.detectors` or `graphface.vision.encoders` lists its
entries in ENTRIES; nothing else names them. Other packages add entries through the entry points
`graphface.detectors` and `graphface.encoders`, which name a module with ENTRIES.
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
    """The terms of code and weights, by SPDX name where there is one."""

    code: str
    weights: str
    training: str = ""
    """The training data of the weights, which may restrict their use beyond their licence."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package that an entry needs and that graphface does not install."""

    requirement: str
    """Its requirement, in pip's syntax."""
    module: str
    """The module to import."""
    attribute: str = ""
    """An attribute of that module that some versions lack."""

    @property
    def installed(self) -> bool:
        """Whether it is installed; imports nothing unless versions must be distinguished."""
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
    """The common part of detectors and encoders."""

    name: str
    """The name that users give; it is pinned in the graph."""
    title: str
    """The name in a sentence."""
    source: str
    """The source of code and weights: an address or a package."""
    licence: Licence
    weights: WeightsSource | None = None
    """None if the weights come with the package."""
    package: Package | None = None
    """The package to install first; None if graphface installs it."""
    aliases: tuple[str, ...] = ()
    rank: int | None = None
    """Rank in the choice of the best available, 1 first; None if only used by name."""

    @property
    def state(self) -> State:
        """Whether it runs now; answers at once, without network access."""
        if self.package and not self.package.installed:
            return "missing"
        if self.weights is None or self.weights.present:
            return "here"
        return "missing" if self.weights.out_of_reach else "can be had"

    def prepare(self) -> None:
        """Fetch the weights if missing. Raises WeightsMissing."""
        if self.weights is not None and not self.weights.present:
            self.weights.obtain()


def instead_of(passed: Sequence[Entry], what: str, chosen: Entry) -> str:
    """A sentence that explains why `what` happens instead of something better."""
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
        """Entries that are chosen automatically, the best first, then the others by module."""
        return list(self._by_name().values())

    def names(self) -> list[str]:
        """The names, in the same order."""
        return list(self._by_name())

    def find(self, name: str) -> E | None:
        """The entry with that name or alias; case is ignored."""
        wanted = name.lower()
        for entry in self.entries():
            if wanted in (entry.name.lower(), *entry.aliases):
                return entry
        return None

    def get(self, name: str) -> E:
        """The entry with that name. Raises UsageError, which lists the nearest names."""
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
        """The names most similar to `name`, at most three."""
        by_lower = {one.lower(): one for one in self.names()}
        return [by_lower[one] for one in difflib.get_close_matches(name.lower(), by_lower, n=3)]

    def begin(self, start: str) -> list[E]:
        """The entries whose name has this prefix; case is ignored."""
        return [e for e in self.entries() if e.name.lower().startswith(start.lower())]

    def best(self) -> tuple[E, list[E]]:
        """The best available entry, fetched now, and the better ones that are unavailable.

        The last candidate is always available.
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
        """The best that runs now without fetching anything."""
        *better, last = self._ranked()
        return next((entry for entry in better if entry.state == "here"), last)

    def best_at_hand(self) -> E:
        """The best that runs now or can be fetched, as far as known without network access."""
        *better, last = self._ranked()
        return next((entry for entry in better if entry.state != "missing"), last)

    def reload(self) -> None:
        """Discard the entries, so that the modules are read again."""
        self._entries = None

    def _ranked(self) -> list[E]:
        return [entry for entry in self.entries() if entry.rank is not None]

    def _by_name(self) -> dict[str, E]:
        if self._entries is None:
            found: dict[str, E] = {}
            for entry in self._read():
                # Entries of graphface take precedence over plug-ins: distances must not change
                # unnoticed.
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
