"""Four methods that nobody has carry the four failure envelopes, all else being equal.

The ten there are: ``test_real_envelopes.py``; a method beside them: ``test_eleventh_method.py``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.contract.catalogue import Catalogue
from mockserver.errors import InvalidDocument
from mockserver.methods import HANDLERS
from mockserver.methods.rules import RULES
from tests.api import NOW_TEXT, without
from tests.pipeline.pretend import KEYS, METHODS, TEXTS, documents, paint, service

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.api import Api

FWEB = ["method", "revisionno", "status", "statusdesc", "resdatetime"]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Api]:
    """Start a service whose methods are pretend ones, and those of ours that are named by ``real``."""

    def started(*names: str, real: tuple[str, ...] = (), **settings: Any) -> Api:
        for name in names:
            monkeypatch.setitem(HANDLERS, name, paint)
        return service(documents(tmp_path / "schemas", *names, real=real), **settings)

    return started


@pytest.mark.parametrize("edition", ["1.0.6", "web"])
def test_a_method_is_one_document_and_one_handler(make: Callable[..., Api], edition: str) -> None:
    """TRN-01, GEN-19: dispatched by its name on the one path, and the same in both editions as it has only one."""
    api = make(*METHODS)
    for name in METHODS:
        answer = api.post({"method": name, "colour": "red", **KEYS}, edition=edition)
        assert list(answer.body.items()) == [
            ("method", name), ("status", 3), ("shade", "dark red"), ("resdatetime", NOW_TEXT),
        ]  # fmt: skip
    assert api.post({"method": "ImportProcessData", **KEYS}).status == 2


@pytest.mark.parametrize("edition", ["1.0.6", "web"])
@pytest.mark.parametrize(
    ("command", "code"),
    [({}, 62), ({"colour": " "}, 63), ({"colour": "blue"}, 66), ({"colour": 5}, 66), ({"colour": "red", "apikey": "x"}, 1107)],
)  # fmt: skip
def test_f106(make: Callable[..., Api], edition: str, command: dict[str, Any], code: int) -> None:
    """AUTH-15: method, the table's text, the code as text of at least three digits, timestamp; nothing else."""
    answer = make("paintJob").post({"method": "paintJob", **KEYS, **command}, edition=edition)
    text = {**TEXTS, "1107": "api key not found"}[str(code)]
    assert list(answer.body.items()) == [
        ("method", "paintJob"), ("statusdesc", text), ("status", f"{code:03d}"), ("timestamp", NOW_TEXT),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "revision"), [("paintWeb", "1"), ("paintUser", 1)])
def test_fweb_and_fusr(make: Callable[..., Api], name: str, revision: object) -> None:
    """AUTH-16, AUTH-17, AUTH-19, AUTH-20, E-29: revisionno is text in one, a number in the other; the rest is the same."""
    api = make(name)
    for command, code in (({}, 62), ({"colour": ""}, 63), ({"colour": 5}, 66), ({"apikey": "x"}, 1107)):
        answer = api.post({"method": name, **KEYS, **command})
        assert list(answer.body.items()) == [
            ("method", name), ("revisionno", revision), ("status", code), ("statusdesc", "fail"),
            ("resdatetime", NOW_TEXT),
        ]  # fmt: skip
        assert type(answer.body["revisionno"]) is type(revision)
        assert answer.header("X-Mock-Status-Description")


def test_fdisp(make: Callable[..., Api]) -> None:
    """AUTH-18, AUTH-19: small d in the method, reasonid before statusdesc, no revisionno."""
    answer = make("paintDisp").post({"method": "paintDisp", **KEYS})
    assert list(answer.body.items()) == [
        ("method", "savedisposition"), ("reasonid", 62), ("statusdesc", "fail"), ("status", 62),
        ("resdatetime", NOW_TEXT),
    ]  # fmt: skip


def test_the_other_readings_of_failures(make: Callable[..., Api]) -> None:
    """AUTH-19, AUTH-20, AM-68, AM-48, E-22, E-23, E-28: one generic code, or the table's text, or revisionno of one type everywhere."""
    api = make(*METHODS)

    def body(name: str, **quirks: Any) -> dict[str, Any]:
        return api.post({"method": name, **KEYS}, **quirks).body

    for name in ("paintWeb", "paintUser"):
        assert body(name, web_fail_status="five")["status"] == 5
        assert body(name, web_fail_desc="table")["statusdesc"] == "Colour not found"
        assert body(name, revisionno_type="int")["revisionno"] == 1
        assert body(name, revisionno_type="string")["revisionno"] == "1"
    disp = body("paintDisp", web_fail_status="five")
    assert (disp["status"], disp["reasonid"]) == (4, 62)
    assert body("paintDisp", web_fail_desc="table")["statusdesc"] == "Colour not found"
    forced = {"method": "paintWeb", **KEYS, "servicekey": "FORCE_5"}
    assert api.post(forced, web_fail_desc="table").body["statusdesc"] == "fail"
    old = body("paintJob", web_fail_status="five", web_fail_desc="table", revisionno_type="int")
    assert list(old) == ["method", "statusdesc", "status", "timestamp"]
    assert body("paintJob", ipd106_fail_time_key="resdatetime", ipd106_status_type="int") == {
        "method": "paintJob", "statusdesc": "Colour not found", "status": 62, "resdatetime": NOW_TEXT,
    }  # fmt: skip


@pytest.mark.parametrize("edition", ["1.0.6", "web"])
@pytest.mark.parametrize("broken", ['{"method":"%s","colour":"red"', '{"a":1 "method":"%s"}'])
def test_status_2_has_the_envelope_of_the_sniffed_method(
    make: Callable[..., Api], edition: str, broken: str
) -> None:
    """TRN-33, AM-67: FDISP prints reasonid 2, FUSR always addEditUser, F106 "002"; whichever edition is in force."""
    api = make(*METHODS)
    answers = {name: api.post(f"data={broken % name}", edition=edition).body for name in METHODS}
    assert answers == {
        "paintWeb": {"method": "paintWeb", "revisionno": "1", "status": 2, "statusdesc": "fail", "resdatetime": NOW_TEXT},
        "paintUser": {"method": "paintUser", "revisionno": 1, "status": 2, "statusdesc": "fail", "resdatetime": NOW_TEXT},
        "paintDisp": {"method": "savedisposition", "reasonid": 2, "statusdesc": "fail", "status": 2, "resdatetime": NOW_TEXT},
        "paintJob": {"method": "paintJob", "statusdesc": "Wrong format of received request", "status": "002", "timestamp": NOW_TEXT},
    }  # fmt: skip


def test_a_method_without_a_servicekey_ignores_one(make: Callable[..., Api]) -> None:
    """AUTH-10: only the apikey, its expiry and the tenant's database are looked at."""
    api = make("paintUser")
    command = {"method": "paintUser", "colour": "red", "apikey": "test_org"}
    for servicekey in (
        None,
        "",
        "NoSuchProcess",
        "process1",
        "UnmappedProcess",
        "DisabledProcess",
        "FORCE_62",
        5,
    ):
        assert api.post({**command, "servicekey": servicekey}).status == 3
    assert api.post(command).status == 3
    assert [api.post({**command, "apikey": key}).status for key in ("x", "expired_org", "nodb_org")] == [
        1107,
        48,
        5,
    ]


def test_a_code_means_what_its_method_says(make: Callable[..., Api]) -> None:
    """GEN-08: in one service the same number is another fault, with another text and row, for each method."""
    api = make("paintJob", real=("ImportProcessData",))
    search = without(searchparam="customfilter")
    asked: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({}, {}),
        ({"colour": ""}, {"customfilter": []}),
        ({"colour": "blue"}, {"customfilter": [{"field": "nobody", "operator": "=", "value": "1"}]}),
    ]
    seen = []
    for colour, custom in asked:
        paint_job = api.post({"method": "paintJob", **KEYS, **colour})
        push = api.post({**search, **custom}, shared_search_checks="on", custom_filter="on")
        assert (paint_job.rule, push.body["method"]) == ("REF-17", "ImportProcessData")
        seen.append((paint_job.body["status"], paint_job.body["statusdesc"]))
        seen.append((push.body["status"], push.body["statusdesc"]))
        assert push.rule != paint_job.rule
    assert seen == [
        ("062", "Colour not found"), ("062", "Custom filter not found"),
        ("063", "Colour found blank"), ("063", "Custom filter found blank"),
        ("066", "Invalid colour"), ("066", "Filter values are invalid"),
    ]  # fmt: skip


def test_an_error_of_ours_is_the_methods_processing_error(make: Callable[..., Api]) -> None:
    """GEN-16, GEN-07: it answers with the generic code, undoes what was done, and the journal has the traceback."""
    api = make("paintWeb")
    before = api.sandbox.store.counter("test_org/customercode")
    answer = api.post({"method": "paintWeb", "colour": "green", **KEYS})
    assert (answer.status, list(answer.body)) == (5, FWEB)
    assert "no green left" in api.journal()["error"]
    assert api.sandbox.store.counter("test_org/customercode") == before
    assert answer.http_status == 200


def test_a_document_that_makes_no_sense_stops_the_start(make: Callable[..., Api], tmp_path: Path) -> None:
    """GEN-02, GEN-04: every assertion has a status, and every status a text in the table of its level."""
    make("paintJob")
    path = tmp_path / "schemas" / "methods" / "paintJob.json"
    sound = json.loads(path.read_text(encoding="utf-8"))
    for place, change in (
        (("statuses", "request"), {"3": sound["editions"]["web"]["statuses"]["request"]["3"]}),
        (("request", "properties", "colour", "x-status"), {"required": 62}),
        (("precedence", "request"), []),
        (("precedence", "request"), [{"rule": "nonesuch", "status": 62, "ledger": "GEN-06"}]),
    ):
        broken = json.loads(json.dumps(sound))
        node = broken["editions"]["web"]
        for step in place[:-1]:
            node = node[step]
        node[place[-1]] = change
        path.write_text(json.dumps(broken), encoding="utf-8")
        with pytest.raises(InvalidDocument):
            Catalogue.load(tmp_path / "schemas", RULES)
