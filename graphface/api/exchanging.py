"""Export and import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from graphface.api.opened import Opened, path_of, paths_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphface.api.opened import PathLike
    from graphface.exchange.backup import BackupReport, RestoreReport
    from graphface.exchange.export import Form, Report
    from graphface.exchange.import_names import ImportedNames
    from graphface.exchange.import_regions import ImportedRegions


class Exchanging(Opened):
    """The calls that write files and read them back (docs/people/exchange.md)."""

    def export(
        self,
        out: PathLike | None = None,
        *,
        to: Form = "csv",
        link: Literal["symbolic", "hard"] | None = None,
        unnamed: bool = False,
        embeddings: bool = False,
        force: bool = False,
    ) -> Report:
        """Write people as `to`: folders, csv, jsonl, graphml, or regions (XMP, beside photos).

        `out` is the folder or file to write; "-" is standard output, for csv and jsonl; regions
        need none. Folders contain copies, or with `link` symbolic or hard links. `embeddings` is
        for csv and jsonl, `unnamed` for folders and regions. `force` overwrites what exists. Raises
        UsageError for options that cannot be combined.
        """
        from graphface.exchange.export import Options, check_options, export

        place = None if out is None else path_of(out)
        wanted = Options(to=to, link=link, unnamed=unnamed, embeddings=embeddings, force=force)
        check_options(place, wanted)
        return export(self.connection, None if str(out) == "-" else place, wanted)

    def import_names(
        self, file: PathLike, *, force: bool = False, dry_run: bool = False
    ) -> ImportedNames:
        """Name faces, or rename persons, as a CSV says; one change. Raises UsageError."""
        from graphface.exchange.import_names import import_names

        return import_names(self.connection, path_of(file), force=force, dry_run=dry_run)

    def import_regions(
        self,
        places: PathLike | Iterable[PathLike],
        *,
        force: bool = False,
        dry_run: bool = False,
    ) -> ImportedRegions:
        """Name faces as the regions in side-cars and pictures do; one change.

        A region where no face had been found adds one. Raises UsageError.
        """
        from graphface.exchange.import_regions import import_regions

        return import_regions(
            self.connection,
            paths_of(places),
            extractor=lambda: self.extractor,
            force=force,
            dry_run=dry_run,
        )

    def backup(self, file: PathLike, *, force: bool = False) -> BackupReport:
        """Write the whole graph to one file; `force` overwrites an existing one.

        Raises UsageError if the file exists.
        """
        from graphface.exchange.backup import backup

        return backup(self.connection, path_of(file), overwrite=force)

    def restore(self, file: PathLike, *, replace: bool = False) -> RestoreReport:
        """Write a backup to an empty graph, or with `replace` over this one.

        Raises UsageError for a damaged file, before anything is written.
        """
        from graphface.exchange.backup import restore
        from graphface.exchange.backup_file import check

        if not path_of(file).is_file():
            check(path_of(file))  # fail early, before a database is started
        return restore(self.connection, path_of(file), replace=replace)
