"""Which Maven repositories to ask: the user's own settings, else the Maven library's default."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from graphface.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

CENTRAL = "central"


def repositories() -> tuple[str, ...]:
    """Addresses of repositories, the one to ask first in front.

    Read from `~/.m2/settings.xml` (a mirror of `central` or of everything) and from jgo's own
    configuration (`~/.config/jgo.conf` or `~/.jgorc`, section `repositories`); with neither it is
    jgo's default.
    """
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL

    known = {CENTRAL: MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories}
    mirror = central_mirror(Path.home() / ".m2" / "settings.xml")
    if mirror:
        known[CENTRAL] = mirror
    return tuple(known.values())


def central_mirror(settings_xml: Path) -> str | None:
    """The address of the mirror that stands for Maven Central, as Maven itself chooses it: one
    that names `central` first, else the first whose pattern takes it in."""
    mirrors = list(_mirrors(settings_xml))
    for of, url in mirrors:
        if of == CENTRAL:
            return url
    return next((url for of, url in mirrors if _takes_in_central(of)), None)


def without_secrets(url: str) -> str:
    """The address without a user name and password that may stand in it."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _takes_in_central(pattern: str) -> bool:
    parts = {part.strip() for part in pattern.split(",")}
    return f"!{CENTRAL}" not in parts and bool(parts & {CENTRAL, "*", "external:*"})


def _mirrors(settings_xml: Path) -> Iterator[tuple[str, str]]:
    if settings_xml.is_file():
        for mirror in _root(settings_xml).iterfind("{*}mirrors/{*}mirror"):
            of, url = mirror.findtext("{*}mirrorOf"), mirror.findtext("{*}url")
            if of and url:
                yield of.strip(), url.strip()


def _root(settings_xml: Path) -> Element:
    from xml.etree import ElementTree

    try:
        return ElementTree.parse(settings_xml).getroot()
    except ElementTree.ParseError as error:
        raise ServerError(f"{settings_xml} is no XML: {error}", "Mend it or move it away") from None
