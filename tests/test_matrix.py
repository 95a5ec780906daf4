"""The matrix: every status is brought about, and what is answered wrongly is seen."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from mockserver import cli, matrix
from mockserver.methods import HANDLERS
from mockserver.methods.rules import RULES
from mockserver.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mockserver.matrix import Line

    Edit = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    """Everything, played once."""
    return matrix.play()


def key(line: Line) -> tuple[str, str, str, int]:
    return line.method, line.edition, line.level, line.status


def test_every_status_is_answered_as_the_documents_say(lines: list[Line]) -> None:
    """GEN-02, GEN-03, AM-14, RAD-21, REC-20: nothing fails, and but two statuses of the tables no one is forced only."""
    assert [(key(line), line.problems) for line in lines if line.failed] == []
    assert [key(line) for line in lines if line.natural == "none" and line.source != "forced"] == [
        ("customer_recording", "web", "request", 5),
        ("reallocatedata", "web", "request", 5),
    ]


def test_the_matrix_has_every_row_of_every_table(lines: list[Line]) -> None:
    """GEN-02, GEN-04, GEN-08: by method, edition, level and code, with the row's own text, ledger id and evidence."""
    documented = {
        (path.stem, edition, level, int(code)): (row["text"], row["ledger"], row["evidence"])
        for path in (data_dir("schemas") / "methods").glob("*.json")
        for edition, variant in json.loads(path.read_bytes())["editions"].items()
        for level, table in variant["statuses"].items()
        for code, row in table.items()
    }
    told = {key(line): (line.text, line.rule, line.evidence) for line in lines if line.source == "table"}
    assert told == documented
    assert len(documented) > 130


def test_all_failures_can_be_forced_where_there_is_a_way(lines: list[Line]) -> None:
    """SIM-23, SIM-24, SIM-25, AM-14: by key, login or record value; getActiveUserList and all others with a servicekey."""
    without = {key(line) for line in lines if line.forced == "not forcible"}
    successes = {
        (path.stem, edition, level, int(code))
        for path in (data_dir("schemas") / "methods").glob("*.json")
        for edition, variant in json.loads(path.read_bytes())["editions"].items()
        for level, table in variant["statuses"].items()
        for code, row in table.items()
        if row.get("success")
    }
    assert without == successes
    forced = [line for line in lines if line.source == "forced"]
    assert {line.natural for line in forced} == {"none"}
    assert {(line.method, line.level) for line in forced} >= {
        ("userStatus", "record"), ("customer_multiple_recordings", "record"), ("deleteUser", "request"),
    }  # fmt: skip


def test_the_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """One line for each status under a line of heads, and a sentence at the end; exit code 0."""
    assert cli.main(["matrix", "--method", "reallocatedata"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].split() == [
        "method", "edition", "level", "status", "natural", "forced", "rule", "evidence", "text",
    ]  # fmt: skip
    assert (
        "reallocatedata  web      request  71      passed   passed        RAD-18   stated      Contact Number is blank"
        in out
    )
    rows = [line for line in out if line.startswith("reallocatedata ")]
    assert out[len(rows) + 1 :] == [
        "none: no request that we know of brings it about: the documents list or print it without a cause",
        "not forcible: a success; magic values only refuse",
        f"{len(rows)} statuses: {len(rows) - 2} brought about naturally, {len(rows) - 1} by force; 0 failed",
    ]


def test_the_meanings_below_the_table_are_those_of_its_cells(capsys: pytest.CaptureFixture[str]) -> None:
    """A word that no cell has is not explained."""
    assert cli.main(["matrix", "--method", "deleteUser"]) == 0
    out = capsys.readouterr().out
    assert "\nnot forcible: " in out
    assert ("\nnone: " in out) is (" none " in out)


def test_how_each_status_was_brought_about(capsys: pytest.CaptureFixture[str]) -> None:
    """With --verbose each trigger stands below its line: which, the headers, what was sent before it, what was sent."""
    assert cli.main(["matrix", "--method", "saveDisposition", "--verbose"]) == 0
    out = capsys.readouterr().out
    told = out.split("web      request  6 ")[1].split("\nsaveDisposition ")[0].splitlines()[1:]
    assert told[0].split() == ["natural:", "/provocations/1,", "passed"]
    assert told[1].strip() == "X-Mock-Edition: web"
    before = [line for line in told if line.startswith("        before: data={")]
    assert len(before) == 1
    assert before[0].replace("before: ", "") in told
    assert '    forced: servicekey="FORCE_6", passed' in told
    assert cli.main(["matrix", "--method", "getProcessData", "--verbose"]) == 0
    assert "        X-Mock-Quirk: custom_filter=on\n" in capsys.readouterr().out


def test_every_line_tells_what_was_sent(lines: list[Line]) -> None:
    """SIM-23, SIM-24, SIM-25: a trigger of each kind that a cell names, its value in what was sent, its result."""
    fields = set()
    for line in lines:
        kinds = {trigger["kind"] for trigger in line.triggers}
        assert kinds == {kind for kind in ("natural", "forced") if getattr(line, kind) == "passed"}
        for trigger in line.triggers:
            fields |= trigger["magic"].keys()
            assert all(json.dumps(text) in trigger["sent"] for text in trigger["magic"].values())
            assert (trigger["kind"] == "forced") is bool(trigger["magic"])
            assert (trigger["headers"]["X-Mock-Edition"], trigger["result"]) == (line.edition, "passed")
    assert fields == {"servicekey", "loginid", "mobilenumber", "mobilenumbers", "systemcallid"}


def test_the_matrix_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """The same as JSON; with --failures only what failed, which is nothing."""
    assert cli.main(["matrix", "--method", "deleteUser", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is True
    triggers = found["statuses"][1].pop("triggers")
    assert found["statuses"][1] == {
        "method": "deleteUser", "edition": "web", "level": "request", "status": 406, "text": "loginid not found",
        "rule": "DEL-12", "evidence": "stated", "source": "table", "natural": "passed", "forced": "passed",
        "problems": [],
    }  # fmt: skip
    assert [trigger["kind"] for trigger in triggers] == ["natural", "forced"]
    assert triggers[1]["magic"] == {"loginid": "force.406@mock.test"}
    assert len(triggers[0]["before"]) == 1
    assert "loginid" not in json.loads(triggers[0]["sent"])
    assert cli.main(["matrix", "--method", "deleteUser", "--json", "--failures"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "statuses": []}


def test_a_method_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and the nearest name."""
    assert cli.main(["matrix", "--method", "userstatus"]) == 2
    assert "no method 'userstatus'; expected userStatus?" in capsys.readouterr().err


def _listed(document: dict[str, Any], number: int) -> dict[str, Any]:
    listed: dict[str, Any] = document["provocations"][number]
    return listed


def _web(document: dict[str, Any]) -> dict[str, Any]:
    variant: dict[str, Any] = document["editions"]["web"]
    return variant


def _rule(document: dict[str, Any], level: str, rule: str) -> dict[str, Any]:
    entries = _web(document)["precedence"][level]
    found: dict[str, Any] = next(entry for entry in entries if entry.get("rule") == rule)
    return found


BROKEN: dict[str, tuple[str, Edit, int, str]] = {
    "a provocation of something else": (
        "reallocatedata", lambda doc: _listed(doc, 3).update({"change": {"contactnumber": None}}),
        71, "status 70, not 71",
    ),
    "a provocation of nothing": (
        "deleteUser", lambda doc: _listed(doc, 3).update({"from": "GV-23", "change": {}}),
        418, "status 1, not 418",
    ),
    "a rule that answers another status": (
        "deleteUser", lambda doc: _rule(doc, "request", "login_known").update({"status": 461}),
        418, "status 461, not 418",
    ),
    "a record's rule that answers another status": (
        "customer_multiple_recordings", lambda doc: _rule(doc, "record", "call_known").update({"status": 1111}),
        67, "no record failed with 67",
    ),
    "records that cannot be forced": (
        "userStatus", lambda doc: _web(doc)["precedence"]["record"].pop(0),
        5, "no record failed with 5",
    ),
    "a row of another rule": (
        "reallocatedata", lambda doc: _rule(doc, "request", "login_known").update({"status": 70}),
        72, "status 70, not 72",
    ),
}  # fmt: skip
"""What is broken in a method's document, the status whose line tells, and in which words."""


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_document_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    """Exit code 1; the line of the status says failed and what came instead, and --failures shows it alone."""
    method, edit, status, words = BROKEN[name]
    copied = shutil.copytree(data_dir("schemas"), tmp_path / "schemas")
    file = copied / "methods" / f"{method}.json"
    document = json.loads(file.read_bytes())
    edit(document)
    file.write_text(json.dumps(document), encoding="utf-8")
    monkeypatch.setattr(matrix, "data_dir", lambda kind: copied)
    assert cli.main(["matrix", "--method", method, "--failures", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is False
    (line,) = [each for each in found["statuses"] if each["status"] == status]
    assert "failed" in (line["natural"], line["forced"])
    assert any(words in problem for problem in line["problems"])
    assert all(each["problems"] for each in found["statuses"])
    assert cli.main(["matrix", "--method", method]) == 1
    out = capsys.readouterr().out
    assert f"    {line['problems'][0]}" in out.splitlines()
    assert not out.endswith("; 0 failed\n")


def _raises(*_: Any) -> Any:
    raise RuntimeError("nothing works")


@pytest.mark.parametrize(
    ("place", "broken", "status", "words"),
    [
        ((RULES, "open_entries_found"), lambda call, record: True, 70, "status 1, not 70"),
        ((RULES, "open_entries_found"), _raises, 70, "an unexpected error: RuntimeError: nothing works"),
        ((HANDLERS, "reallocatedata"), _raises, 1, "an unexpected error: RuntimeError: nothing works"),
    ],
)
def test_broken_code_fails(
    monkeypatch: pytest.MonkeyPatch, place: tuple[Any, str], broken: Any, status: int, words: str
) -> None:
    """A rule that lets everything pass, a rule or handler that raises: the line of the status tells."""
    monkeypatch.setitem(place[0], place[1], broken)
    (line,) = [each for each in matrix.play("reallocatedata") if each.status == status]
    assert (line.natural, line.failed) == ("failed", True)
    assert any(problem.endswith(words) for problem in line.problems)
