"""The index of Python packages that pip or uv is configured for, and what it offers.

Read are pip's variables (PIP_INDEX_URL and others), pip's configuration files, and uv's variables;
without any of them it is the public index. The index is asked by the Simple Repository API, in JSON
(PEP 691) or HTML (PEP 503).
"""

from __future__ import annotations

import configparser
import json
import os
import re
import ssl
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from platformdirs import site_config_path, user_config_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

PUBLIC = "https://pypi.org/simple"
"""The public index, which is pip's default."""

ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.5, */*;q=0.1"


@dataclass(frozen=True, slots=True)
class PackageIndex:
    """The configured indexes, in the order to ask them, and how they are reached."""

    urls: tuple[str, ...]
    certificates: str = ""
    """A file of certificates that are trusted instead of the system's."""
    proxy: str = ""
    trusted_hosts: tuple[str, ...] = ()
    """Hosts whose certificates are not checked, with or without a port."""

    def client(self, url: str) -> httpx.Client:
        """A client for `url`, with its certificates, proxy and login."""
        import httpx

        return httpx.Client(
            auth=_login(url),
            verify=False if self._trusts(url) else _context(self.certificates),
            proxy=self.proxy or None,
            follow_redirects=True,
            timeout=30,
        )

    def find(self, package: str, archive: str) -> Archive | None:
        """The first index's link to a file of that name; None if no index has it.

        Raises OSError if none has it and one did not answer.
        """
        import httpx

        failed = None
        for url in self.urls:
            page = f"{url.rstrip('/')}/{re.sub(r'[-_.]+', '-', package).lower()}/"
            try:
                with self.client(page) as client:
                    answer = client.get(page, headers={"Accept": ACCEPT})
                if answer.status_code == 404:
                    continue
                answer.raise_for_status()
                for found in _archives(answer):
                    if found.name == archive:
                        return found
            except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
                failed = error
        if failed is not None:
            raise OSError(str(failed) or type(failed).__name__) from failed
        return None

    def _trusts(self, url: str) -> bool:
        parts = urlsplit(url)
        return bool({parts.hostname, f"{parts.hostname}:{parts.port}"} & set(self.trusted_hosts))


@dataclass(frozen=True, slots=True)
class Archive:
    """A file that an index offers."""

    name: str
    url: str
    hashes: Mapping[str, str] = field(default_factory=dict)
    """Its hashes by the algorithm's name, as the index tells them."""


def configured(environ: Mapping[str, str] = os.environ) -> PackageIndex:
    """The index that pip would use here, or uv where pip is not configured."""
    pip = _pip_options(environ)
    first = (
        pip.get("index-url")
        or environ.get("UV_DEFAULT_INDEX", "")
        or environ.get("UV_INDEX_URL", "")
        or PUBLIC
    )
    more = " ".join(
        [pip.get("extra-index-url", ""), environ.get("UV_INDEX", ""),
         environ.get("UV_EXTRA_INDEX_URL", "")]
    )  # fmt: skip
    closed = pip.get("no-index", "").lower() in ("1", "true", "yes", "on")
    urls = [] if closed else [_without_label(url) for url in [first, *more.split()]]
    return PackageIndex(
        urls=tuple(dict.fromkeys(urls)),
        certificates=pip.get("cert") or environ.get("REQUESTS_CA_BUNDLE", ""),
        proxy=pip.get("proxy", ""),
        trusted_hosts=tuple(pip.get("trusted-host", "").split()),
    )


def _pip_options(environ: Mapping[str, str]) -> dict[str, str]:
    """pip's options by name: from its files, then its variables, as `pip download` reads them."""
    options: dict[str, str] = {}
    for section in ("global", "download"):
        for path in _pip_files(environ):
            parser = configparser.RawConfigParser()
            try:
                parser.read(path, "utf-8")
            except (configparser.Error, UnicodeDecodeError):
                continue  # pip itself will tell what is wrong with it
            if parser.has_section(section):
                options |= {name.replace("_", "-"): text for name, text in parser.items(section)}
    for name, text in environ.items():
        if name.startswith("PIP_") and text:
            options[name[4:].lower().replace("_", "-")] = text
    return options


def _pip_files(environ: Mapping[str, str]) -> list[Path]:
    """pip's configuration files, the weakest first (pip's documentation, "Configuration")."""
    named = environ.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:
        return []
    name = "pip.ini" if os.name == "nt" else "pip.conf"
    folders = [
        site_config_path("pip", appauthor=False),
        *([] if os.name == "nt" else [Path("/etc")]),
        Path.home() / ("pip" if os.name == "nt" else ".pip"),
        Path.home() / ".config" / "pip",
        user_config_path("pip", appauthor=False, roaming=True),
        Path(sys.prefix),
    ]
    return [*(folder / name for folder in folders), *([Path(named)] if named else [])]


def _without_label(url: str) -> str:
    """An address of uv's, which may have a name before it: `mine=https://...`."""
    label, equals, rest = url.partition("=")
    return rest if equals and re.fullmatch(r"[\w.-]+", label) else url


def _login(url: str) -> httpx.Auth | None:
    """The user and password in the address, or those of ~/.netrc for its host."""
    import netrc

    import httpx

    parts = urlsplit(url)
    if parts.username:
        return httpx.BasicAuth(unquote(parts.username), unquote(parts.password or ""))
    try:
        known = netrc.netrc(os.environ.get("NETRC")).authenticators(parts.hostname or "")
    except (OSError, netrc.NetrcParseError):
        return None
    return httpx.BasicAuth(known[0], known[2] or "") if known else None


def _context(certificates: str) -> ssl.SSLContext:
    """Trust the named certificates, else the system's and those that httpx comes with."""
    if certificates:
        path = Path(certificates)
        return ssl.create_default_context(
            cafile=None if path.is_dir() else certificates,
            capath=certificates if path.is_dir() else None,
        )
    import httpx

    context = httpx.create_ssl_context()
    context.load_default_certs()
    return context


def _archives(answer: httpx.Response) -> Iterator[Archive]:
    """The files on an index's page of one package. Raises ValueError if it is no such page."""
    kind = answer.headers.get("content-type", "")
    page = str(answer.url)
    if "json" in kind:
        for file in json.loads(answer.text)["files"]:
            link = _same_login(urljoin(page, file["url"]), page)
            yield Archive(file["filename"], link, file.get("hashes", {}))
        return
    links = _Links()
    links.feed(answer.text)
    for href in links.hrefs:
        address, fragment = urldefrag(urljoin(urljoin(page, links.base), href))
        algorithm, equals, value = fragment.partition("=")
        name = unquote(urlsplit(address).path.rsplit("/", 1)[-1])
        yield Archive(name, _same_login(address, page), {algorithm: value} if equals else {})


class _Links(HTMLParser):
    """The links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.base, self.hrefs = "", list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href")
        if href and tag == "base":
            self.base = href
        elif href and tag == "a":
            self.hrefs.append(href)


def _same_login(url: str, page: str) -> str:
    """`url` with the page's user and password if it leads to the same host."""
    to, of = urlsplit(url), urlsplit(page)
    same = (to.scheme, to.hostname, to.port) == (of.scheme, of.hostname, of.port)
    return to._replace(netloc=of.netloc).geturl() if same and not to.username else url
