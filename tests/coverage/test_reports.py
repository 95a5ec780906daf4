"""The report in its four forms: the same figures in each, nothing unescaped, read over HTTP and by the command."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
import requests

from mockserver.app import create_app
from mockserver.coverage.page import page
from mockserver.coverage.report import percent
from mockserver.coverage.text import text
from mockserver.service import Service
from mockserver.settings import Settings
from tests.server_process import finished, running
from tests.web.admin_client import Admin, push

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server_process import Running

TOKEN = "open-sesame"


@pytest.fixture(scope="module")
def admin() -> Admin:
    """A service whose default sandbox had three commands, one of them refused, and one other sandbox."""
    admin = Admin(create_app(Service.start(Settings(clock="frozen"))).test_client())
    admin.send(push())
    admin.send({**push(), "media": "<b>&\x00"})
    admin.send(push(servicekey="FORCE_17"))
    admin.ok("POST", "/sandboxes", {"key": "other"})
    admin.send({"method": "getActiveUserList", "apikey": "test_org", "servicekey": "VoiceProcess"}, "other")
    return admin


def figures(admin: Admin) -> tuple[int, int, float]:
    totals = admin.ok("GET", "/coverage")["totals"]
    return totals["touched"], totals["rows"], totals["percent"]


def test_every_form_has_the_same_figures(admin: Admin) -> None:
    """JSON, text, page and JUnit XML agree on how many rows there are and how many were touched."""
    touched, rows, share = figures(admin)
    assert share == percent(touched, rows)
    written = f"{touched} of {rows} rows"
    replies = {
        form: admin.ask("GET", f"/coverage?format={form}") for form in ("text", "html", "junit", "json")
    }
    assert {reply.headers["X-Mock-Coverage"] for reply in replies.values()} == {f"{share:.1f}"}
    assert f"{written} touched ({share:.1f} %)" in replies["text"].text
    assert f"{written} of the contract ({share:.1f} %)" in replies["html"].text
    root = ET.fromstring(replies["junit"].data)
    cases = root.findall("testsuite/testcase")
    left = [case for case in cases if case.find("failure") is not None or case.find("skipped") is not None]
    assert (len(cases), len(cases) - len(left)) == (rows, touched)
    for suite in (root, *root.findall("testsuite")):
        mine = suite.findall(".//testcase")
        told = [suite.get(name) for name in ("tests", "failures", "skipped", "errors")]
        failed = sum(case.find("failure") is not None for case in mine)
        skipped = sum(case.find("skipped") is not None for case in mine)
        assert told == [str(len(mine)), str(failed), str(skipped), "0"]
        names = [(case.get("classname"), case.get("name")) for case in mine]
        assert len(set(names)) == len(names)


def test_totals_are_the_sums_of_the_methods_and_of_the_rows(admin: Admin) -> None:
    """Nothing is counted twice or nowhere, and what was not touched comes first."""
    document = admin.ok("GET", "/coverage")
    for name in ("rows", "touched", "forced_only"):
        assert document["totals"][name] == sum(each[name] for each in document["methods"])
    states = [row["state"] for row in document["rows"]]
    assert states == sorted(states, key=["untouched", "forced", "touched"].index)
    assert len(states) - states.count("untouched") == document["totals"]["touched"]
    assert document["requests"] == 3
    seventeen = next(row for row in document["rows"] if row["id"] == "ImportProcessData/1.0.6/request/17")
    assert (seventeen["natural"], seventeen["forced"], seventeen["state"]) == (1, 1, "touched")
    assert (seventeen["first"]["id"], seventeen["last"]["id"]) == ("r000002", "r000003")
    assert seventeen["force"] == {"method": "ImportProcessData", "status": 17, "level": "request"}


def test_what_can_be_forced_is_forced_by_the_body_that_is_told(admin: Admin) -> None:
    """Each status that has one: POST …/faults takes it (AM-14)."""
    bodies = [(row["edition"], row["force"]) for row in admin.ok("GET", "/coverage")["rows"] if row["force"]]
    assert len(bodies) > 150
    for edition in ("web", "1.0.6"):
        admin.ok("PATCH", "/sandboxes/other/settings", {"edition": edition})
        for wanted, body in bodies:
            if wanted == edition:
                admin.ok("POST", "/sandboxes/other/faults", body)
    admin.ok("DELETE", "/sandboxes/other/faults")


def test_all_is_what_every_sandbox_saw(admin: Admin) -> None:
    """scope=all adds the sandboxes up, whichever is asked."""
    one, other = (admin.ok("GET", f"{home}/coverage") for home in ("", "/sandboxes/other"))
    everything = admin.ok("GET", "/sandboxes/other/coverage?scope=all")
    assert everything["requests"] == one["requests"] + other["requests"]
    assert everything["totals"]["touched"] == one["totals"]["touched"] + other["totals"]["touched"]
    assert everything["sandboxes"] == ["default", "other"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("application/json", "application/json"), ("*/*", "application/json"), ("text/plain", "text/plain"),
        ("application/xml", "application/xml"), ("image/png", "application/json"),
    ],
)  # fmt: skip
def test_the_accept_header_chooses(admin: Admin, accept: str, kind: str) -> None:
    """A browser gets the page, a tool that says nothing JSON; the filter wins over the header."""
    reply = admin.ask("GET", "/coverage", headers={"Accept": accept})
    assert reply.content_type.partition(";")[0] == kind
    assert (reply.headers["Cache-Control"], reply.headers["X-Content-Type-Options"]) == (
        "no-store",
        "nosniff",
    )
    named = admin.ask("GET", "/coverage?format=junit", headers={"Accept": accept})
    assert named.content_type.startswith("application/xml")


@pytest.mark.parametrize("query", ["format=pdf", "scope=every", "form=html"])
def test_bad_filters_are_400(admin: Admin, query: str) -> None:
    """Each says what is expected."""
    assert admin.refused("GET", f"/coverage?{query}")["detail"]


class Reader(HTMLParser):
    """Notes the tags of a page and what they point to."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)
        for name, value in attrs:
            if name in ("href", "src"):
                self.links.append(value or "")
            if name == "id":
                self.ids.append(value or "")
            assert not name.startswith("on")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_needs_nothing_and_runs_nothing(admin: Admin) -> None:
    """No script, nothing from elsewhere, every tag closed, links lead within, and a policy that allows no more."""
    reply = admin.ask("GET", "/coverage?format=html")
    reader = Reader()
    reader.feed(reply.text)
    assert reader.open == []
    assert not reader.tags & {"script", "img", "link", "iframe", "form", "object"}
    assert {link[1:] for link in reader.links} <= set(reader.ids)
    assert all(link.startswith("#") for link in reader.links)
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert not re.search(r"url\(|@import", reply.text)


def test_whatever_stands_in_a_report_is_escaped(admin: Admin) -> None:
    """Texts that look like tags stay text, in findings, rows and keys of sandboxes."""
    document: dict[str, Any] = admin.ok("GET", "/coverage?scope=all")
    nasty = "<script>alert('x')</script>\"&"
    document["findings"] = [
        {
            "rule": nasty, "ledger": nasty, "method": nasty, "reason": nasty, "advice": nasty, "count": 2,
            "first": {"sandbox": nasty, "id": nasty}, "last": {"sandbox": nasty, "id": nasty},
        }
    ]  # fmt: skip
    document["rows"][0] |= {
        "field": nasty,
        "text": nasty,
        "ledger": [nasty],
        "kind": "field",
        "place": "record",
    }
    document["scope"], document["sandboxes"] = "sandbox", [nasty]
    made = page(document)
    assert "<script" not in made
    assert "&lt;script&gt;" in made
    assert nasty in text(document)


# The command


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """A real server that asks for a token, with a command sent to it."""
    with running("--admin-token", TOKEN) as found:
        body = {"data": json.dumps(push())}
        assert requests.post(found.ready["endpoint"], data=body, timeout=10).status_code == 200
        yield found


def ask(server: Running, *options: str) -> tuple[int, str, str]:
    return finished("coverage", "--url", server.ready["url"], "--admin-token", TOKEN, *options)


def test_the_command_prints_the_report(server: Running, tmp_path: Path) -> None:
    """As text, in any other form, into a file; exit code 0 without a limit or above it."""
    code, out, err = ask(server)
    assert (code, err) == (0, "")
    assert re.search(r"^ImportProcessData +1\.0\.6 ", out, re.MULTILINE)
    file = tmp_path / "coverage.xml"
    assert ask(server, "--all", "--format", "junit", "--output", str(file), "--fail-under", "1") == (
        0,
        "",
        "",
    )
    assert ET.parse(file).getroot().tag == "testsuites"
    code, out, _ = ask(server, "--sandbox", "default", "--format", "json")
    assert json.loads(out)["sandboxes"] == ["default"]


def test_below_the_limit_the_command_fails(server: Running) -> None:
    """Exit code 1, with the figure and the limit in a sentence; the report is printed all the same."""
    code, out, err = ask(server, "--fail-under", "99.5")
    assert code == 1
    assert "rows touched" in out
    assert re.search(r"[0-9.]+ % of the rows were touched, under the 99.5 % asked for", err)


def test_what_cannot_be_asked_is_exit_code_2(server: Running, tmp_path: Path) -> None:
    """No server, a wrong token, a sandbox there is not, a file that cannot be written, options that clash."""
    url = ("--url", server.ready["url"])
    for options, said in (
        (("--url", "http://127.0.0.1:9"), "does not answer"),
        (("--url", "ftp://nowhere"), "expected a URL"),
        ((*url, "--admin-token", "wrong-guess"), "401"),
        ((*url, "--admin-token", TOKEN, "--sandbox", "nowhere"), "404: no sandbox nowhere"),
        ((*url, "--admin-token", TOKEN, "--output", str(tmp_path)), "--output"),
        ((*url, "--sandbox", "default", "--all"), "exclude each other"),
        ((*url, "--fail-under", "101"), "101"),
        ((*url, "--fail-under", "nan"), "nan"),
    ):
        code, _, err = finished("coverage", *options)
        assert (code, said in err, "Traceback" in err) == (2, True, False), (options, err)
