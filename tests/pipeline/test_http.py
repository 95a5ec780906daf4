"""What surrounds the API: verbs, paths, browsers, sizes, and which sandbox a request belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mockserver.sandbox import Plan
from mockserver.service import Service
from mockserver.settings import ENDPOINT, Settings
from tests.api import FORM, IMPORT, NOW, Api, text_of, without

if TYPE_CHECKING:
    from collections.abc import Iterator

BROWSER = {"Origin": "https://crm.example", "Access-Control-Request-Method": "POST"}


def test_a_preflight_is_answered(api: Api) -> None:
    """AM-05: a page of any origin may send the API's verbs with Content-Type and the X-Mock request headers."""
    answer = api.send("OPTIONS", headers=BROWSER)
    assert (answer.http_status, answer.raw) == (204, b"")
    assert answer.header("Access-Control-Allow-Origin") == "*"
    assert answer.header("Access-Control-Allow-Methods") == "GET, POST"
    allowed = (answer.header("Access-Control-Allow-Headers") or "").lower().split(", ")
    assert set(allowed) == {
        "content-type",
        *(f"x-mock-{n}" for n in ("sandbox", "edition", "quirk", "scenario")),
    }
    assert len(api.sandbox.journal) == 0


def test_every_answer_may_be_read_by_a_page(api: Api) -> None:
    """AM-05: answers, refusals and problems all allow any origin and expose the X-Mock headers."""
    answers = [
        api.post(IMPORT),
        api.post(b""),
        api.post(IMPORT, headers={"X-Mock-Quirk": "nonesuch=1"}),
        api.send("DELETE"),
        api.post(IMPORT, headers={"X-Mock-Sandbox": "nobody"}, path=ENDPOINT),
    ]
    for answer in answers:
        assert answer.header("Access-Control-Allow-Origin") == "*"
        exposed = (answer.header("Access-Control-Expose-Headers") or "").split(", ")
        shown = {name for name, _ in answer.headers if name.startswith("X-Mock-")}
        assert shown <= set(exposed)
        assert "X-Mock-Warning" in exposed


@pytest.mark.parametrize(
    ("verb", "headers"),
    [
        ("OPTIONS", {}),
        ("OPTIONS", {"Origin": "https://crm.example"}),
        ("OPTIONS", {"Access-Control-Request-Method": "POST"}),
        ("PUT", BROWSER),
        ("DELETE", {}),
        ("PATCH", {}),
        ("TRACE", {}),
        ("PROPFIND", {}),
        ("get", {}),
    ],
)
def test_other_verbs_are_405(api: Api, verb: str, headers: dict[str, str]) -> None:
    """TRN-35, AM-05: any verb but GET and POST, and an OPTIONS that is no preflight, with what is allowed."""
    answer = api.send(verb, headers=headers, body=f"data={text_of(IMPORT)}".encode())
    assert (answer.http_status, answer.header("Allow")) == (405, "GET, POST")
    assert answer.header("Content-Type") == "application/problem+json"
    assert len(api.sandbox.journal) == 0


def test_head_is_answered_as_get(api: Api) -> None:
    """TRN-35: HEAD gets the headers a GET would; the edge leaves the body out."""
    query = b"data=%7B%7D"
    head, get = api.send("HEAD", query=query), api.send("GET", query=query)
    assert head.http_status == 200
    names = [name for name, _ in head.headers]
    assert names == [name for name, _ in get.headers]
    assert head.raw == get.raw


@pytest.mark.parametrize(
    "path",
    [
        "/",
        ENDPOINT + "/",
        ENDPOINT.lower(),
        ENDPOINT + "/x",
        "/handleCustomerWS",
        "/CustomerWebServices//handleCustomerWS",
        "/sandboxes/" + ENDPOINT,
        "/sandboxes/a/b" + ENDPOINT,
        "/sandboxes/default",
    ],
)
def test_another_path_is_404_and_never_redirected(api: Api, path: str) -> None:
    """TRN-35, TRN-01: also with a slash too many; clients that follow redirects would turn a POST into a GET."""
    assert not api.service.is_api(path)
    answer = api.post(IMPORT, path=path)
    assert answer.http_status == 404
    assert answer.header("Location") is None
    assert ENDPOINT in answer.body["detail"]


def test_a_body_over_the_limit_is_413(api: Api) -> None:
    """TRN-30, TRN-39: empty answer, before the sandbox or anything of the bytes is looked at."""
    service = Service(Settings(max_body=300), api.service.catalogue, api.service.registry)
    small = Api(service, api.sandbox)
    assert small.post(b"x" * 300).status == 2
    answer = small.post(b"x" * 301)
    assert (answer.http_status, answer.raw) == (413, b"")
    assert answer.all("X-Mock-Warning") == ["TRN-30 (1): the body is over 300 bytes; --max-body allows more"]
    assert small.post(b"x" * 301, headers={"X-Mock-Sandbox": "nobody"}, path=ENDPOINT).http_status == 413
    assert small.send("PUT", body=b"x" * 301).http_status == 405


def test_there_is_no_limit_on_records(api: Api) -> None:
    """TRN-30: as many records as the body holds."""
    records = [{"mobilenumber": f"8{number:09d}"} for number in range(3000)]
    answer = api.post(without(data=records))
    assert (answer.status, len(answer.body["statusdata"])) == (1, 3000)


def test_diagnostics_can_be_switched_off(api: Api) -> None:
    """TRN-38: the headers never change the payload; without them the answer is the vendor's alone."""
    service = Service(Settings(diagnostics="off"), api.service.catalogue, api.service.registry)
    bare = Api(service, api.sandbox)
    for command in (without(media="99", strange=1), b"", without("apikey")):
        shown, hidden = api.post(command), bare.post(command)
        assert hidden.raw == shown.raw
        assert any(name.startswith("X-Mock-") for name, _ in shown.headers)
        assert [name for name, _ in hidden.headers] == ["Content-Type", "Access-Control-Allow-Origin"]
    assert api.journal()["rule"] == "AUTH-01"


# Which sandbox


@pytest.fixture
def own(api: Api) -> Iterator[Api]:
    """A sandbox with minted keys."""
    sandbox = api.service.registry.create(Plan(clock="frozen", at=NOW))
    yield Api(api.service, sandbox)
    api.service.registry.drop(sandbox.key)


def where(api: Api, **options: object) -> str | None:
    """Which sandbox answers a request to the server's own endpoint."""
    options.setdefault("command", IMPORT)
    return api.post(options.pop("command"), path=ENDPOINT, **options).header("X-Mock-Sandbox")  # type: ignore[arg-type]


def test_path_beats_header_beats_minted_key_beats_default(api: Api, own: Api) -> None:
    """AM-10: in this order; never the latest one made."""
    minted = own.sandbox.minted
    keys = without(apikey=minted["apikey"], servicekey=minted["servicekeys"]["VoiceProcess"])
    header = {"X-Mock-Sandbox": api.sandbox.key}
    assert (
        api.post(keys, headers={"X-Mock-Sandbox": own.sandbox.key}).header("X-Mock-Sandbox")
        == api.sandbox.key
    )
    assert where(api, command=keys, headers=header) == api.sandbox.key
    assert where(api, command=keys) == own.sandbox.key
    assert where(api, command=keys, content_type=FORM) == own.sandbox.key
    assert where(api) == "default"


def test_minted_keys_are_found_in_the_raw_bytes(api: Api, own: Api) -> None:
    """AM-10, AM-11: in query or body, before decoding, API keys first; so malformed requests are told apart too."""
    minted = own.sandbox.minted
    word = minted["servicekeys"]["VoiceProcess"]
    assert where(api, command=f"data={{broken {word}") == own.sandbox.key
    assert where(api, command=b"", query=f"x={minted['apikey']}".encode()) == own.sandbox.key
    assert where(api, command=f"data={{sbx{'0' * 24}") == "default"
    second = api.service.registry.create(Plan(clock="frozen", at=NOW))
    try:
        both = f"data={{{word} {second.minted['apikey']}"
        assert where(api, command=both) == second.key
        other = second.minted["servicekeys"]["VoiceProcess"]
        assert where(api, command=f"data={{{word} {other}") == own.sandbox.key
    finally:
        api.service.registry.drop(second.key)
    assert where(api, command=f"data={{{second.minted['apikey']}") == "default"


def test_minted_keys_are_the_golden_tenant_under_other_names(api: Api, own: Api) -> None:
    """GEN-21, AM-11: keys differ per environment and client, method names never; numbers start as printed."""
    minted = own.sandbox.minted
    assert minted["apikey"].isalnum()
    assert minted["apikey"].startswith("sbx")
    keys = without(apikey=minted["apikey"], servicekey=minted["servicekeys"]["MUMBAI_CRM_OBD"])
    (record,) = own.post(keys, path=ENDPOINT).body["statusdata"]
    assert (record["customercode"], record["calllistid"]) == (125, 796)
    assert own.post(without()).body["statusdata"][0]["customercode"] == 125
    assert api.post(keys).status == 1107


@pytest.mark.parametrize("key", ["nobody", "", "../default", "sbx" + "0" * 24])
def test_an_unknown_sandbox_is_404_and_never_the_default(api: Api, key: str) -> None:
    """AM-10: by header or path, problem+json."""
    before = len(api.service.registry.get("default").journal)
    by_header = api.post(IMPORT, headers={"X-Mock-Sandbox": key}, path=ENDPOINT)
    by_path = api.post(IMPORT, path=f"/sandboxes/{key}{ENDPOINT}")
    for answer in (by_header, by_path):
        assert answer.http_status == 404
        assert answer.header("Content-Type") == "application/problem+json"
    assert len(api.service.registry.get("default").journal) == before


def test_a_reset_gives_the_same_bytes_again(api: Api) -> None:
    """AM-16: on a frozen clock the same commands give the same answers, request ids included."""
    commands = [IMPORT, IMPORT, without(media="99"), b"data={", without(updateparam="customercode")]

    def play() -> list[object]:
        return [(answer.raw, answer.headers) for answer in map(api.post, commands)]

    first = play()
    api.sandbox.configure("web", {"web_fail_desc": "table"})
    api.sandbox.forced.add(69)
    api.sandbox.clock.set("real")
    api.sandbox.reset()
    assert len(api.sandbox.journal) == 0
    assert play() == first
