"""The answers to requests by address, without any sockets.

Pages that show people or the password require a cookie, which the address printed by `browse` sets.
Pictures of faces require none, since Bloom and other Browsers show them, too. Anyone who knows a
face's id (128 bits of its photo's hash, and its box) has seen the photo.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from graphface.browser import guide
from graphface.browser.subgraph import drawing
from graphface.errors import GraphfaceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphface.browser.browser_app import BrowserApp
    from graphface.browser.crops import Crops
    from graphface.browser.login import Login
    from graphface.db import Connection

STATIC = {"guide.css": "text/css", "guide.js": "text/javascript", "open.js": "text/javascript",
          "faces.js": "text/javascript", "icon.svg": "image/svg+xml"}  # fmt: skip

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_BROWSER_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self' {bolt} http://localhost:{port}; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
_FACE = re.compile(r"/faces/([\w.%-]{1,300})\.jpg")


class Headers(Protocol):
    """Headers of a request; `http.server` ignores their case."""

    def get(self, name: str, default: str, /) -> str: ...


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    media: str = "text/plain; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


class Site:
    """The pages of one graph, at one port of this machine."""

    def __init__(
        self, graph: Connection, crops: Crops, login: Login, browser: BrowserApp | None, port: int
    ) -> None:
        self._graph, self._crops, self._login, self._browser = graph, crops, login, browser
        self.port = port
        self.address = f"http://127.0.0.1:{port}"
        self._token = secrets.token_urlsafe(24)
        self._once: set[str] = set()
        self._pages: dict[str, Callable[[], Answer]] = {
            "/guide": self._guide,
            "/open": lambda: _html(guide.page("open.html")),
            "/session.json": self._session,
            "/people.json": lambda: _json(drawing(self._graph)),
        }
        self._public: dict[str, Callable[[], Answer]] = {
            "/graphface.grass": lambda: _shared(guide.page("graphface.grass"), "text/plain"),
            "/play.html": lambda: _shared(guide.play_guide(), "text/html"),
            "/threshold.json": self._threshold,
            "/": self._discovery,
        }

    def link(self, path: str, *, once: bool = False) -> str:
        """An address that grants access, `once` or as long as this runs."""
        token = secrets.token_urlsafe(24) if once else self._token
        if once:
            self._once.add(token)
        return f"{self.address}{path}?token={token}"

    def answer(self, method: str, target: str, headers: Headers) -> Answer:
        """Answer one request. Raises none of graphface's own errors."""
        if headers.get("Host", "").lower() not in self._hosts():
            return Answer(421, b"This address is not served here\n")
        if not target.startswith("/") or target.startswith("//"):
            return Answer(400, b"This is no address here\n")
        try:
            url = urlsplit(target)
            found = self._route(method, url.path, dict(parse_qsl(url.query)), headers)
        except GraphfaceError as error:
            found = Answer(503, f"{error}\n".encode())
        return found

    def _hosts(self) -> tuple[str, str]:
        """Under any other name, a foreign page may have been given this address (DNS rebinding)."""
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    def _route(self, method: str, path: str, query: dict[str, str], headers: Headers) -> Answer:
        if method == "OPTIONS" and path in ("/play.html", "/graphface.grass"):
            return _shared("", "text/plain", 204)
        if method not in ("GET", "HEAD"):
            return Answer(405, b"Only reading is possible here\n", headers={"Allow": "GET, HEAD"})
        if face := _FACE.fullmatch(path):
            return self._face(unquote(face[1]))
        if path.startswith("/static/"):
            return _static(path.removeprefix("/static/"))
        if path.startswith("/browser/") and self._browser:
            return self._browser_file(path)
        if path == "/" and (query or "text/html" in headers.get("Accept", "")):
            path = "/guide"
        if path in self._public:
            return self._public[path]()
        if path not in self._pages:
            return _not_found()
        return self._guarded(method, path, query, headers)

    def _guarded(self, method: str, path: str, query: dict[str, str], headers: Headers) -> Answer:
        token = query.pop("token", None)
        if token is not None and method == "GET" and self._lets_in(token):
            rest = f"{path}?{urlencode(query)}" if query else path
            cookie = f"{self._cookie}={self._token}; Path=/; HttpOnly; SameSite=Strict"
            return Answer(303, headers={"Location": rest, "Set-Cookie": cookie})
        if not self._known(headers.get("Cookie", "")):
            return Answer(403, b"Open the address that was printed when this began\n")
        return self._pages[path]()

    @property
    def _cookie(self) -> str:
        return f"graphface-{self.port}"  # all ports of a host share cookies

    def _lets_in(self, token: str) -> bool:
        if token in self._once:
            self._once.discard(token)
            return True
        return secrets.compare_digest(token.encode(), self._token.encode())

    def _known(self, cookies: str) -> bool:
        pairs = (one.strip().partition("=") for one in cookies.split(";"))
        return any(
            name == self._cookie and secrets.compare_digest(value.encode(), self._token.encode())
            for name, _, value in pairs
        )

    def _face(self, face: str) -> Answer:
        picture = self._crops.jpeg(face)
        if picture is None:
            return _not_found()
        # The web browser must not store it either, so that forgotten people leave nothing on disk.
        return Answer(200, picture, "image/jpeg", {"Cross-Origin-Resource-Policy": "cross-origin"})

    def _guide(self) -> Answer:
        counts = self._graph.run("stats")[0]
        text = guide.guide_page(counts, self._login, self._browser is not None)
        return _html(text.replace("@PORT@", str(self.port)))

    def _session(self) -> Answer:
        """The session of a signed-in Neo4j Browser, with graphface's style and statements."""
        folders, documents = guide.documents()
        login = self._login
        return _json({"uri": login.uri, "username": login.username, "password": login.password,
                      "database": login.database or "neo4j", "style": guide.style(),
                      "folders": folders, "documents": documents})  # fmt: skip

    def _threshold(self) -> Answer:
        space = self._graph.space()
        return _json({"threshold": space.threshold if space else 0.0})

    def _discovery(self) -> Answer:
        """The document that tells Neo4j Browser, served from here, the address of its database."""
        scheme = "bolt_routing" if self._login.uri.startswith("neo4j") else "bolt_direct"
        return _json({scheme: self._login.uri})

    def _browser_file(self, path: str) -> Answer:
        assert self._browser
        found = self._browser.file(path.removeprefix("/"))
        if found is None:
            return _not_found()
        policy = _BROWSER_POLICY.format(bolt=_sockets(self._login.uri), port=self.port)
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-cache"}
        return Answer(200, found[0], found[1], headers)


def complete(answer: Answer) -> dict[str, str]:
    """All headers of an answer; those it does not set itself get the strictest value."""
    return {
        "Content-Type": answer.media,
        "Content-Length": str(len(answer.body)),
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": _PAGE_POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        **answer.headers,
    }


def _sockets(uri: str) -> str:
    """The addresses that the policy allows for the database: one server, or any for a cluster."""
    parts = urlsplit(uri)
    secure = "+s" in parts.scheme
    if parts.scheme.startswith("neo4j"):
        return "wss:" if secure else "ws:"
    return f"{'wss' if secure else 'ws'}://{parts.netloc}"


def _html(text: str) -> Answer:
    return Answer(200, text.encode("utf-8", "backslashreplace"), "text/html; charset=utf-8")


def _json(value: Any) -> Answer:
    return Answer(200, json.dumps(value).encode(), "application/json")


def _shared(text: str, media: str, status: int = 200) -> Answer:
    """Files that any page may read, since they contain nothing of the graph.

    Neo4j Browser loads them from the database's own address.
    """
    allowed = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Headers": "*",  # Browser sends several headers of its own
        "Access-Control-Allow-Private-Network": "true",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Cache-Control": "no-cache",
    }
    return Answer(status, text.encode(), f"{media}; charset=utf-8", allowed)


def _static(name: str) -> Answer:
    if name not in STATIC:
        return _not_found()
    text = guide.page(name).encode()
    return Answer(200, text, f"{STATIC[name]}; charset=utf-8", {"Cache-Control": "no-cache"})


def _not_found() -> Answer:
    return Answer(404, b"Nothing is here\n")
