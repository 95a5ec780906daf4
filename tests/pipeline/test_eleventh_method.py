"""An eleventh method beside the ten: one document and one handler, and nothing else of ours knows of it."""

from __future__ import annotations

import filecmp
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver import checks, service
from mockserver.app import create_app
from mockserver.contract.expansion import merge
from mockserver.methods import HANDLERS, OUTCOMES
from mockserver.paths import data_dir
from mockserver.service import Service
from mockserver.settings import Settings
from tests.api import NOW, NOW_TEXT, Api
from tests.methods.helpers import FWEB
from tests.web.admin_client import Admin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.contract.fields import Record
    from mockserver.methods.call import Call

METHOD = "handOver"
DOCUMENT = Path(__file__).resolve().parents[1] / "data" / f"{METHOD}.json"
OUTCOME = frozenset({"handed", "records", "records/session", "records/status"})
SPOKEN: dict[str, Any] = json.loads(DOCUMENT.read_text("utf-8"))
COMMAND: dict[str, Any] = SPOKEN["examples"][0]["command"]
"""The seeded call 795 is somebody else's."""


CHANGED = {"inserted": 0, "updated": 1, "removed": 0}


def handle(call: Call) -> Mapping[str, Any]:
    """Give the calls whose records are sound to the user of the login; the handler of the eleventh method."""
    records = [_hand_over(call, record) for record in call.reading.records]
    return {"handed": sum(record.failure is None for record in call.reading.records), "records": records}


def _hand_over(call: Call, record: Record) -> Mapping[str, Any]:
    session = record.as_sent("sessionid")
    if record.failure is not None:
        return {"session": session, "status": record.failure.status}
    found = call.store.first("calls", tenant=call.apikey, calllistid=int(session))
    if found is not None:
        call.store.update("calls", found[0], {"login": call.head.get("login")})
    return {"session": session, "status": call.reading.spec.record_success}


@pytest.fixture
def schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All our documents with the eleventh method's among them, its handler registered."""
    folder = tmp_path / "schemas"
    shutil.copytree(data_dir("schemas"), folder)
    shutil.copy(DOCUMENT, folder / "methods")
    monkeypatch.setitem(HANDLERS, METHOD, handle)
    monkeypatch.setitem(OUTCOMES, METHOD, OUTCOME)
    for module in (service, checks):
        monkeypatch.setattr(module, "data_dir", lambda kind: folder if kind == "schemas" else data_dir(kind))
    return folder


@pytest.fixture
def api(schemas: Path) -> Api:
    """A client of a service that was started on those documents as any other is."""
    return Api(Service.start(Settings(clock="frozen", at=NOW)))


def entry(api: Api, session: int = 795) -> Mapping[str, Any]:
    """The call-list entry of a session."""
    found = api.sandbox.store.first("calls", tenant="test_org", calllistid=session)
    assert found is not None
    return found[1]


def test_it_takes_one_document_and_one_handler(schemas: Path) -> None:
    """GEN-20: the documents differ by one file from ours, the tables by one handler, and a thorough check finds nothing."""
    ours = data_dir("schemas")
    assert _differences(filecmp.dircmp(ours, schemas)) == [f"{METHOD}.json"]
    assert [name for name in HANDLERS if not (ours / "methods" / f"{name}.json").exists()] == [METHOD]
    problems, _, told = checks.check_all([])
    assert problems == []
    assert f"checked {len(HANDLERS)} methods" in told


def _differences(found: filecmp.dircmp[str]) -> list[str]:
    below = [name for inner in found.subdirs.values() for name in _differences(inner)]
    return [*found.left_only, *found.right_only, *found.diff_files, *found.funny_files, *below]


def test_the_check_looks_into_it(schemas: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GEN-20: without a handler, with a reply member that it does not give, or with a rule that is none, something is found."""
    monkeypatch.delitem(HANDLERS, METHOD)
    assert [problem.message for problem in checks.check_all([])[0]] == ["no handler"]
    monkeypatch.setitem(HANDLERS, METHOD, handle)
    path = schemas / "methods" / f"{METHOD}.json"
    sound = path.read_text("utf-8")
    for said, other in (('"x-from": "handed"', '"x-from": "parked"'), ("login_known", "login_knwon")):
        path.write_text(sound.replace(said, other), encoding="utf-8")
        problems, _, _ = checks.check_all([])
        assert problems
        assert {problem.file for problem in problems} == {str(path)}


@pytest.mark.parametrize("edition", ["1.0.6", "web"])
def test_it_is_served(api: Api, edition: str) -> None:
    """TRN-01, GEN-19: dispatched by name on the one path in both editions, in printed key order, and the state has changed."""
    answer = api.post(COMMAND, edition=edition)
    printed = {**SPOKEN["examples"][0]["reply"], "resdatetime": NOW_TEXT}
    assert list(answer.body.items()) == list(printed.items())
    assert (answer.rule, answer.header("X-Mock-Evidence"), answer.warned) == ("GEN-02", "inferred", [])
    assert entry(api)["login"] == "tanmay.k"
    assert api.get(COMMAND).status == 3


@pytest.mark.parametrize("listed", SPOKEN["provocations"], ids=json.dumps)
def test_its_document_says_how_it_fails(api: Api, listed: dict[str, Any]) -> None:
    """AUTH-16, GEN-06, GEN-07: what the document lists under provocations brings each status about, and nothing changes."""
    answer = api.post(merge(COMMAND, listed["change"]), **listed.get("quirks", {}))
    if listed.get("level") == "record":
        (told,) = answer.body["statusdata"]
        assert (answer.body["handed"], told["status"]) == (0, listed["status"])
    else:
        assert (answer.body["status"], answer.body["statusdesc"], answer.shape) == (
            listed["status"],
            "fail",
            FWEB,
        )
        assert api.journal()["status"] == listed["status"]
    assert entry(api)["login"] == "dinesh.s@avhan.com"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"apikey": "no_such_org"}, 1107), ({"servicekey": "NoSuchProcess"}, 1108),
        ({"servicekey": "FORCE_74"}, 74), ({"login": "force.75@mock.test"}, 75),
    ],
)  # fmt: skip
def test_gate_and_magic_stand_before_it(api: Api, change: dict[str, Any], code: int) -> None:
    """AUTH-08, SIM-23: it says nothing about keys and magic keys, and is refused by them as the ten are."""
    answer = api.post({**COMMAND, **change})
    assert (answer.body["status"], answer.shape) == (code, FWEB)


def test_its_records_fail_one_by_one(api: Api) -> None:
    """GEN-04, GEN-07, SIM-25: the sound one goes through, each of the others has a status of its own."""
    calls = [{"sessionid": 795}, {}, {"sessionid": ""}, {"sessionid": "x"}, {"sessionid": 4711},
             {"sessionid": "999999999900000065"}, {"sessionid": 794, "due": "soon"}]  # fmt: skip
    answer = api.post({**COMMAND, "calls": calls})
    assert [each["status"] for each in answer.body["statusdata"]] == [3, 62, 64, 65, 67, 65, 77]
    assert answer.body["statusdata"][4] == {"sessionid": "4711", "status": 67, "statusdesc": "No such call"}
    assert answer.body["handed"] == 1
    assert (entry(api)["login"], entry(api, 794)["login"]) == ("tanmay.k", "user10")


def test_quirks_change_it(api: Api) -> None:
    """GEN-20, GEN-18: a quirk that its document names flips its reading, in the request, the reply and the failure."""
    bare = {name: value for name, value in COMMAND.items() if name != "reqdatetime"}
    answer = api.post(bare)
    assert (answer.status, answer.warned) == (3, ["GEN-18"])
    assert api.post(bare, require_reqdatetime="on").status == 38
    assert api.post(COMMAND, revisionno_type="int").body["revisionno"] == 1
    assert (
        api.post(bare, require_reqdatetime="on", web_fail_desc="table").body["statusdesc"]
        == "Error while handing over"
    )


def test_the_journal_explains_it(api: Api) -> None:
    """The journal knows its method, its violation with pointer and expectation, and what it changed."""
    api.post({**COMMAND, "calls": [{"sessionid": 795}, {"sessionid": "x"}]})
    told = api.journal()
    assert (told["method"], told["status"], told["changes"]) == (METHOD, 3, {"calls": CHANGED})
    (violation,) = told["violations"]
    assert (violation["pointer"], violation["status"], violation["record"]) == ("/calls/1/sessionid", 65, 1)
    assert violation["expected"] == "text of the form [0-9]{1,18}"


def test_the_admin_api_knows_it(api: Api) -> None:
    """SIM-23, SIM-25, SIM-26: its codes are among the magic values, may be queued, and the journal finds it by its name."""
    admin = Admin(create_app(api.service).test_client())
    magic = admin.ok("GET", "/magic")
    values = {each["value"]: each["text"] for each in magic["servicekeys"]["methods"][METHOD]}
    assert values["FORCE_74"] == "Invalid login"
    (field,) = magic["records"]["methods"][METHOD]
    assert {"value": "999999999900000067", "status": 67, "text": "No such call", "rule": "GEN-05"} in field[
        "values"
    ]
    refused = {(each["apikey"], each["servicekey"]): each["methods"] for each in magic["seeded"]["keys"]}
    assert refused["nodb_org", "NoDbProcess"][METHOD]["status"] == 38

    admin.ok("POST", "/faults", {"method": METHOD, "status": 75})
    assert [admin.status(COMMAND), admin.status(COMMAND)] == [75, 3]
    listed = admin.ok("GET", f"/requests?method={METHOD}")["requests"]
    assert [each["status"] for each in listed] == [3, 75]
    assert admin.ok("GET", "/health")["loaded"]["methods"] == len(HANDLERS)


def test_the_ten_are_as_they_were(api: Api) -> None:
    """TRN-32: another method takes none of theirs away, and a misspelt name still leads nowhere."""
    login = {
        "method": "userStatus",
        "apikey": "test_org",
        "servicekey": "VoiceProcess",
        "loginids": ["user10"],
    }
    assert api.post(login).body["statusdata"][0]["status"] == 3
    assert api.post({**COMMAND, "method": "handover"}).status == 2
    assert METHOD in api.journal()["finding"]["mend"]
