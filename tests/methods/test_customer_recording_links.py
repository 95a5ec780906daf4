"""The links of recordings: what both methods answer, to whom, how it is written, and where it leads."""

from __future__ import annotations

import http.client
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from mockserver.model import Inbound
from mockserver.service import Service
from mockserver.settings import ENDPOINT, Settings
from tests.api import NOW_TEXT, text_of
from tests.methods.helpers import FWEB, GONE, examples, printed, rows
from tests.server_process import running

if TYPE_CHECKING:
    from tests.api import Answer, Api

BASE = "http://192.168.2.127/recordings/"
DOUBLE = f"{BASE}/1/1/2014/09/12/18/140912183554281005_0000.MP3"
LONG = f"{BASE}1/1/2018/07/17/17/180717171728015031_1001_1500_1_2500_1728015.MP3"
LINKS = {"140912183554281005": DOUBLE, "180717171728015031": LONG}
POLICY = "MsQgi5/gKVZusW5XziRf76nHbn9JxU4VDSWwongD5dU="


def single(api: Api, call: Any, **more: Any) -> Answer:
    """Ask for one recording; ``more`` may hold quirks and the service key."""
    fields = {name: more.pop(name) for name in ("apikey", "servicekey") if name in more}
    return api.post(printed("GV-17", systemcallid=call, sessionid=GONE, **fields), **more)


def several(api: Api, *calls: Any, **more: Any) -> Answer:
    """Ask for several recordings."""
    fields = {name: more.pop(name) for name in ("apikey", "servicekey") if name in more}
    return api.post(printed("GV-19", systemcallids=list(calls), **fields), **more)


@pytest.mark.parametrize(("call", "link"), LINKS.items())
def test_both_methods_answer_the_stored_text(api: Api, call: str, link: str) -> None:
    """Double slash or not, ``_0000`` or the long suffix: what is stored is answered (REC-09, MREC-10, MREC-11, E-89)."""
    assert rows(api, "recordings", tenant="test_org", systemcallid=call)[0]["url"] == link
    assert single(api, call).body["recordingfilepath"] == link
    (found,) = several(api, call).body["statusdata"]
    assert (found["systemcallid"], found["recordingfilepath"]) == (call, link)


def test_a_link_nobody_would_guess_is_answered_as_well(api: Api) -> None:
    """The text is not made from the id: quotes, letters and slashes of another host come as stored (MREC-11, AM-17)."""
    odd = 'https://cdn.example//a/"b"\\ü.mp3'
    api.change("recordings", {"tenant": "test_org", "systemcallid": "180717171728015031"}, url=odd)
    assert single(api, "180717171728015031").body["recordingfilepath"] == odd
    assert several(api, "180717171728015031").body["statusdata"][0]["recordingfilepath"] == odd


@pytest.mark.parametrize(("call", "link"), LINKS.items())
def test_slashes_are_escaped_in_one_method_only(api: Api, call: str, link: str) -> None:
    r"""``\/`` in customer_recording unless ``escape_slashes=off``, never in the other one (REC-08, E-88)."""
    plain, escaped = link.encode(), link.replace("/", "\\/").encode()
    answers = {name: single(api, call, **quirks).raw for name, quirks in QUIRKS.items()}
    assert escaped in answers["default"]
    assert plain not in answers["default"]
    assert answers["off"] == answers["default"].replace(escaped, plain)
    assert answers["on"] == answers["default"]
    for quirks in QUIRKS.values():
        raw = several(api, call, **quirks).raw
        assert plain in raw
        assert b"\\" not in raw


QUIRKS: dict[str, dict[str, Any]] = {
    "default": {}, "on": {"escape_slashes": "on"}, "off": {"escape_slashes": "off"},
}  # fmt: skip

ID = re.compile(r"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})(\d{3})")


@pytest.mark.parametrize("call", [*LINKS, "180717171728015999"])
def test_an_id_tells_when_the_call_was_made(api: Api, call: str) -> None:
    """YYMMDD HHMMSS, milliseconds, sequence: stored time, path and file name agree with it (REC-10, REC-09, MREC-10)."""
    found = ID.fullmatch(call)
    assert found is not None
    year, month, day, hour, minute, second, milliseconds, _ = found.groups()
    (entry,) = rows(api, "calls", tenant="test_org", systemcallid=call)
    assert entry["storedatetime"] == f"20{year}-{month}-{day} {hour}:{minute}:{second}"
    (row,) = rows(api, "recordings", tenant="test_org", systemcallid=call)
    where, _, name = row["url"].removeprefix(BASE).rpartition("/")
    assert where.lstrip("/") == f"1/1/20{year}/{month}/{day}/{hour}"
    assert name in {f"{call}_0000.MP3", f"{call}_1001_1500_1_2500_{minute}{second}{milliseconds}.MP3"}


SENT = {
    "text": "140912183554281005",
    "number": 140912183554281005,
    "beyond 64 bits": 140912183554281005140912183554281005,
    "beyond 64 bits, as text": "140912183554281005140912183554281005",
    "17 digits": 14091218355428100,
    "21 digits": 140912183554281005123,
}


@pytest.mark.parametrize("sent", SENT.values(), ids=SENT.keys())
def test_ids_come_back_as_text_digit_by_digit(api: Api, sent: Any) -> None:
    """A number beyond 2^53, and beyond 64 bits, loses no digit and is answered as text (TRN-29, GEN-13, E-94)."""
    (found,) = several(api, sent).body["statusdata"]
    assert found["systemcallid"] == str(sent)
    assert (found["status"] == 3) == (str(sent) in LINKS)
    assert (single(api, sent).status == 3) == (str(sent) in LINKS)


def test_neighbours_of_a_number_are_other_calls(api: Api) -> None:
    """Ids that the same float would stand for are told apart, as number and as text (TRN-29)."""
    near = [140912183554281004, 140912183554281005, 140912183554281006]
    assert len({float(each) for each in near}) == 1
    assert [entry["status"] for entry in several(api, *near).body["statusdata"]] == [67, 3, 67]
    assert [single(api, each).status for each in near] == [63, 3, 63]


PROCESSES = ["VoiceProcess", "voiceprocess", "VoiceInOut", "MUMBAI_CRM_OBD", "StrictBatch", "TtsProcess"]


@pytest.mark.parametrize("servicekey", PROCESSES)
def test_calls_are_seen_by_all_processes_of_the_tenant(api: Api, servicekey: str) -> None:
    """Both recorded calls, the one without its file and no other, whatever process asks (SEED-17)."""
    asked = [*LINKS, "180717171728015999", "180719161420031002"]
    found = several(api, *asked, servicekey=servicekey).body["statusdata"]
    assert [entry["status"] for entry in found] == [3, 3, 1111, 67]
    assert [single(api, call, servicekey=servicekey).status for call in asked] == [3, 3, 1111, 63]


@pytest.mark.parametrize(
    ("apikey", "servicekey"),
    [(POLICY, "process1"), (POLICY, "Policy"), ("expiring_org", "ExpiringProcess")],
)
def test_no_other_tenant_sees_them(api: Api, apikey: str, servicekey: str) -> None:
    """To another tenant the calls are unknown, not somebody else's (SEED-17)."""
    keys = {"apikey": apikey, "servicekey": servicekey}
    asked = [*LINKS, "180717171728015999"]
    assert [each["status"] for each in several(api, *asked, **keys).body["statusdata"]] == [67, 67, 67]
    assert [single(api, call, **keys).status for call in asked] == [63, 63, 63]


@pytest.mark.parametrize("value", ["example", "int", "string"])
@pytest.mark.parametrize("name", ["GV-17", "GV-18"])
def test_revisionno_of_the_method(api: Api, name: str, value: str) -> None:
    """Number in a success and text in a failure, unless the quirk says one of both for all (REC-11, REF-14)."""
    answer = api.post(printed(name), revisionno_type=value)
    usual: Any = examples()[name]["reply"]["revisionno"]
    assert answer.body["revisionno"] == {"example": usual, "int": 1, "string": "1"}[value]
    assert [key for key, _ in answer.shape] == list(examples()[name]["reply"])
    if name == "GV-18" and value != "int":
        assert answer.shape == FWEB


REVISIONS = {
    "GV-10": None, "GV-13": None, "GV-15": None, "GV-16": None, "GV-17": 1, "GV-18": "1", "GV-19": None,
    "GV-20": 1, "GV-21": 1, "GV-23": "1", "GV-24": "1", "GV-25": None,
    "GV-01": None, "GV-02": None, "GV-04": None, "GV-05": None, "GV-08": "1", "GV-14": "1",
}  # fmt: skip
"""What ``revisionno`` is in the printed answers; None where it is not."""


@pytest.mark.parametrize(("name", "value"), REVISIONS.items())
def test_revisionno_of_every_envelope(api: Api, name: str, value: Any) -> None:
    """Absent, number 1 or text "1", for each method and outcome as its printed answer has it (REF-14)."""
    example = examples()[name]
    headers = {"X-Mock-Edition": example["edition"]}
    for earlier in ["GV-20"] if name == "GV-23" else []:
        api.post(printed(earlier))
    body = api.post(printed(name), headers=headers).body
    assert ("revisionno" in body) == (value is not None)
    assert (body.get("revisionno"), type(body.get("revisionno"))) == (value, type(value))


OF_ONE_EDITION = [
    name for name, each in examples().items() if each["command"]["method"] != "ImportProcessData"
]


@pytest.mark.parametrize("name", OF_ONE_EDITION)
def test_both_editions_answer_the_same(api: Api, name: str) -> None:
    """Every printed command but the imports gives the same bytes whatever the edition (GEN-19)."""
    answers = []
    for edition in ("1.0.6", "web"):
        api.sandbox.reset()
        if "after" in examples()[name]:
            api.post(printed(examples()[name]["after"]))
        answers.append(api.post(printed(name), headers={"X-Mock-Edition": edition}).raw)
    assert answers[0] == answers[1]
    assert b'"fail"' in answers[0] or examples()[name]["reply"].get("statusdesc") != "fail"


def test_the_link_of_the_answer_is_served() -> None:
    """With ``--recording-base self`` the answered link leads to audio, double slash and all (REC-09, MREC-10, AM-17)."""
    with running("--recording-base", "self", "--admin", "off") as server:
        connection = http.client.HTTPConnection(*server.address, timeout=20)

        def ask(command: dict[str, Any]) -> Any:
            connection.request("POST", ENDPOINT, f"data={text_of(command)}", {"Content-Type": "text/html"})
            return json.loads(connection.getresponse().read())

        links = [ask(printed("GV-17"))["recordingfilepath"]]
        links += [each["recordingfilepath"] for each in ask(printed("GV-19"))["statusdata"]][:1]
        own = server.ready["url"] + "/recordings/"
        assert links == [DOUBLE.replace(BASE, own), LONG.replace(BASE, own)]
        for link in links:
            connection.request("GET", urlsplit(link).path)
            reply = connection.getresponse()
            content = reply.read()
            assert (reply.status, reply.headers["Content-Type"]) == (200, "audio/mpeg")
            assert content[:3] == b"ID3" or content[0] == 0xFF
        connection.close()


def test_the_base_is_swapped_in_the_answer_alone(api: Api) -> None:
    """The address of another server stands in the answer of its sandbox; the stored text stays (REC-09, MREC-11)."""
    service = Service.start(
        Settings(clock="frozen", recording_base="https://cdn.example/audio/", admin="off")
    )
    reply = service.answer(
        Inbound(
            "POST", ENDPOINT, b"", {"content-type": "text/html"}, f"data={text_of(printed('GV-17'))}".encode()
        )
    )
    assert json.loads(reply.body)["recordingfilepath"] == DOUBLE.replace(BASE, "https://cdn.example/audio/")
    stored = service.registry.get("default").store.first(
        "recordings", tenant="test_org", systemcallid="140912183554281005"
    )
    assert stored is not None
    assert stored[1]["url"] == DOUBLE
    assert single(api, "140912183554281005").body["resdatetime"] == NOW_TEXT
