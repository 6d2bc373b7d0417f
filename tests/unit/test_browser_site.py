"""The pages' addresses: who is let in, what is refused, what no answer ever lacks."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from graphface.browser import guide
from graphface.browser.login import Login
from graphface.browser.site import Answer, Site, complete

LOGIN = Login("bolt://127.0.0.1:7687", "neo4j", "se<ret", "in /home/x/password", None, None)


class NoGraph:
    """These requests must be answered, or refused, without a look into the graph."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the graph was asked: {name}")


@pytest.fixture
def site() -> Site:
    nothing: Any = NoGraph()
    return Site(nothing, nothing, LOGIN, None, 7475)


def get(site: Site, target: str, method: str = "GET", **headers: str) -> Answer:
    return site.answer(method, target, {"Host": "127.0.0.1:7475", **headers})


def cookie(site: Site, link: str) -> str:
    parts = urlsplit(link)
    answer = get(site, f"{parts.path}?{parts.query}")
    assert answer.status == 303
    assert answer.headers["Location"] == parts.path, "the token goes out of the address"
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Strict" in answer.headers["Set-Cookie"]
    return answer.headers["Set-Cookie"].partition(";")[0]


@pytest.mark.parametrize(
    "host", ["evil.example:7475", "127.0.0.1", "127.0.0.1:80", "", "[::1]:7475"]
)
def test_other_names_of_this_machine_are_refused(site: Site, host: str) -> None:
    for target in ("/guide", "/session.json", "/faces/a.jpg", "/graphface.grass", "/"):
        assert get(site, target, Host=host).status == 421


@pytest.mark.parametrize("target", ["/guide", "/open", "/session.json", "/people.json"])
def test_people_and_passwords_want_the_printed_address(site: Site, target: str) -> None:
    assert get(site, target).status == 403
    assert get(site, f"{target}?token=guessed").status == 403
    assert get(site, target, Cookie="graphface-7475=guessed; graphface-7476=x").status == 403
    assert get(site, target, Cookie="graphface-7475=gué").status == 403


def test_the_printed_address_lets_in(site: Site) -> None:
    given = cookie(site, site.link("/open"))
    assert get(site, "/open").status == 403, "without the cookie the address alone stays shut"
    assert get(site, "/open", Cookie=f"other=1; {given}").status == 200
    session = json.loads(get(site, "/session.json", Cookie=given).body)
    assert (session["uri"], session["password"]) == (LOGIN.uri, "se<ret")
    assert {one["folder"] for one in session["documents"]} == {f["id"] for f in session["folders"]}


def test_the_address_that_is_opened_is_good_once(site: Site) -> None:
    link = site.link("/open", once=True)
    parts = urlsplit(link)
    assert get(site, f"{parts.path}?{parts.query}", "HEAD").status == 403, "a look uses nothing up"
    cookie(site, link)
    assert get(site, f"{parts.path}?{parts.query}").status == 403
    assert get(site, "/open?cmd=edit&" + parts.query).status == 403


def test_what_goes_with_the_token_is_kept(site: Site) -> None:
    token = urlsplit(site.link("/open")).query
    assert get(site, f"/open?cmd=edit&arg=a%26b&{token}").headers["Location"] == (
        "/open?cmd=edit&arg=a%26b"
    )


@pytest.mark.parametrize("target", [
    "/static/../site.py", "/static/%2e%2e/site.py", "/static/", "/static/guide.html", "/pages/",
    "/faces/", "/faces/../x.jpg", "/faces/%2fetc%2fpasswd", "/faces/a/b.jpg", "/browser/index.html",
    "/etc/passwd", "/faces/" + "a" * 400 + ".jpg",
])  # fmt: skip
def test_nothing_else_is_there(site: Site, target: str) -> None:
    assert get(site, target).status == 404


@pytest.mark.parametrize("target", ["http://[::1/x", "//evil.example/", "*", "", "guide"])
def test_what_is_no_address_here(site: Site, target: str) -> None:
    assert get(site, target).status == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_only_reading(site: Site, method: str) -> None:
    answer = get(site, "/guide", method)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_style_and_guide_may_be_read_from_neo4j_s_own_address(site: Site) -> None:
    for target in ("/graphface.grass", "/play.html"):
        for method in ("GET", "OPTIONS"):
            headers = complete(get(site, target, method, Origin="http://127.0.0.1:7474"))
            assert headers["Access-Control-Allow-Origin"] == "*"
            assert headers["Access-Control-Allow-Headers"] == "*"
    for target in ("/guide", "/session.json", "/people.json", "/"):
        assert "Access-Control-Allow-Origin" not in complete(get(site, target))


def test_every_answer_is_strict(site: Site) -> None:
    given = cookie(site, site.link("/open"))
    for target in ("/", "/open", "/session.json", "/static/guide.js", "/nothing"):
        headers = complete(get(site, target, Cookie=given))
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
    assert (
        complete(get(site, "/session.json", Cookie=given))["Cache-Control"] == "private, no-store"
    )


def test_browser_finds_its_database(site: Site) -> None:
    assert json.loads(get(site, "/").body) == {"bolt_direct": "bolt://127.0.0.1:7687"}
    cluster = Site(*[NoGraph()] * 2, replace(LOGIN, uri="neo4j+s://x:7687"), None, 7475)  # type: ignore[arg-type]
    assert json.loads(get(cluster, "/").body) == {"bolt_routing": "neo4j+s://x:7687"}


def test_what_is_said_of_a_login_hides_the_password() -> None:
    assert "se<ret" not in repr(LOGIN)
    counts = {"photos": 1, "faces": 1, "people": 1, "named": 1, "same": 0}
    text = guide.guide_page(counts, replace(LOGIN, username="<b>"), False)
    assert "se<ret" not in text
    assert "se&lt;ret" not in text
    assert "&lt;b&gt;" in text
    assert "<b>" not in text
