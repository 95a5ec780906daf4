"""Whose word counts: header over process over sandbox over server, for edition and quirks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockserver.errors import UnknownQuirk
from mockserver.sandbox import Plan
from mockserver.service import Service
from mockserver.settings import ENDPOINT, Settings
from tests.api import IMPORT, NOW, Api, without

if TYPE_CHECKING:
    from collections.abc import Mapping

BAD = without(media="99")


def edition(api: Api, headers: Mapping[str, str] | None = None, port: int = 8080, **quirks: Any) -> str:
    """Which edition answers, by the envelope of a failure."""
    answer = api.post(BAD, headers=headers, port=port, **quirks)
    return {"timestamp": "1.0.6", "resdatetime": "web"}[list(answer.body)[-1]]


@pytest.mark.parametrize(
    ("host", "port", "expected"),
    [
        ("localhost:8080", 8080, "1.0.6"),
        ("demo2.avhan.com", 443, "web"),
        ("DEMO2.avhan.com:9443", 8080, "web"),
        ("localhost:9443", 8080, "web"),
        ("localhost", 9443, "web"),
        ("api.jodo.com", 443, "1.0.6"),
        ("[::1]:9443", 8080, "web"),
        ("[::1]", 8080, "1.0.6"),
        ("", 8080, "1.0.6"),
    ],
)
def test_host_and_port_choose_the_edition(api: Api, host: str, port: int, expected: str) -> None:
    """GEN-19, TRN-02, E-01: 9443 and demo2.avhan.com mean the web edition; the path is the same on every port."""
    assert edition(api, {"Host": host} if host else None, port) == expected


def test_the_edition_of_a_request_by_rank(api: Api) -> None:
    """AM-12, GEN-19, AM-63: X-Mock-Edition, X-Mock-Quirk, process, sandbox, host and port, server."""
    web_port, plain = {"Host": "x:9443"}, {"Host": "x:8080"}
    assert (edition(api, plain), edition(api, web_port)) == ("1.0.6", "web")
    api.sandbox.configure("1.0.6", {})
    assert edition(api, web_port) == "1.0.6"
    api.sandbox.configure("web", {})
    assert edition(api, plain) == "web"
    api.process(edition="1.0.6")
    assert (edition(api, plain), edition(api, web_port)) == ("1.0.6", "1.0.6")
    assert edition(api, plain, edition="web") == "web"
    assert edition(api, {"X-Mock-Edition": "web"}) == "web"
    assert edition(api, {"X-Mock-Edition": " web "}, edition="1.0.6") == "web"
    assert edition(api, {"X-Mock-Edition": "1.0.6"}, edition="web") == "1.0.6"


def test_the_process_is_looked_up_by_the_key_as_sent(api: Api) -> None:
    """AM-12: the edition of a process holds for every refusal after its key was read, not for malformed bytes."""
    api.process(edition="web")
    assert edition(api) == "web"
    assert "resdatetime" in api.post(without(apikey="no_such_org")).body
    assert "timestamp" in api.post(without(servicekey="no_such_process")).body
    assert "timestamp" in api.post('data={"servicekey":"MUMBAI_CRM_OBD","method":"ImportProcessData"').body


def test_quirks_by_rank(api: Api) -> None:
    """AM-13, GEN-20: header over process over sandbox; what nobody sets keeps its default."""

    def seen(**quirks: Any) -> list[str]:
        return [key for key in api.post(BAD, **quirks).body if key not in ("method", "statusdesc", "status")]

    def status_type() -> str:
        return type(api.post(BAD).body["status"]).__name__

    assert seen() == ["timestamp"]
    api.sandbox.configure(None, {"ipd106_fail_time_key": "resdatetime", "ipd106_status_type": "int"})
    assert (seen(), status_type()) == (["resdatetime"], "int")
    api.process(quirks={"ipd106_fail_time_key": "timestamp"})
    assert (seen(), status_type()) == (["timestamp"], "int")
    assert seen(ipd106_fail_time_key="resdatetime") == ["resdatetime"]
    assert api.post(without(media="99", servicekey="VoiceInOut")).body["resdatetime"]


def test_the_servers_quirks_are_the_last_resort() -> None:
    """AM-13, AM-12: a sandbox's quirk beats the server's, and the server's beats the default; so for editions."""
    service = Service.start(
        Settings(
            clock="frozen", at=NOW, edition="web", quirks={"web_fail_desc": "table", "revisionno_type": "int"}
        )
    )
    plain = Api(service)
    assert plain.post(BAD).body["statusdesc"] == "Invalid Media"
    own = Api(
        service,
        service.registry.create(Plan(clock="frozen", at=NOW, quirks={"web_fail_desc": "word"}), mint=False),
    )
    assert (own.post(BAD).body["statusdesc"], own.post(BAD).body["revisionno"]) == ("fail", 1)
    other = service.registry.create(Plan(clock="frozen", at=NOW, edition="1.0.6"), mint=False)
    assert "timestamp" in Api(service, other).post(BAD).body


def test_a_server_does_not_start_with_unknown_quirks() -> None:
    """AM-13, GEN-20: a quirk of the server's settings is checked when it starts."""
    with pytest.raises(UnknownQuirk, match="lenient_json"):
        Service.start(Settings(quirks={"lenient_jsn": "on"}))


@pytest.mark.parametrize(
    ("headers", "named"),
    [
        ({"X-Mock-Quirk": "lenient_jsn=on"}, "lenient_json"),
        ({"X-Mock-Quirk": "http_status=maped"}, "mapped"),
        ({"X-Mock-Quirk": "http_status=mapped,metod_case=ignore"}, "method_case"),
        ({"X-Mock-Quirk": "lenient_json"}, "name=value"),
        ({"X-Mock-Quirk": ""}, "name=value"),
        ({"X-Mock-Edition": "1.0.7"}, "1.0.6"),
        ({"X-Mock-Edition": "Web"}, "web"),
        ({"X-Mock-Quirk": "edition=webb"}, "web"),
    ],
)
def test_an_unknown_quirk_is_refused_and_journalled(api: Api, headers: dict[str, str], named: str) -> None:
    """AM-13: HTTP 400 problem+json that names the nearest; nothing is done, and the journal knows."""
    before = api.counts()
    answer = api.post(IMPORT, headers=headers)
    assert answer.http_status == 400
    assert answer.header("Content-Type") == "application/problem+json"
    assert list(answer.body) == ["type", "title", "status", "detail"]
    assert named in answer.body["detail"]
    assert answer.header("X-Mock-Request-Id") == api.journal()["id"]
    entry = api.journal()
    assert (entry["finding"]["ledger"], entry["status"], entry["http_status"]) == ("AM-13", None, 400)
    assert named in entry["finding"]["text"]
    assert api.counts() == before


def test_values_in_the_header_may_be_percent_encoded(api: Api) -> None:
    """AM-13: so that an open value may hold a comma or any other sign."""
    api.post(IMPORT)
    info = "known, since 2024 – 100%"
    answer = api.post(IMPORT, update_info=info, lenient_json="on")
    assert answer.body["statusdata"][0]["info"] == info
    spaced = api.post(IMPORT, headers={"X-Mock-Quirk": " update_info=%20 , http_status = mapped "})
    assert spaced.body["statusdata"][0]["info"] == " "


def test_an_edition_is_that_of_the_whole_answer(api: Api) -> None:
    """GEN-19, GEN-01, E-02, IPDWEB-16: the two editions answer the same command with different keys."""
    assert [key for key, _ in api.post(IMPORT, edition="1.0.6").shape] == [
        "resdatetime", "statusdata", "method", "status",
    ]  # fmt: skip
    assert api.post(IMPORT, edition="web").body["method"] == "ImportProcessData"
    assert api.post(IMPORT, edition="web").shape == [
        ("method", "str"), ("resdatetime", "str"), ("statuscode", "str"), ("statusdesc", "str"),
    ]  # fmt: skip


def test_a_sandbox_by_path_has_the_endpoint_of_the_server(api: Api) -> None:
    """TRN-01, AM-10: the path of a sandbox ends in the one path of the API."""
    assert api.path.endswith(ENDPOINT)
    assert api.post(IMPORT).header("X-Mock-Sandbox") == api.sandbox.key
