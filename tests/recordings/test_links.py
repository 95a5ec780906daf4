"""Stored links become links that lead somewhere: the setting, the address, the swap."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver import values
from mockserver.cli import main
from mockserver.links import base_for, public_url
from mockserver.model import Inbound
from mockserver.paths import data_dir
from mockserver.sandbox import Plan
from mockserver.service import Service
from mockserver.settings import ENDPOINT, Settings, build, read_config
from mockserver.web import api

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENTED = "http://192.168.2.127/recordings/"
DOUBLE = "/1/1/2014/09/12/18/140912183554281005_0000.MP3"
SINGLE = "1/1/2018/07/17/17/180717171728015031_1001_1500_1_2500_1728015.MP3"
MOCK = "http://127.0.0.1:8080/recordings/"


def test_the_documented_base_stands_in_the_documents() -> None:
    """``http://192.168.2.127/recordings/`` is data (REC-09), and every seeded link begins with it (MREC-10)."""
    common = json.loads((data_dir("schemas") / "common.json").read_text(encoding="utf-8"))
    assert common["recordings"] == {"ledger": "REC-09", "base": DOCUMENTED}
    golden = json.loads((data_dir("schemas") / "presets" / "golden.json").read_text(encoding="utf-8"))
    links = {row["url"] for row in golden["recordings"]}
    assert {DOCUMENTED + DOUBLE, DOCUMENTED + SINGLE} <= links
    assert all(link.startswith(DOCUMENTED) for link in links)


@pytest.mark.parametrize(
    ("stored", "public"),
    [
        (DOCUMENTED + DOUBLE, "http://127.0.0.1:8080/recordings//1/1/2014/09/12/18/140912183554281005_0000.MP3"),
        (DOCUMENTED + SINGLE, MOCK + SINGLE),
        ("", ""),
        ("http://192.168.2.127/other/x.MP3", "http://192.168.2.127/other/x.MP3"),
        ("https://192.168.2.127/recordings/x.MP3", "https://192.168.2.127/recordings/x.MP3"),
        ("http://cdn.example/recordings/x.MP3", "http://cdn.example/recordings/x.MP3"),
    ],
)  # fmt: skip
def test_only_the_documented_base_is_swapped(stored: str, public: str) -> None:
    """Slashes stay as they are stored, file names too, and a link of another host is nobody's to change."""
    assert public_url(stored, DOCUMENTED, MOCK) == public


@given(st.text(), st.sampled_from([MOCK, "https://h/sandboxes/k/recordings/"]))
def test_a_swap_can_be_taken_back(rest: str, base: str) -> None:
    """What stands behind the base is kept to the letter, and without a base so is all of it (REC-09)."""
    assert public_url(public_url(DOCUMENTED + rest, DOCUMENTED, base), base, DOCUMENTED) == DOCUMENTED + rest
    assert public_url(DOCUMENTED + rest, DOCUMENTED, None) == DOCUMENTED + rest


@pytest.mark.parametrize(
    ("setting", "key", "scheme", "host", "base"),
    [
        (None, None, "http", "h", None),
        (None, "k", "http", "h", None),
        (MOCK, None, "https", "else.where", MOCK),
        (MOCK, "k", "http", "h", "http://127.0.0.1:8080/sandboxes/k/recordings/"),
        ("https://h/m/recordings/", "k", "http", "h", "https://h/m/sandboxes/k/recordings/"),
        ("https://cdn.example/audio/", "k", "http", "h", "https://cdn.example/sandboxes/k/audio/"),
        ("https://cdn.example/", "k", "http", "h", "https://cdn.example/sandboxes/k/"),
        ("http://h/myrecordings/", "k", "http", "h", "http://h/sandboxes/k/myrecordings/"),
        ("self", None, "http", "127.0.0.1:8080", MOCK),
        ("self", None, "https", "mock.test", "https://mock.test/recordings/"),
        ("self", "a.b-c_1", "http", "[::1]:80", "http://[::1]:80/sandboxes/a.b-c_1/recordings/"),
        ("self", None, "http", "", None),
        ("self", "k", "http", "a b", None),
        ("self", None, "http", "h/../x", None),
        ("self", None, "http", 'h"', None),
        ("self", None, "http", "user@h", None),
    ],
)
def test_the_base_of_a_sandbox(
    setting: str | None, key: str | None, scheme: str, host: str, base: str | None
) -> None:
    """``/sandboxes/<key>`` goes before ``/recordings``; ``self`` is the client's own address if it is one (REC-09)."""
    assert base_for(setting, key, scheme, host) == base


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("self", "self"),
        (" SELF ", "self"),
        ("http://127.0.0.1:8080/recordings/", MOCK),
        ("http://127.0.0.1:8080/recordings", MOCK),
        ("https://cdn.example", "https://cdn.example/"),
        ("https://[::1]:8443/a/recordings//", "https://[::1]:8443/a/recordings/"),
    ],
)
def test_a_base_that_is_taken(given: str, taken: str) -> None:
    """The word self in any case, or an http(s) URL, which ends with one slash from then on (REC-09)."""
    assert values.recording_base(given) == taken
    assert values.recording_base(taken) == taken


WRONG = (
    "", "recordings", "/recordings/", "ftp://h/recordings/", "file:///tmp", "http://", "http:///recordings",
    "http://h:99999/", "http://h:x/", "http://[::1/", "http://h/recordings/?a=b", "http://h/#a", "http://h/a b",
    "http://me:secret@h/", "http://h/\u00e9/", "http://h/a\x00b", "http://h/a\\b",
)  # fmt: skip


@pytest.mark.parametrize("given", WRONG)
def test_a_base_that_is_refused(given: str) -> None:
    """Anything else is refused with what was expected and what came."""
    with pytest.raises(ValueError, match="expected self, or a URL") as refused:
        values.recording_base(given)
    assert repr(given) in str(refused.value)


def test_a_wrong_base_is_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    """The command line says in one line what it expected."""
    assert main(["serve", "--recording-base", "nowhere"]) == 2
    said = capsys.readouterr().err
    assert "--recording-base" in said
    assert "http://127.0.0.1:8080/recordings/" in said
    assert said.count("\n") == 1


def test_a_config_file_may_set_it(tmp_path: Path) -> None:
    """The key is ``recording-base``; out of the box links keep the documented host (REC-09)."""
    file = tmp_path / "jodo.toml"
    file.write_text('recording-base = "https://h/recordings"\n', encoding="utf-8")
    assert build(read_config(str(file))).recording_base == "https://h/recordings/"
    assert Settings().recording_base is None


def test_a_sandbox_knows_its_links() -> None:
    """What is stored stays; the client of each sandbox gets the link that leads into it (SIM-17)."""
    service = Service.start(Settings(recording_base="self"))
    default = service.registry.get("default")
    own = service.registry.create(Plan(), "mine")
    stored = DOCUMENTED + DOUBLE
    assert default.recording_url(stored, "http", "h:1") == f"http://h:1/recordings/{DOUBLE}"
    assert own.recording_url(stored, "https", "h") == f"https://h/sandboxes/mine/recordings/{DOUBLE}"
    assert own.recording_url(stored, "https", "no host") == stored
    assert [row["url"] for _, row in own.store.find("recordings", systemcallid="140912183554281005")] == [
        stored, stored,  # the golden tenant's, and its minted copy's
    ]  # fmt: skip


def test_without_the_setting_links_are_as_documented() -> None:
    """The host of the documents stays in them, as printed (REC-09, MREC-10)."""
    sandbox = Service.start(Settings()).registry.create(Plan(), "mine")
    for stored in (DOCUMENTED + DOUBLE, DOCUMENTED + SINGLE):
        assert sandbox.recording_url(stored, "http", "127.0.0.1:8080") == stored


def test_a_request_knows_how_the_server_was_reached() -> None:
    """http unless the request came over TLS, in Flask as on the event loop."""
    from mockserver.app import create_app

    app = create_app(Service.start(Settings(admin="off")))
    for scheme in ("http", "https"):
        with app.test_request_context(ENDPOINT, base_url=f"{scheme}://mock.test"):
            found = api.inbound(b"")
            assert (found.scheme, found.headers["host"]) == (scheme, "mock.test")
    assert Inbound("GET", ENDPOINT).scheme == "http"
