"""What stands behind a recording link: which paths are served, in which sandbox, and how (in process)."""

from __future__ import annotations

import builtins
import io
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.audio.speech import say, silence
from mockserver.sandbox import Plan
from tests.recordings.mpeg import frames

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from mockserver.sandbox import Sandbox
    from mockserver.service import Service

DOUBLE = "/recordings//1/1/2014/09/12/18/140912183554281005_0000.MP3"
SINGLE = "/recordings/1/1/2018/07/17/17/180717171728015031_1001_1500_1_2500_1728015.MP3"
MISSING = "/recordings/1/1/2018/07/17/17/180717171728015999_1001_1500_1_2500_1728015.MP3"
DOCUMENTED = "http://192.168.2.127"
NEW = "/recordings/1/1/2026/01/02/09/260102090000000001_0000.MP3"


def record(sandbox: Sandbox, path: str, systemcallid: str, **more: Any) -> None:
    """Store a recording as the floor would."""
    row = {"tenant": "test_org", "systemcallid": systemcallid, "sessionid": 1, "url": DOCUMENTED + path}
    sandbox.store.insert("recordings", {**row, "missing": False, "seconds": 3, **more})


def refused(reply: TestResponse, status: int) -> dict[str, Any]:
    """Check that a reply is a problem document of that status, readable by a page, and return it."""
    assert (reply.status_code, reply.content_type) == (status, "application/problem+json")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.json is not None
    assert reply.json["status"] == status
    document: dict[str, Any] = reply.json
    return document


def test_a_printed_link_is_served_with_its_double_slash_and_no_redirect(client: FlaskClient) -> None:
    """The link of the first example keeps its two slashes and is 200 at once (REC-09, SIM-17, AM-17)."""
    reply = client.get(DOUBLE, follow_redirects=False)
    assert reply.status_code == 200
    assert reply.content_type == "audio/mpeg"
    assert reply.headers["Accept-Ranges"] == "bytes"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert int(reply.headers["Content-Length"]) == len(reply.data)
    assert "Location" not in reply.headers
    assert not [name for name in reply.headers if name[0].startswith("X-Mock-")]


def test_a_link_with_plain_slashes_is_served(client: FlaskClient) -> None:
    """The link of the second example, with its longer file name, is served as printed (MREC-10)."""
    assert client.get(SINGLE).status_code == 200


@pytest.mark.parametrize("path", [DOUBLE, SINGLE])
def test_what_is_served_is_mpeg_audio(client: FlaskClient, path: str) -> None:
    """Under a link that ends with .MP3 stand MPEG frames and nothing else (AM-17)."""
    found = frames(client.get(path).data)
    assert len(found) > 10
    assert {frame.rate for frame in found} == {16000}


def test_with_the_extra_calls_speak_the_number_that_was_called(client: FlaskClient) -> None:
    """The sound is the number of the call's entry: 9000000483 and 9000000008 (AM-17)."""
    pytest.importorskip("lameenc", reason="the extra audio is not installed")
    assert client.get(DOUBLE).data == client.get(DOUBLE).data == say("9000000483").content
    assert client.get(SINGLE).data == say("9000000008").content
    assert client.get(SINGLE).data != client.get(DOUBLE).data


def test_without_the_extra_calls_are_a_constant_sound(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All calls sound alike, and parts and tags work all the same (SIM-17, AM-17)."""
    monkeypatch.setitem(sys.modules, "lameenc", None)
    whole = client.get(DOUBLE)
    assert whole.data == client.get(SINGLE).data == silence().content
    part = client.get(DOUBLE, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, whole.data[10:20])
    tag = {"If-None-Match": whole.headers["ETag"]}
    assert client.get(SINGLE, headers=tag).status_code == 304


def test_a_call_without_an_entry_speaks_its_systemcallid(service: Service, client: FlaskClient) -> None:
    """An entry found by the systemcallid will do; without any, the digits of the id are spoken."""
    pytest.importorskip("lameenc", reason="the extra audio is not installed")
    sandbox = service.registry.create(Plan())
    here = f"/sandboxes/{sandbox.key}{NEW}"
    record(sandbox, NEW, "260102090000000001", sessionid=999999)
    assert client.get(here).data == say("260102090000000001").content
    entry = {
        "tenant": "test_org", "calllistid": 5, "contact": "9876543210", "systemcallid": "260102090000000001",
    }  # fmt: skip
    sandbox.store.insert("calls", entry)
    assert client.get(here).data == say("9876543210").content


REFUSED = {
    "single slash for the stored two": DOUBLE.replace("//", "/"),
    "two slashes for the stored one": SINGLE.replace("recordings/", "recordings//"),
    "three slashes": DOUBLE.replace("//", "///"),
    "slashes inside": SINGLE.replace("/2018/", "//2018/"),
    "missing file": MISSING,
    "another folder": SINGLE.replace("/17/18", "/18/18"),
    "another ending": SINGLE.replace(".MP3", ".mp3"),
    "a longer name": SINGLE + "x",
    "a shorter name": SINGLE.replace("_1728015", ""),
    "a folder": "/recordings/1/1/2018/07/17/17/",
    "the base": "/recordings/",
    "unknown call": NEW,
    "only the id": "/recordings/180717171728015031",
    "a huge id": "/recordings/" + "9" * 5000,
    "no id": "/recordings/index.html",
    "up": "/recordings/../recordings/1/1/2018/07/17/17/180717171728015031_1001_1500_1_2500_1728015.MP3",
    "up to a file": "/recordings/../../../../../etc/passwd",
    "up behind a call": "/recordings/1/../../180717171728015031_0000.MP3",
    "up, escaped": "/recordings/%2e%2e/%2e%2e/etc/passwd",
    "slash escaped": DOUBLE.replace("//", "/%2F"),
    "slash escaped, lower case": DOUBLE.replace("//", "/%2f"),
    "letter escaped": SINGLE.replace("MP3", "%4DP3"),
    "backslash": SINGLE.replace("/17/18", "\\17\\18"),
    "NUL": SINGLE + "%00",
    "NUL before": "/recordings/%001/1/2018",
    "absolute": "/recordings//etc/passwd",
    "absolute with an id": "/recordings//etc/180717171728015031",
    "not text": "/recordings/%ff%fe/180717171728015031",
    "a URL": "/recordings/http://192.168.2.127" + SINGLE,
    "query in the name": SINGLE + "%3Fa=b",
    "other digits": "/recordings/\u0967/180717171728015031",
    "dot": SINGLE.replace("/1/1/", "/./1/1/"),
}


@pytest.mark.parametrize("prefix", ["", "/sandboxes/default"])
@pytest.mark.parametrize("path", REFUSED.values(), ids=REFUSED.keys())
def test_only_what_is_stored_is_served(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, prefix: str, path: str
) -> None:
    """Every other path is 404, never a redirect, and no file is opened for it."""
    client.get(SINGLE)

    def forbidden(*_: Any, **__: Any) -> Any:
        raise AssertionError("a file was opened")

    with monkeypatch.context() as patched:
        patched.setattr(builtins, "open", forbidden)
        patched.setattr(io, "open", forbidden)
        patched.setattr(os, "open", forbidden)
        reply = client.get(prefix + path, follow_redirects=False)
    assert refused(reply, 404)["title"] == "unknown recording"


@pytest.mark.parametrize("name", REFUSED)
def test_lost_slashes_are_told(client: FlaskClient, name: str) -> None:
    """Who lost one slash of the documented two on the way is told so, and nobody else is (REC-09)."""
    detail = refused(client.get(REFUSED[name]), 404)["detail"]
    assert ("two slashes" in detail) == (name == "single slash for the stored two")


def test_a_missing_file_is_missing_with_any_slashes(service: Service, client: FlaskClient) -> None:
    """A link whose file is gone is not suggested (REC-19)."""
    path = NEW.replace("recordings/", "recordings//")
    record(service.registry.get("default"), path, "260102090000000001", missing=True)
    assert "two slashes" not in refused(client.get(NEW), 404)["detail"]


def test_a_query_is_no_part_of_a_link(client: FlaskClient) -> None:
    """Players append one to get past caches; its escapes are its own matter."""
    assert client.get(SINGLE + "?t=1%2F2").status_code == 200


def test_a_link_of_another_host_is_not_served(service: Service, client: FlaskClient) -> None:
    """Only links with the documented base are the server's own (REC-09)."""
    sandbox = service.registry.create(Plan())
    record(sandbox, NEW, "260102090000000001", url=f"http://elsewhere.test{NEW}")
    refused(client.get(f"/sandboxes/{sandbox.key}{NEW}"), 404)


def test_one_of_several_recordings_of_an_id_is_enough(service: Service, client: FlaskClient) -> None:
    """Tenants may share an id; a missing file of one does not hide the other's."""
    sandbox = service.registry.create(Plan())
    here = f"/sandboxes/{sandbox.key}{NEW}"
    record(sandbox, NEW, "260102090000000001", missing=True)
    refused(client.get(here), 404)
    record(sandbox, NEW, "260102090000000001", tenant="demo_org")
    assert client.get(here).status_code == 200


def test_a_recording_is_visible_in_its_own_sandbox_alone(service: Service, client: FlaskClient) -> None:
    """Path, then header, then the default sandbox say whose recordings are asked for (AM-17)."""
    mine, other = (service.registry.create(Plan()) for _ in range(2))
    record(mine, NEW, "260102090000000001")
    header = {"X-Mock-Sandbox": mine.key}
    assert client.get(f"/sandboxes/{mine.key}{NEW}").status_code == 200
    assert client.get(NEW, headers=header).status_code == 200
    refused(client.get(NEW), 404)
    refused(client.get(f"/sandboxes/{other.key}{NEW}"), 404)
    refused(client.get(f"/sandboxes/{other.key}{NEW}", headers=header), 404)
    mine.reset()
    refused(client.get(NEW, headers=header), 404)


def test_an_unknown_sandbox_is_not_the_default_one(client: FlaskClient) -> None:
    """A key nobody has is 404, in path and header."""
    for reply in (
        client.get(f"/sandboxes/nobody{SINGLE}"),
        client.get(SINGLE, headers={"X-Mock-Sandbox": "nobody"}),
    ):
        assert refused(reply, 404)["title"] == "unknown sandbox"


def test_the_minted_copy_of_a_tenant_has_the_same_links(service: Service, client: FlaskClient) -> None:
    """A sandbox's own tenant has its recordings under the same paths, of the same calls (SIM-17)."""
    sandbox = service.registry.create(Plan())
    assert client.get(f"/sandboxes/{sandbox.key}{DOUBLE}").data == client.get(DOUBLE).data


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=100-", 100, None),
        ("bytes=-100", -100, None),
        ("bytes=0-99999999", 0, None),
        ("Bytes = 5 - 9", 5, 10),
    ],
)
def test_a_part_is_206(client: FlaskClient, asked: str, start: int, end: int | None) -> None:
    """Players seek: one range of bytes is answered with these bytes, their place and their number."""
    whole = client.get(DOUBLE).data
    reply = client.get(DOUBLE, headers={"Range": asked})
    assert (reply.status_code, reply.data) == (206, whole[start:end])
    first = start % len(whole)
    last = first + len(reply.data) - 1
    assert reply.headers["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"
    assert reply.headers["Content-Length"] == str(len(reply.data))
    assert reply.headers["Access-Control-Expose-Headers"] == "Accept-Ranges, Content-Range, ETag"


@pytest.mark.parametrize("asked", ["bytes=9999999-", "bytes=-0", "bytes=9999999-99999999"])
def test_a_part_that_is_not_there_is_416(client: FlaskClient, asked: str) -> None:
    """Its Content-Range says how many bytes there are."""
    reply = client.get(DOUBLE, headers={"Range": asked})
    refused(reply, 416)
    assert reply.headers["Content-Range"] == f"bytes */{len(client.get(DOUBLE).data)}"


@pytest.mark.parametrize(
    "asked", ["seconds=1-2", "bytes=5-3", "bytes=a-b", "bytes=", "bytes=0-1,4-5", "bytes=" + "9" * 5000 + "-"]
)
def test_a_range_that_is_none_is_ignored(client: FlaskClient, asked: str) -> None:
    """Other units, malformed ranges and several at once are answered with the whole (RFC 9110, 14.2)."""
    reply = client.get(DOUBLE, headers={"Range": asked})
    assert (reply.status_code, len(reply.data)) == (200, int(reply.headers["Content-Length"]))


def test_a_tag_saves_sending_it_again(client: FlaskClient) -> None:
    """If-None-Match with the tag is 304 without a body; with another, or a range, all as usual."""
    whole = client.get(DOUBLE)
    tag = whole.headers["ETag"]
    same = client.get(DOUBLE, headers={"If-None-Match": f'"x", {tag}'})
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)
    assert same.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(DOUBLE, headers={"If-None-Match": '"x"'}).status_code == 200
    assert client.get(DOUBLE, headers={"If-None-Match": "*"}).status_code == 304


def test_a_part_is_of_the_sound_the_client_has(client: FlaskClient) -> None:
    """If-Range: the part for the tag it was sent with, the whole for any other."""
    whole = client.get(DOUBLE)
    part = {"Range": "bytes=1-2"}
    same = client.get(DOUBLE, headers={**part, "If-Range": whole.headers["ETag"]})
    assert (same.status_code, same.data) == (206, whole.data[1:3])
    other = client.get(DOUBLE, headers={**part, "If-Range": '"x"'})
    assert (other.status_code, other.data) == (200, whole.data)


def test_head_says_what_get_would(client: FlaskClient) -> None:
    """The same headers and no body; a range is GET's alone (RFC 9110, 14.2)."""
    whole = client.get(DOUBLE)
    for headers in ({}, {"Range": "bytes=1-2"}, {"Range": "bytes=9999999-"}):
        head = client.head(DOUBLE, headers=headers)
        assert (head.status_code, head.data) == (200, b"")
        assert head.headers == whole.headers
    assert client.head(DOUBLE, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    assert client.head(NEW).status_code == 404


@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
def test_recordings_are_only_read(client: FlaskClient, verb: str) -> None:
    """Other verbs are 405, whatever the path, and told which ones there are."""
    for path in (DOUBLE, NEW, f"/sandboxes/nobody{NEW}"):
        reply = client.open(path, method=verb)
        refused(reply, 405)
        assert reply.headers["Allow"] == "GET, HEAD"


def test_a_page_may_ask_beforehand(client: FlaskClient) -> None:
    """The preflight allows the headers of players and the sandbox's own, and is empty."""
    asks = {"Origin": "http://page.test", "Access-Control-Request-Method": "GET"}
    reply = client.options(DOUBLE, headers=asks)
    assert (reply.status_code, reply.data) == (204, b"")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    allowed = reply.headers["Access-Control-Allow-Headers"].split(", ")
    assert {"Range", "If-Range", "X-Mock-Sandbox"} <= set(allowed)


def test_a_recording_is_found_through_an_index(service: Service, client: FlaskClient) -> None:
    """However many recordings there are, only those of the id are looked at."""
    sandbox = service.registry.create(Plan())
    looked: list[dict[str, Any]] = []
    find = sandbox.store.find

    def spy(table: str, **where: Any) -> Any:
        looked.append({"table": table, **where})
        return find(table, **where)

    sandbox.store.find = spy  # type: ignore[method-assign]
    assert client.get(f"/sandboxes/{sandbox.key}{SINGLE}").status_code == 200
    assert looked == [{"table": "recordings", "systemcallid": "180717171728015031"}]
