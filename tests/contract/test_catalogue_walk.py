"""A walk of the whole catalogue, and of copies of it with one thing broken."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, cast

import pytest

from mockserver import checks, cli
from mockserver.contract.catalogue import Catalogue
from mockserver.contract.expansion import NO_TRAITS
from mockserver.contract.linting import lint
from mockserver.contract.naming import SUCCESS, echoed, trait_values
from mockserver.errors import InvalidDocument
from mockserver.methods import HANDLERS, OUTCOMES, import_process_data
from mockserver.methods.rules import RULES
from mockserver.paths import data_dir
from tests.api import RECORD, drop, fresh, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from mockserver.contract.methodspec import MethodSpec
    from mockserver.methods.call import Call

    Edit = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(data_dir("schemas"), RULES, OUTCOMES, thorough=True)


def walk(catalogue: Catalogue, method: str, edition: str) -> Iterator[MethodSpec]:
    """Every quirk value alone, all last values together, and every trunk."""
    defaults = {**catalogue.quirks.defaults, "edition": edition}
    choices = [{**defaults, quirk.name: value} for quirk in catalogue.quirks for value in quirk.values]
    choices.append({quirk.name: quirk.values[-1] for quirk in catalogue.quirks})
    choices.append({**defaults, "shared_search_checks": "on", "custom_filter": "on"})
    for quirks in choices:
        yield catalogue.spec(method, {**quirks, "edition": edition})
    trunks = trait_values()["trunk"]
    assert trunks
    for trunk in trunks:
        yield catalogue.spec(method, defaults, tuple({**dict(NO_TRAITS), "trunk": trunk}.items()))


def variants() -> list[tuple[str, str]]:
    """Every method with every edition it has."""
    found = []
    for path in sorted((data_dir("schemas") / "methods").glob("*.json")):
        found += [(path.stem, edition) for edition in json.loads(path.read_bytes())["editions"]]
    return found


def test_the_documents_are_clean(catalogue: Catalogue) -> None:
    """Nothing is found in any document under any value of any quirk or trunk (GEN-20)."""
    assert lint(catalogue, frozenset(RULES), OUTCOMES, thorough=True) == []
    assert checks.check_all([])[0] == []


@pytest.mark.parametrize(("method", "edition"), variants())
def test_every_variant_expands(catalogue: Catalogue, method: str, edition: str) -> None:
    """Under every quirk value the spec reads and judges commands, and no alternative is left in it (GEN-19, GEN-20)."""
    seen: set[str] = set()
    for spec in walk(catalogue, method, edition):
        text = json.dumps(spec.plain)
        if text in seen:
            continue
        seen.add(text)
        assert not any(f'"{word}"' in text for word in ("x-quirk", "x-process", "$ref"))
        kinds = spec.records.kinds.values() if spec.records else ()
        for unit in (spec.head, *kinds):
            view = unit.normaliser.read({}, "", [])
            assert isinstance(unit.validator.is_valid(view.values), bool)
        assert spec.success_row.success


def _answers(spec: MethodSpec) -> Iterator[tuple[str, int]]:
    """Yield level and code of everything that a list, the gate or a promotion can answer."""
    for level in ("request", "record"):
        for top in spec.precedence[level]:
            for entry in top.get("records", [top]):
                yield from ((level, status) for status in entry.get("statuses", ()))
                if "status" in entry:
                    yield level, entry["status"]
                if spec.promote and level == "record":
                    yield from (("request", status) for status in entry.get("statuses", ()))
    yield from (("request", status) for status in _promoted(spec.plain["request"]))
    yield from (("request", step["status"]) for step in spec.gate)
    yield "request", spec.processing_error


def _promoted(node: Any) -> Iterator[int]:
    if isinstance(node, dict):
        if "promoted" in node:
            yield node["promoted"]
        for value in node.values():
            yield from _promoted(value)


@pytest.mark.parametrize(("method", "edition"), variants())
def test_every_row_is_reached(catalogue: Catalogue, method: str, edition: str) -> None:
    """Each row of each status table is answered by some list under some quirk; none is dead (GEN-02, GEN-06).

    Two codes stand in a payload alone and have no cause: they come forced (RAD-21, REC-20).
    """
    rows, reached = set(), set()
    for spec in walk(catalogue, method, edition):
        rows |= {
            (level, code)
            for level in ("request", "record")
            for code, row in spec.codes(level).items()
            if not row.success
        }
        reached |= set(_answers(spec))
    assert rows - reached == FORCED_ONLY.get(method, set())


FORCED_ONLY = {"reallocatedata": {("request", 5)}, "customer_recording": {("request", 5)}}


def test_every_example_is_a_good_request(catalogue: Catalogue) -> None:
    """Each example's command holds what its method's schema asks for, unless its reply is a schema's refusal."""
    from mockserver.contract.checking import Reading

    golden = json.loads((data_dir("schemas") / "presets" / "golden.json").read_bytes())
    crm_fields = {row["servicekey"]: row.get("crm_field", "sr_number") for row in golden["processes"]}
    for document in catalogue.methods.values():
        for example in document["examples"]:
            quirks = {**catalogue.quirks.defaults, "edition": example["edition"]}
            traits = {
                **dict(NO_TRAITS),
                "crm_field": crm_fields.get(example["command"].get("servicekey"), ""),
            }
            spec = catalogue.spec(document["method"], quirks, tuple(traits.items()))
            reading = Reading(spec, example["command"])
            codes = {violation.status for violation in reading.violations}
            assert codes <= {int(example["reply"].get("status", 0))}, example["id"]
            assert not any(record.violations for record in reading.records), example["id"]


def _ipd(document: dict[str, Any]) -> dict[str, Any]:
    variant: dict[str, Any] = document["editions"]["1.0.6"]
    return variant


def _fields(document: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = _ipd(document)["request"]["properties"]
    return fields


def _success(document: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = _ipd(document)["replies"]["success"]["properties"]
    return properties


def _printed(document: dict[str, Any]) -> dict[str, Any]:
    """What is printed of each record."""
    properties: dict[str, Any] = _success(document)["statusdata"]["items"]["properties"]
    return properties


def _kinds(document: dict[str, Any]) -> dict[str, Any]:
    kinds: dict[str, Any] = _fields(document)["data"]["x-record"]["items"]
    return kinds


def _trunk0(document: dict[str, Any]) -> dict[str, Any]:
    reading: dict[str, Any] = document["$defs"]["number106"]["x-quirk"]["mobile_rule"]["trunk0"]
    return reading


def _listed(document: dict[str, Any], level: str, rule: str) -> dict[str, Any]:
    entries: list[dict[str, Any]] = _ipd(document)["precedence"][level]
    return next(entry for entry in entries if entry.get("rule") == rule)


def _unlist(document: dict[str, Any]) -> None:
    """Take the entry of media out of the precedence list."""
    listed = _ipd(document)["precedence"]["request"]
    listed[:] = [entry for entry in listed if entry.get("field") != "media"]


BROKEN: dict[str, tuple[Edit, str, str]] = {
    "misspelt keyword": (
        lambda doc: _fields(doc)["media"].update({"x-balnk": "refused"}),
        "/editions/1.0.6/request/properties/media", "x-balnk",
    ),
    "misspelt value": (
        lambda doc: doc["$defs"]["media"].update({"x-blank": "refuse"}),
        "/$defs/media/x-blank", "refuse",
    ),
    "assertion without a status": (
        lambda doc: _fields(doc)["media"]["x-status"].pop("enum"),
        "/editions/1.0.6/request/properties/media", "enum has no status",
    ),
    "required without a status": (
        lambda doc: _fields(doc)["data"]["x-status"].pop("required"),
        "/editions/1.0.6/request/properties/data", "required has no status",
    ),
    "blank without a status": (
        lambda doc: doc["$defs"]["crm106"]["x-status"].pop("x-blank"),
        "/editions/1.0.6/request/properties/data/x-record/items/crmuniquefield/then/properties/crmuniquefield",
        "x-blank has no status",
    ),
    "status without a row": (
        lambda doc: _ipd(doc)["statuses"]["request"].pop("17"),
        "/editions/1.0.6/statuses/request", "no row for status 17",
    ),
    "record status without a row": (
        lambda doc: _ipd(doc)["statuses"]["record"].pop("43"),
        "/editions/1.0.6/statuses/record", "no row for status 43",
    ),
    "no success": (
        lambda doc: _ipd(doc)["statuses"]["request"]["1"].pop("success"),
        "/editions/1.0.6/statuses/request", "no row says success",
    ),
    "unknown rule": (
        lambda doc: _ipd(doc)["precedence"]["request"][3].update({"rule": "field_list_refined"}),
        "/editions/1.0.6/precedence/request", "no rule field_list_refined",
    ),
    "rule without an answer": (
        lambda doc: _ipd(doc)["precedence"]["request"][3].pop("status"),
        "/editions/1.0.6/precedence/request", "has neither status nor warn",
    ),
    "unknown reference": (
        lambda doc: doc["$defs"]["media"].update({"x-reference": "medium"}),
        "/editions/1.0.6", "no reference table medium",
    ),
    "wrong $ref": (
        lambda doc: _fields(doc)["media"].update({"$ref": "#/$defs/medium"}),
        "/editions/1.0.6", "no definition #/$defs/medium",
    ),
    "unknown trait": (
        lambda doc: doc["$defs"]["record106"]["properties"].update({"{crm}": {}}),
        "/editions/1.0.6", "no trait or quirk {crm}",
    ),
    "precedence that misses a status": (
        _unlist, "/editions/1.0.6/precedence/request", "nothing reaches status 17 of field media",
    ),
    "precedence that misses a quirk's status": (
        lambda doc: _ipd(doc)["precedence"]["request"].remove({"field": "todate", "statuses": [16]}),
        "/editions/1.0.6/precedence/request", "nothing reaches status 16 of field todate",
    ),
    "role nobody plays": (
        lambda doc: _kinds(doc)["customercode"]["properties"]["customercode"].update({"x-as": "code"}),
        "/editions/1.0.6/request/properties/data/x-record/items/customercode", "no property plays customer_code",
    ),
    "null that takes nothing away": (
        lambda doc: doc["$defs"]["sized"].update({"x-warn": None}),
        "/$defs/sized/x-warn", "null is not",
    ),
    "condition that nothing answers for": (
        lambda doc: _fields(doc)["media"].update({"allOf": [{"maxLength": 1}]}),
        "/editions/1.0.6/request/properties/media", "allOf",
    ),
    "misspelt quirk": (
        lambda doc: doc["$defs"]["number106"].update({"x-quirk": {"mobil_rule": {"intl": {}}}}),
        "/$defs/number106/x-quirk/mobil_rule", "no quirk mobil_rule; expected mobile_rule? One of edition, ",
    ),
    "misspelt value of a quirk": (
        lambda doc: doc["$defs"]["number106"]["x-quirk"]["mobile_rule"].update({"strict": {}}),
        "/$defs/number106/x-quirk/mobile_rule/strict",
        "quirk mobile_rule has no value strict; expected strict10? One of trunk0, strict10, intl; got strict",
    ),
    "misspelt quirk of a reply": (
        lambda doc: _success(doc)["statusdesc"].update({"x-quirk": {"ipd106_top_statusdsc": {"omit": None}}}),
        "/editions/1.0.6/replies/success/properties/statusdesc/x-quirk/ipd106_top_statusdsc",
        "expected ipd106_top_statusdesc? One of ",
    ),
    "misspelt trait": (
        lambda doc: _trunk0(doc).update({"x-process": {"trunks": {"gsm": {"pattern": "1"}}}}),
        "/$defs/number106/x-quirk/mobile_rule/trunk0/x-process/trunks",
        "no trait trunks; expected trunk? One of trunk, crm_field, template; got trunks",
    ),
    "misspelt trunk": (
        lambda doc: _trunk0(doc)["x-process"]["trunk"].update({"gms": {"pattern": "1"}}),
        "/$defs/number106/x-quirk/mobile_rule/trunk0/x-process/trunk/gms",
        "trait trunk has no value gms; expected gsm? One of domestic, gsm, telco; got gms",
    ),
    "member nobody gives": (
        lambda doc: _printed(doc)["info"].update({"x-from": "efect"}),
        "/editions/1.0.6/replies/success/properties/statusdata/items/properties/info/x-from",
        "no outcome has a member efect; expected effect? One of call_id, call_key, contact, ",
    ),
    "member of another level": (
        lambda doc: _success(doc)["resdatetime"].update({"x-from": "contact"}),
        "/editions/1.0.6/replies/success/properties/resdatetime/x-from",
        "expected one of method, now, records; got contact",
    ),
    "key nobody gives": (
        lambda doc: _printed(doc)["mobilenumber"].update({"x-key": "mobil_key"}),
        "/editions/1.0.6/replies/success/properties/statusdata/items/properties/mobilenumber/x-key",
        "expected mobile_key? One of ",
    ),
    "value from nowhere": (
        lambda doc: _printed(doc)["info"].pop("x-from"),
        "/editions/1.0.6/replies/success/properties/statusdata/items/properties/info", "expected const or x-from",
    ),
    "rule whose status has no row": (
        lambda doc: _listed(doc, "record", "session_known").update({"status": 999}),
        "/editions/1.0.6/precedence/record",
        "rule session_known answers status 999, which has no row; expected a record status, one of 1, 24, 36, ",
    ),
    "rule whose status has a row of the other level only": (
        lambda doc: _listed(doc, "request", "field_list_defined").update({"status": 37}),
        "/editions/1.0.6/precedence/request", "rule field_list_defined answers status 37, which has no row",
    ),
    "rule promoted to a status without a row": (
        lambda doc: _listed(doc, "record", "script_template_defined").update({"promoted": 37}),
        "/editions/1.0.6/precedence/record",
        "rule script_template_defined answers status 37, which has no row; expected a request status",
    ),
    "assertion promoted to a status without a row": (
        lambda doc: _kinds(doc)["customercode"]["properties"]["customercode"]["x-status"]["required"].update(
            {"promoted": 999}
        ),
        "/editions/1.0.6/statuses/request", "no row for status 999",
    ),
    "precedence with a status without a row": (
        lambda doc: _ipd(doc)["precedence"]["request"][0]["statuses"].append(999),
        "/editions/1.0.6/precedence/request", "field media answers status 999, which has no row",
    ),
    "precedence of records with a status without a row": (
        lambda doc: _ipd(doc)["precedence"]["record"].append({"statuses": [55]}),
        "/editions/1.0.6/precedence/record", "field (any) answers status 55, which has no row",
    ),
    "status of a keyword that is not asserted": (
        lambda doc: _fields(doc)["media"]["x-status"].update({"maxLength": 17}),
        "/editions/1.0.6/request/properties/media/x-status/maxLength", "nothing asserts maxLength here",
    ),
    "status of a misspelt keyword": (
        lambda doc: _fields(doc)["sessionid"]["x-status"].update({"patern": 36}),
        "/editions/1.0.6/request/properties/sessionid/x-status/patern",
        "nothing asserts patern here; expected pattern? One of pattern, type; got patern",
    ),
    "status of a field that nothing asks for": (
        lambda doc: doc["$defs"]["record106"]["properties"]["calltype"]["x-status"].update({"required": 38}),
        "/editions/1.0.6/request/properties/data/x-record/items/mobilenumber/properties/calltype/x-status/required",
        "nothing asserts required here",
    ),
    "status that nothing provokes": (
        lambda doc: doc["provocations"].remove({"edition": "1.0.6", "status": 17, "change": {"media": "99"}}),
        "/editions/1.0.6/statuses/request/17", "nothing provokes this status",
    ),
    "record status that nothing provokes": (
        lambda doc: doc.update({"provocations": [
            each for each in doc["provocations"] if (each.get("level"), each["status"]) != ("record", 37)
        ]}),
        "/editions/1.0.6/statuses/record/37", "nothing provokes this status",
    ),
    "provocation of a status without a row": (
        lambda doc: doc["provocations"][0].update({"status": 37}),
        "/provocations/0/status", "no request status 37; expected one of 1, 2, 5, 13, 14, ",
    ),
    "provocation of a common status by records": (
        lambda doc: doc["provocations"][0].update({"level": "record", "status": 1107}),
        "/provocations/0/status", "no record status 1107",
    ),
    "provocation from nowhere": (
        lambda doc: doc["provocations"][0].update({"from": f"GV-{9:02d}"}),
        "/provocations/0/from", f"no example GV-{9:02d}; expected ",
    ),
    "provocation after nothing": (
        lambda doc: doc["provocations"][0].update({"after": [f"GV-{number:02d}" for number in (9, 99)]}),
        "/provocations/0/after/1", f"no example GV-{99}; expected ",
    ),
    "provocation under an unknown quirk": (
        lambda doc: doc["provocations"][0].update({"quirks": {"overlng": "accept"}}),
        "/provocations/0/quirks/overlng", "unknown quirk 'overlng'; did you mean overlong?",
    ),
    "provocation under an unknown value": (
        lambda doc: doc["provocations"][0].update({"quirks": {"overlong": "acept"}}),
        "/provocations/0/quirks/overlong", "quirk overlong has no value 'acept'",
    ),
    "provocation in an edition there is not": (
        lambda doc: [doc["editions"].pop("web"), doc.update({"examples": doc["examples"][:4]})],
        "/provocations/54/edition", "no edition web",
    ),
    "another method's name": (
        lambda doc: doc.update({"method": "ImportData"}), "/method", "differs from the file's name",
    ),
}  # fmt: skip
"""What is broken in ImportProcessData's document, with the pointer and words of the problem."""

CHECKED_AS_FILES = frozenset(sorted(BROKEN)[::2])
"""Half of them are given to the check by name, half are found among all documents."""


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of all documents."""
    return shutil.copytree(data_dir("schemas"), tmp_path / "schemas")


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_document_is_refused(
    copied: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Loading says file, pointer, expected and got; ``jodo-mock check`` exits 1 and says the same (GEN-06)."""
    edit, pointer, words = BROKEN[name]
    file = copied / "methods" / "ImportProcessData.json"
    document = json.loads(file.read_bytes())
    edit(document)
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InvalidDocument) as caught:
        Catalogue.load(copied, RULES, OUTCOMES, thorough=True)
    found = [
        problem for problem in caught.value.problems if problem.pointer == pointer and words in str(problem)
    ]
    assert found, str(caught.value)
    assert found[0].file == str(file)
    assert found[0].expected
    assert found[0].got
    if name in CHECKED_AS_FILES:
        assert cli.main(["check", str(file)]) == 1
    else:
        monkeypatch.setattr(checks, "data_dir", lambda kind: copied if kind == "schemas" else data_dir(kind))
        assert cli.main(["check"]) == 1
    assert str(found[0]) in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "broken", "words"),
    [
        ("common.json", "{", "is not JSON"),
        ("quirks.json", '{"edition": {"values": []}}', "required"),
        ("references/media.json", '{"ledger": "REF-01", "about": "x", "entries": {"1": {}}}', "name"),
        (
            "references/media.json",
            '{"ledger": "REF-01", "about": "x", "default": "1", "entries": {}}',
            "default",
        ),
        ("envelopes.json", None, "cannot be read"),
    ],
)
def test_other_broken_documents(copied: Path, name: str, broken: str | None, words: str) -> None:
    """A file that is missing, no JSON or not in the vocabulary is named with its place."""
    file = copied / name
    if broken is None:
        file.unlink()
    else:
        file.write_text(broken, encoding="utf-8")
    with pytest.raises(InvalidDocument) as caught:
        Catalogue.load(copied, RULES)
    assert any(problem.file == str(file) and words in str(problem) for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("name", "path", "change", "found"),
    [
        (
            "common", ("statuses", "1107", "text", "x-quirk"), {"editon": {"web": "x"}},
            ("/statuses/1107/text/x-quirk/editon", "no quirk editon; expected edition? One of "),
        ),
        (
            "common", ("unknown_method_envelope", "x-quirk", "edition"), {"1.0.5": "F106"},
            ("/unknown_method_envelope/x-quirk/edition/1.0.5", "expected 1.0.6? One of 1.0.6, web; got 1.0.5"),
        ),
        (
            "envelopes", ("FWEB", "properties", "revisionno", "x-quirk", "revisionno_type"), {"integer": None},
            ("/FWEB/properties/revisionno/x-quirk/revisionno_type/integer", "expected int? One of example, int, string"),
        ),
        (
            "envelopes", ("F106", "properties", "statusdesc"), {"x-from": "txt"},
            ("/F106/properties/statusdesc/x-from", "expected text? One of echo, method, now, reason, status, text; got txt"),
        ),
        (
            "envelopes", ("FDISP", "properties", "resdatetime"), {"x-from": "records"},
            ("/FDISP/properties/resdatetime/x-from", "no outcome has a member records"),
        ),
    ],
)  # fmt: skip
def test_names_in_shared_documents(
    copied: Path, name: str, path: tuple[str, ...], change: dict[str, Any], found: tuple[str, str]
) -> None:
    """What no request can choose and no failure gives is found in what all methods share, even at a start (GEN-20)."""
    file = copied / f"{name}.json"
    document = json.loads(file.read_bytes())
    node = document
    for step in path:
        node = node[step]
    node.update(change)
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InvalidDocument) as caught:
        Catalogue.load(copied, RULES)
    (problem,) = caught.value.problems
    assert (problem.file, problem.pointer) == (str(file), found[0])
    assert found[1] in str(problem)


@pytest.mark.parametrize(
    ("edit", "pointer", "words"),
    [
        (lambda listed: listed.pop("foreign"), "/provocations/foreign", "nothing provokes this step"),
        (
            lambda listed: listed.update({"forein": {}}),
            "/provocations/forein", "no step forein; expected foreign? One of apikey, expired, ",
        ),
    ],
)  # fmt: skip
def test_provocations_of_the_gate(copied: Path, edit: Edit, pointer: str, words: str) -> None:
    """Each step of the gate has keys that it refuses, and there are none for other steps (AUTH-08)."""
    file = copied / "common.json"
    document = json.loads(file.read_bytes())
    edit(document["provocations"])
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InvalidDocument) as caught:
        Catalogue.load(copied, RULES, thorough=True)
    (problem,) = caught.value.problems
    assert (problem.file, problem.pointer) == (str(file), pointer)
    assert words in str(problem)


@pytest.mark.parametrize("edition", ["1.0.6", "web"])
def test_a_handler_gives_what_it_declares(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, edition: str
) -> None:
    """The members that documents may print are those that an insert and an update bring (IPD106-27)."""
    given: list[Mapping[str, Any]] = []

    def noted(call: Call) -> Mapping[str, Any]:
        given.append(import_process_data.handle(call))
        return given[-1]

    monkeypatch.setitem(cast("dict[str, Any]", HANDLERS), "ImportProcessData", noted)
    new = {**RECORD, "mobilenumber": "9000000001"}
    api = fresh()
    assert api.post(without(data=[new, new]), edition=edition).status == 1
    drop(api)
    (outcome,) = given
    assert {record["effect"] for record in outcome["records"]} == {"inserted", "updated"}
    members = {f"records/{member}" for record in outcome["records"] for member in record} | set(outcome)
    spec = catalogue.spec("ImportProcessData", {**catalogue.quirks.defaults, "edition": edition})
    assert members - set(echoed(spec.plain["request"])) - SUCCESS == OUTCOMES["ImportProcessData"]


UNUSED = {
    "allOf": [{"type": "string"}], "anyOf": [{"type": "string"}], "not": {"type": "string"},
    "description": "a medium", "minLength": 1, "minItems": 1,
}  # fmt: skip


@pytest.mark.parametrize("keyword", UNUSED)
def test_a_request_has_only_keywords_with_an_answer(copied: Path, keyword: str) -> None:
    """What nothing reports by a status, or nothing uses, is no word of the vocabulary (GEN-02, GEN-06)."""
    file = copied / "methods" / "ImportProcessData.json"
    document = json.loads(file.read_bytes())
    _fields(document)["media"][keyword] = UNUSED[keyword]
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InvalidDocument) as caught:
        Catalogue.load(copied, RULES)
    (problem,) = caught.value.problems
    assert problem.pointer == "/editions/1.0.6/request/properties/media"
    assert keyword in problem.message


def test_a_start_refuses_what_the_defaults_break(copied: Path) -> None:
    """A start, which looks at the defaults only, refuses a broken default and leaves quirks to the check."""
    file = copied / "methods" / "ImportProcessData.json"
    for name, refused in (("status without a row", True), ("precedence that misses a quirk's status", False)):
        document = json.loads((data_dir("schemas") / "methods" / "ImportProcessData.json").read_bytes())
        BROKEN[name][0](document)
        file.write_text(json.dumps(document), encoding="utf-8")
        if refused:
            with pytest.raises(InvalidDocument):
                Catalogue.load(copied, RULES)
        else:
            assert Catalogue.load(copied, RULES).loaded()["methods"] == len(
                list((copied / "methods").iterdir())
            )
