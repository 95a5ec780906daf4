"""Plans: extending others, and told in full when they are broken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.contract.documents import read_json
from mockserver.errors import InvalidDocument, InvalidSetting
from mockserver.paths import data_dir
from mockserver.seeding import load_plan, load_preset, presets
from mockserver.store.interface import TABLES
from tests.api import UNTOUCHED
from tests.seeds import DEMO, ORG, counters, one, planted, rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mockserver.errors import Problem


def test_plan_of_a_user_extends_golden(tmp_path: Path) -> None:
    """A user's plan in a file adds rows to the golden plan and inherits its people."""
    path = tmp_path / "mine.json"
    tenant = {"apikey": "mine", "name": "Mine", "counters": {"customercode": 9, "calllistid": 9, "userid": 9}}
    document = {
        "title": "mine",
        "extends": "golden",
        "tenants": [tenant],
        "processes": [{"tenant": "mine", "name": "P", "servicekey": "MyKey", "crm_field": "ref"}],
        "customers": [
            {"tenant": "mine", "process": "P", "customercode": 8, "contact1": "+919000000001",
             "fields": {"ref": "Ä1"}, "storedatetime": "2024-02-29 00:00:00"}
        ],
    }  # fmt: skip
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    store = planted(load_plan(str(path)), customers=2)
    assert counters(store, "mine") == (9, 9, 9)
    assert one(store, "customers", tenant="mine")["crm"] == "Ä1"
    assert len(rows(store, "customers", tenant=DEMO)) == 2


def test_presets_ship() -> None:
    """Both presets ship, and a name that is none of them is answered with the nearest."""
    assert presets() == ("demo", "golden")
    with pytest.raises(InvalidSetting, match=r"'goldn' is unknown: expected golden\?"):
        load_preset("goldn")


def test_schema_of_plans_is_a_schema() -> None:
    """schemas/seed.json is valid JSON Schema 2020-12, and every member of it says what it is for."""
    schema = read_json(data_dir("schemas") / "seed.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    assert list(undescribed(schema)) == []


def undescribed(schema: dict[str, Any], place: str = "") -> Iterable[str]:
    for name, member in schema.get("properties", {}).items():
        if not member.get("description"):
            yield f"{place}/{name}"
        yield from undescribed(member, f"{place}/{name}")
        yield from undescribed(member.get("items", {}), f"{place}/{name}")


def test_plan_sections_are_the_tables() -> None:
    """The schema of a plan names the tables' columns, less those derived, plus a tenant's counters."""
    sections = read_json(data_dir("schemas") / "seed.json")["properties"]
    derived = {"users": {"login_key"}, "customers": {"crm"}, "calls": set(UNTOUCHED)}
    for spec in TABLES:
        if spec.name not in ("dispositions", "timers", "deliveries"):
            named = set(sections[spec.name]["items"]["properties"]) - {"counters"}
            assert named == set(spec.columns) - derived.get(spec.name, set())


def small() -> dict[str, Any]:
    """Return a sound plan small enough to break in one place."""
    return {
        "title": "small",
        "tenants": [
            {"apikey": "org", "name": "O", "counters": {"customercode": 5, "calllistid": 6, "userid": 7}}
        ],
        "processes": [
            {"tenant": "org", "name": "P", "servicekey": "P", "alias": "p"},
            {"tenant": "org", "name": "Q", "servicekey": "Q"},
        ],
        "users": [
            {"tenant": "org", "userid": 1, "login": "ann", "username": "Ann"},
            {"tenant": "org", "userid": 2, "login": "bob", "username": "Bob"},
        ],
        "customers": [
            {"tenant": "org", "process": "P", "customercode": 1, "contact1": "9000000001",
             "storedatetime": "2024-01-01 00:00:00"},
            {"tenant": "org", "process": "P", "customercode": 2, "contact1": "9000000002",
             "storedatetime": "2024-01-01 00:00:00"},
        ],
        "calls": [
            {"tenant": "org", "calllistid": 1, "process": "P", "contact": "9000000001", "status": "done",
             "systemcallid": "240101000000000001", "customercode": 1, "storedatetime": "2024-01-01 00:00:00"},
        ],
        "recordings": [
            {"tenant": "org", "systemcallid": "240101000000000001", "sessionid": 1,
             "url": "http://127.0.0.1/1.MP3", "seconds": 3},
        ],
        "dnc": [{"tenant": "org", "number": "9000000003"}],
        "callbacks": [{"tenant": "org", "process": "P", "contact": "9000000001", "count": 1}],
        "people": {
            "tenant": "org", "processes": ["P", "Q"], "locales": ["en_IN"],
            "fields": {"sr_number": ["{serial}"]}, "stored_from": "2024-01-01 00:00:00", "stored_every": 1,
            "open_every": 2, "due_from": "2024-01-01 00:00:00", "due_every": 1,
        },
    }  # fmt: skip


REMOVED = object()

BROKEN: list[tuple[str, object, str, str, str]] = [
    # where, what is put there, the pointer told (same place if empty), expected, got
    ("/tenant", [], "", "tenants? One of $schema, callbacks", "tenant"),
    ("/users/0/logn", "x", "", "login? One of client_login", "logn"),
    ("/tenants/0/counters/userid", REMOVED, "", "a member userid", "none"),
    ("/title", REMOVED, "", "a member title", "none"),
    ("/title", "", "", "at least 1 characters", '""'),
    ("/users/0/userid", "1", "", "integer", '"1"'),
    ("/users/0/userid", True, "", "integer", "true"),
    ("/users/0/userid", 1.0, "", "a whole number", "1.0"),
    ("/users/0/userid", 0, "", "at least 1", "0"),
    ("/users/0/since", "2024-02-30 00:00:00", "", "YYYY-MM-DD hh:mm:ss", '"2024-02-30 00:00:00"'),
    ("/tenants/0/expires", "tomorrow", "", "YYYY-MM-DD hh:mm:ss", '"tomorrow"'),
    ("/recordings/0/url", "not a link", "", "uri", '"not a link"'),
    ("/dnc/0/number", "9000 000", "", r"text that matches ^\+?[0-9]{3,16}$", '"9000 000"'),
    ("/processes/0/trunk", "satellite", "", 'one of "domestic", "gsm", "telco"', '"satellite"'),
    ("/processes/0/template", ["a", "a"], "", "different elements", '["a", "a"]'),
    ("/processes/0/tenant", "orgg", "", "org? One of org", '"orgg"'),
    ("/users/1/tenant", "nowhere", "", "one of org", '"nowhere"'),
    ("/dnc/0/tenant", "nowhere", "", "one of org", '"nowhere"'),
    ("/customers/0/process", "R", "", "one of P, Q", '"R"'),
    ("/calls/0/process", "R", "", "one of P, Q", '"R"'),
    ("/callbacks/0/process", "R", "", "one of P, Q", '"R"'),
    ("/calls/0/customercode", 3, "", "one of 1, 2", "3"),
    ("/recordings/0/sessionid", 2, "", "one of 1", "2"),
    ("/recordings/0/systemcallid", "1", "/recordings/0/sessionid", "a row of calls to point at", "1"),
    ("/tenants/1", {"apikey": "org", "name": "O"}, "/tenants/1/apikey", "used once in the plan", '"org"'),
    ("/processes/1/name", "P", "", "a value used once for one tenant", '"P"'),
    ("/processes/1/servicekey", "P", "", "a key used once in the plan", '"P"'),
    ("/processes/1/alias", "P", "", "a key used once in the plan", '"P"'),
    ("/processes/1/servicekey", "p", "", "a key used once in the plan", '"p"'),
    ("/users/1/userid", 1, "", "a value used once for one tenant", "1"),
    ("/users/1/login", "ANN", "", "a value used once for one tenant", '"ANN"'),
    ("/customers/1/customercode", 1, "", "a value used once for one tenant", "1"),
    ("/users/1/userid", 7, "", "less than 7", "7"),
    ("/customers/1/customercode", 5, "", "less than 5", "5"),
    ("/tenants/0/counters/calllistid", 1, "/calls/0/calllistid", "less than 1", "1"),
    ("/people/tenant", "nowhere", "", "an API key of the plan", '"nowhere"'),
    ("/people/processes/1", "R", "", "one of P, Q", '"R"'),
    ("/people/fields/sr_number", ["same"], "", "a single text with {serial}", '["same"]'),
    ("/people/fields/sr_number", REMOVED, "", "a single text with {serial}", "[]"),
    ("/people/fields/sr_number/0", "{seriall}", "", "text that matches", '"{seriall}"'),
    ("/people/locales/0", "en_XX", "", 'one of "en_IN", "gu_IN"', '"en_XX"'),
    ("/extends", "goldn", "", "golden? One of demo, golden", '"goldn"'),
]


def put(document: Any, place: str, value: object) -> None:
    *parents, last = place[1:].split("/")
    for part in parents:
        document = document[int(part)] if isinstance(document, list) else document[part]
    if value is REMOVED:
        del document[last]
    elif isinstance(document, list):
        document[int(last) : int(last) + 1] = [value]
    else:
        document[last] = value


def test_small_plan_is_sound() -> None:
    """The plan that the next test breaks is sound before."""
    store = planted(load_plan(small()), customers=3)
    assert counters(store, "org") == (8, 8, 7)


@pytest.mark.parametrize(("place", "value", "told", "expected", "got"), BROKEN)
def test_broken_plan(place: str, value: object, told: str, expected: str, got: str) -> None:
    """AM-51 and more: a plan broken in one place is told first of all there: pointer, expected, got."""
    document = small()
    put(document, place, value)
    with pytest.raises(InvalidDocument) as caught:
        load_plan(document)
    problem = caught.value.problems[0]
    assert problem.file == "seed plan"
    assert problem.pointer == (told or place)
    assert expected in problem.expected
    assert problem.got == got
    assert problem.message


def test_all_problems_are_told(tmp_path: Path) -> None:
    """A plan broken twice in a file tells both problems, with the file's name."""
    document = small()
    put(document, "/processes/0/trunk", "x")
    put(document, "/users/0/userid", "x")
    path = tmp_path / "two.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InvalidDocument) as caught:
        load_plan(path)
    assert {(problem.file, problem.pointer) for problem in caught.value.problems} == {
        (str(path), "/processes/0/trunk"),
        (str(path), "/users/0/userid"),
    }


def test_clash_with_the_extended_plan() -> None:
    """A row that clashes with the plan it extends is told at its own place."""
    document = {"title": "t", "extends": "golden", "tenants": [{"apikey": ORG, "name": "again"}]}
    with pytest.raises(InvalidDocument) as caught:
        load_plan(document)
    assert ("seed plan", "/tenants/0/apikey") in [(p.file, p.pointer) for p in caught.value.problems]


def test_presets_that_extend_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Presets that extend each other in a ring are refused instead of followed for ever."""
    schema = (data_dir("schemas") / "seed.json").read_text(encoding="utf-8")
    (tmp_path / "schemas" / "presets").mkdir(parents=True)
    (tmp_path / "schemas" / "seed.json").write_text(schema, encoding="utf-8")
    for name, other in (("ping", "pong"), ("pong", "ping")):
        path = tmp_path / "schemas" / "presets" / f"{name}.json"
        path.write_text(json.dumps({"title": name, "extends": other}), encoding="utf-8")
    monkeypatch.setattr("mockserver.seed_plan.data_dir", tmp_path.joinpath)
    with pytest.raises(InvalidDocument, match=r"pong\.json: /extends: the plan extends itself"):
        load_preset("ping")


def test_crowd_must_have_people() -> None:
    """A plan that leaves its people to a preset without any is refused."""
    with pytest.raises(InvalidDocument, match="this preset has no people"):
        load_plan({"title": "t", "crowd": "golden"})


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                        st.sampled_from(["title", "tenants", "users", "apikey", "people", "name", "extends"]),
                        inner, max_size=4), max_leaves=8))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_any_mapping_is_loaded_or_explained(document: object) -> None:
    """Whatever JSON stands for a plan, it loads or raises InvalidDocument with problems to read."""
    candidate = document if isinstance(document, dict) else {"title": "t", "tenants": document}
    problems, title = outcome(candidate)
    assert all(problem.expected and problem.got for problem in problems)
    assert problems or title == candidate["title"]


def outcome(document: dict[str, Any]) -> tuple[tuple[Problem, ...], str]:
    try:
        return (), load_plan(document).title
    except InvalidDocument as error:
        return error.problems, ""
