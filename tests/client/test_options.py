"""What a sandbox is made with: options, scenarios, where the server is, and what is told when it does not work."""

from __future__ import annotations

import json
import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests

from mockserver import Sandbox
from mockserver.client import AdminError, NoServer
from mockserver.client.admin import TIMEOUT_SECONDS
from mockserver.client.sandbox import Options
from mockserver.errors import InvalidDocument
from mockserver.paths import data_dir
from mockserver.web.admin_http import LONGEST_WAIT
from tests.server_process import running

if TYPE_CHECKING:
    from pathlib import Path

    from mockserver.client import Server
    from tests.pretend_admin import Pretend

YAML = """\
name: broken
description: The first user status is refused.
rules:
  - id: first
    when: {method: userStatus}
    then: {status: 4}
"""
DICT: dict[str, Any] = {
    "description": "Late.",
    "rules": [{"id": "late", "then": {"faults": [{"http_status": {"code": 503}}]}}],
}


def test_options_are_those_of_the_admin_api(server: Server) -> None:
    """Key, seed, preset, customers, edition, quirks, idle time and dialler arrive."""
    with Sandbox(
        server.url, key="mine", seed=7, preset="demo", customers=3, edition="web", idle=600, dialler="auto",
        quirks={"all_failed": "promote"}, process="VoiceProcess",
    ) as jodo:  # fmt: skip
        made = jodo.admin("GET", "")
        assert jodo.admin("GET", "/simulation")["dialler"] == "auto"
        assert jodo.servicekey == jodo.servicekeys["VoiceProcess"]
    names = ("key", "seed", "preset", "customers", "edition", "idle", "quirks")
    assert {name: made[name] for name in names} == {
        "key": "mine", "seed": 7, "preset": "demo", "customers": 3, "edition": "web", "idle": 600,
        "quirks": {"all_failed": "promote"},
    }  # fmt: skip


def test_every_option_the_server_knows_can_be_given() -> None:
    """The options of a sandbox are the members of the body that makes one, and no others."""
    body = json.loads((data_dir("schemas") / "admin" / "sandbox.json").read_text(encoding="utf-8"))
    assert set(Options.__annotations__) == set(body["properties"])


def test_the_client_is_more_patient_than_a_long_poll() -> None:
    """Who waits as long as the server allows is answered and not told that there is no server."""
    assert TIMEOUT_SECONDS > LONGEST_WAIT


@pytest.mark.parametrize(
    ("given", "mode", "now"),
    [
        ("2026-01-02 09:00:00", "frozen", "2026-01-02 09:00:00"),
        (datetime(2026, 1, 2, 9), "frozen", "2026-01-02 09:00:00"),  # noqa: DTZ001 - the API knows no zones
        ({"mode": "frozen", "now": "2026-01-02 09:00:00"}, "frozen", "2026-01-02 09:00:00"),
        ("frozen", "frozen", None),
        ("real", "real", None),
        ("scaled:60", "scaled", None),
        ("scaled:0.5", "scaled", None),
    ],
)
def test_clocks(server: Server, given: Any, mode: str, now: str | None) -> None:
    """A time means: frozen there."""
    with Sandbox(server.url, clock=given) as jodo:
        assert jodo.clock["mode"] == mode
        assert now is None or jodo.clock["now"] == now


@pytest.mark.parametrize("scale", ["sixty", "", "nan", "-1", "1.2.3", "0"])
def test_a_scale_that_is_none_is_told_by_the_server(server: Server, scale: str) -> None:
    """What stands behind ``scaled:`` and is no number above 0 is refused with its place, as any other option."""
    with pytest.raises(AdminError, match="/clock/scale: "):
        Sandbox(server.url, clock=f"scaled:{scale}").open()


def test_a_time_with_a_zone_is_refused(server: Server) -> None:
    """A sandbox's time has no zone: one that has would silently mean another moment."""
    moment = datetime(2026, 1, 2, 9, tzinfo=UTC)
    with pytest.raises(ValueError, match=r"no zone.*2026-01-02T09:00:00\+00:00 without"):
        Sandbox(server.url, clock=moment).open()
    with Sandbox(server.url, clock="2026-01-01 00:00:00") as jodo:
        with pytest.raises(ValueError, match="no zone"):
            jodo.set_clock(moment)
        with pytest.raises(ValueError, match="no zone"):
            jodo.advance(until=moment)
        assert jodo.clock["now"] == "2026-01-01 00:00:00"


def test_a_scaled_clock_is_asked_for_as_on_the_command_line(pretend: Pretend) -> None:
    """``scaled:60`` becomes mode and scale."""
    with Sandbox(pretend.url, clock="scaled:60"):
        assert pretend.asked[0][2] == {"clock": {"mode": "scaled", "scale": 60}}


def test_requests_follow_a_running_clock(server: Server) -> None:
    """On a real clock the time of a request is that of the sandbox, to two seconds."""
    with Sandbox(server.url, clock={"mode": "real", "now": "2026-01-02 09:00:00"}) as jodo:
        jodo.call("userStatus", loginids=["user1"])
        seen = jodo.request("r000001")
    sent = json.loads(seen["request"]["body"].removeprefix("data="))["reqdatetime"]
    apart = datetime.fromisoformat(seen["at"]) - datetime.fromisoformat(sent)
    assert abs(apart.total_seconds()) <= 2


def test_scenarios_come_by_name_file_or_dict(server: Server, tmp_path: Path) -> None:
    """All of them play from the beginning, and again after a reset."""
    path = tmp_path / "broken.yaml"
    path.write_text(YAML, encoding="utf-8")
    with Sandbox(server.url, scenarios=["calm", path, {"name": "late", **DICT}]) as jodo:
        for _ in range(2):
            playing = {play["name"] for play in jodo.admin("GET", "/scenarios")["active"]}
            assert playing == {"calm", "broken", "late"}
            jodo.reset()


def test_play_takes_the_same(server: Server, tmp_path: Path) -> None:
    """The name comes from the document, or from the file, or there is one for a dict without."""
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(DICT), encoding="utf-8")
    with Sandbox(server.url) as jodo:
        assert jodo.play("calm") == "calm"
        assert jodo.play(str(path)) == "mine"
        assert jodo.play(DICT) == "of-the-test"
        assert jodo.call("userStatus").http_status == 503


def test_a_bad_scenario_is_told_by_its_lines(server: Server, tmp_path: Path) -> None:
    """What is no YAML, and what the contract refuses, both with file and line; a dict with its pointer."""
    path = tmp_path / "bad.yaml"
    with Sandbox(server.url) as jodo:
        path.write_text("rules: [", encoding="utf-8")
        with pytest.raises(InvalidDocument, match=r"bad\.yaml:\d"):
            jodo.play(path)
        path.write_text(YAML.replace("status: 4", "status: 9876"), encoding="utf-8")
        with pytest.raises(InvalidDocument, match=r"bad\.yaml:6:\d+: /rules/0/then"):
            jodo.play(path)
        with pytest.raises(InvalidDocument, match="cannot be read"):
            jodo.play(tmp_path / "none.yaml")
        with pytest.raises(AdminError, match="/rules"):
            jodo.play({"rules": 5})
        with pytest.raises(AdminError, match="did you mean calm"):
            jodo.play("clam")


def test_what_is_refused_is_told_in_the_servers_words(server: Server) -> None:
    """One thing wrong is one line; several are listed below the first."""
    with pytest.raises(AdminError, match=r"^/seed: .*expected") as one:
        Sandbox(server.url, seed="x").open()  # type: ignore[arg-type]
    assert (one.value.http_status, one.value.title) == (422, "the body cannot be used")
    with pytest.raises(AdminError) as two:
        Sandbox(server.url, seed="x", preset="y").open()  # type: ignore[arg-type]
    assert len(two.value.errors) == 2
    assert len(str(two.value).splitlines()) == 3


def test_an_unknown_process_leaves_nothing_behind(server: Server) -> None:
    """It is named with those there are, and the sandbox made meanwhile is dropped."""
    with pytest.raises(ValueError, match=r"'Mumbai'.*MUMBAI_CRM_OBD"):
        Sandbox(server.url, key="of-nobody", process="Mumbai").open()
    assert requests.get(f"{server.admin}/sandboxes/of-nobody", timeout=10).status_code == 404


def test_a_server_that_is_not_there_is_told() -> None:
    """One sentence with the URL."""
    with pytest.raises(NoServer, match=r"no server answers at http://127\.0\.0\.1:9"):
        Sandbox("http://127.0.0.1:9/").open()


def test_a_self_signed_server_is_used_once_it_is_trusted(
    tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    """Until then one sentence tells how; with the server's own certificate all goes on as over http."""
    pytest.importorskip("cryptography")
    with running("--tls", "self-signed") as found:
        url = found.ready["url"]
        with pytest.raises(NoServer, match=r"is not trusted; REQUESTS_CA_BUNDLE=FILE"):
            Sandbox(url).open()
        certificate = tmp_path / "jodo.pem"
        certificate.write_text(ssl.get_server_certificate(("127.0.0.1", urlsplit(url).port or 0)), "ascii")
        environment.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        with Sandbox(url) as sandbox:
            assert sandbox.call("userStatus").http_status == 200
            assert [each["method"] for each in sandbox.requests()] == ["userStatus"]


def test_something_else_at_that_url_is_told(pretend: Pretend) -> None:
    """What answers without a problem document is not taken for an admin API."""
    pretend.answers["POST", "/sandboxes"] = (500, "Tomcat")
    pretend.answers["POST", "/sandboxes"] = (404, "<html>")
    with pytest.raises(AdminError, match="no answer of an admin API: <html>"):
        Sandbox(pretend.url).open()


def test_the_environment_names_server_and_token(pretend: Pretend, environment: pytest.MonkeyPatch) -> None:
    """JODO_MOCK_URL and JODO_MOCK_ADMIN_TOKEN are used; an argument goes before them."""
    environment.setenv("JODO_MOCK_URL", f"{pretend.url}/")
    environment.setenv("JODO_MOCK_ADMIN_TOKEN", "secret")
    with Sandbox() as jodo:
        assert (jodo.server.url, jodo.server.pid) == (pretend.url, None)
    with Sandbox(token="other"):
        pass
    tokens = [headers["Authorization"] for _, _, _, headers in pretend.asked]
    assert tokens == ["Bearer secret"] * 2 + ["Bearer other"] * 2
