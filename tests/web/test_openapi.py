"""The OpenAPI document: it is valid, describes everything there is, and what it says is what happens."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import jsonschema_rs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mockserver.app import create_app
from mockserver.contract.values import is_moment
from mockserver.paths import data_dir
from mockserver.service import Service
from mockserver.settings import ENDPOINT, Settings
from mockserver.web.admin_routes import ROUTES
from mockserver.web.openapi.admin import PLACEHOLDER
from mockserver.web.openapi.document import assemble
from mockserver.web.openapi.nodes import Sendable
from tests.api import IMPORT, RECORD, drop, fresh, shared_service
from tests.web.admin_client import METHOD, MOBILE, push

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.admin_client import Admin

REFUSED = {"GV-04"}
"""Printed commands that are printed for what is wrong with them."""

CATALOGUE = shared_service().catalogue
EXAMPLES = [
    pytest.param(method, example, id=example["id"])
    for method, document in CATALOGUE.methods.items()
    for example in document["examples"]
]


@cache
def described() -> dict[str, Any]:
    """The document of a server that asks for no token."""
    return assemble(data_dir("schemas"), CATALOGUE, ROUTES)


@cache
def validator(name: str) -> Any:
    """What validates against a schema of the document."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": described()["components"]}
    return jsonschema_rs.Draft202012Validator(schema, formats={"moment": is_moment}, validate_formats=True)


def fitting(name: str, value: Any) -> list[str]:
    """Return the alternatives of a schema that a value fits."""
    listed = [each["$ref"].rpartition("/")[2] for each in described()["components"]["schemas"][name]["oneOf"]]
    return [each for each in listed if validator(each).is_valid(value)]


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in described()["paths"].items():
        for verb, operation in item.items():
            if verb != "parameters":
                yield path, verb, operation


def test_the_document_is_openapi() -> None:
    """A validator of the OpenAPI Initiative's own schema finds nothing."""
    from openapi_spec_validator import OpenAPIV31SpecValidator

    assert described()["openapi"].startswith("3.1")
    assert [str(error) for error in OpenAPIV31SpecValidator(described()).iter_errors()] == []


def test_every_route_is_described_at_each_of_its_addresses() -> None:
    """Each row of the admin API's table, under every sandbox and directly; each with an id of its own (AM-01)."""
    found = {(verb.upper(), path) for path, verb, _ in operations()}
    for route in ROUTES:
        for path in route.paths:
            operation = described()["paths"][PLACEHOLDER.sub(r"{\1}", path)][route.verb.lower()]
            assert operation["summary"] == route.help
            assert ("requestBody" in operation) == bool(route.body)
            assert {each["name"] for each in operation["parameters"]} >= set(route.filters)
            assert (route.status == 204) == ("content" not in operation["responses"][str(route.status)])
    for prefix in ("", "/sandboxes/{sandbox}"):
        assert {("GET", prefix + ENDPOINT), ("POST", prefix + ENDPOINT)} <= found
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert len(ids) == len(set(ids))


def test_every_method_is_described_in_each_edition() -> None:
    """Commands and replies of all methods, and the editions of the one that has two (GEN-19)."""
    schemas = described()["components"]["schemas"]
    mapping = schemas["Command"]["discriminator"]["mapping"]
    assert mapping == {method: f"#/components/schemas/{method}" for method in CATALOGUE.methods}
    for method, document in CATALOGUE.methods.items():
        editions = list(document["editions"])
        parts = [f"{method}.{edition}" for edition in editions] if len(editions) > 1 else [method]
        for part in parts:
            assert part in schemas
            assert {"$ref": f"#/components/schemas/{part}.reply"} in schemas["Reply"]["oneOf"]
    assert [each["$ref"].rpartition(".")[2] for each in schemas["ImportProcessData"]["anyOf"]] == ["6", "web"]


@pytest.mark.parametrize(("method", "example"), EXAMPLES)
def test_printed_commands_are_commands_of_their_method(method: str, example: Any) -> None:
    """Each command that the vendor prints fits its method and no other, but for those printed as wrong."""
    expected = [] if example["id"] in REFUSED else [method]
    assert fitting("Command", example["command"]) == expected
    assert validator("Command").is_valid(example["command"]) == bool(expected)


@pytest.mark.parametrize(("method", "example"), EXAMPLES)
def test_printed_replies_are_replies(method: str, example: Any) -> None:
    """Each reply that the vendor prints fits exactly one shape (GEN-01)."""
    assert len(fitting("Reply", example["reply"])) == 1
    assert validator("Reply").is_valid(example["reply"])


def test_printed_examples_stand_in_the_document() -> None:
    """The request shows every printed command that fits, in both ways to post it; the reply every printed reply."""
    ids = {each.id for each in EXAMPLES}
    post, get = (described()["paths"][ENDPOINT][verb] for verb in ("post", "get"))
    form, raw = post["requestBody"]["content"].values()
    query = get["parameters"][0]["content"]["application/json"]
    assert set(form["examples"]) == set(raw["examples"]) == set(query["examples"]) == ids - REFUSED
    shown = form["examples"]["GV-01"]["value"]["data"]
    assert raw["examples"]["GV-01"]["value"] == f"data={shown}"
    assert json.loads(shown) == query["examples"]["GV-01"]["value"]
    assert set(post["responses"]["200"]["content"]["application/json"]["examples"]) == ids


VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        "", " ", None, [], {}, "12", 12, "5", 5, "99", 1.5, True, "x" * 16, "x" * 201, "9876543210", 9876543210,
        "09876543210", "2026-01-02 03:04:05", "2026-1-2 3:4:5", "customercode", "mobilenumbers", "0", 0, "007",
    ]
)  # fmt: skip
FIELDS = st.sampled_from(["media", "updateparam", "reqdatetime", "unheard_of", "fromdate"])
RECORD_FIELDS = st.sampled_from(
    [
        "mobilenumber", "mobilenumbers", "customercode", "crmuniquefield", "callDateTime", "calldatetime",
        "calltype", "call_type", "Calltype", "sr_number", "comments", "feedback_score", "unheard_of",
    ]
)  # fmt: skip


@settings(deadline=None)
@given(
    head=st.dictionaries(FIELDS, VALUES, max_size=2),
    record=st.dictionaries(RECORD_FIELDS, VALUES, max_size=3),
    by=st.sampled_from(["mobilenumber", "mobilenumbers", "customercode", "crmuniquefield"]),
    edition=st.sampled_from(["1.0.6", "web"]),
)
def test_what_the_document_takes_the_sandbox_takes(head: Any, record: Any, by: str, edition: str) -> None:
    """A command that fits is carried out, each of its records too; and any answer is a reply (GEN-05, GEN-13).

    What a process calls the field of the CRM's key, here sr_number, no document can say.
    """
    assume(by != "crmuniquefield" or "sr_number" not in record)
    command = {**IMPORT, "updateparam": by, **head, "data": [{**RECORD, **record}]}
    api = fresh()
    try:
        answer = api.post(command, edition=edition)
    finally:
        drop(api)
    assert len(fitting("Reply", answer.body)) == 1
    if validator(f"ImportProcessData.{edition}").is_valid(command):
        assert answer.status == 1, answer.raw
        assert all(int(each["statuscode"]) == 1 for each in answer.body.get("statusdata", ())), answer.raw


@pytest.mark.parametrize(
    "change",
    [
        {"media": "99"}, {"media": None}, {"media": True}, {"updateparam": "name"}, {"data": []}, {"data": "x"},
        {"apikey": 5}, {"method": "importProcessData"}, {"data": [{}]}, {"data": [{"mobilenumber": "12345"}]},
        {"data": [{**RECORD, "sr_number": "x" * 16}]}, {"data": [{**RECORD, "calltype": 6}]},
        {"updateparam": "customercode"}, {"data": [{**RECORD, "callDateTime": "tomorrow"}]},
    ],
)  # fmt: skip
def test_what_the_sandbox_refuses_the_document_refuses(change: dict[str, Any]) -> None:
    """A field that is refused by its form is refused by the description of edition 1.0.6 as well (GEN-05)."""
    assert validator("ImportProcessData.1.0.6").is_valid(IMPORT)
    assert not validator("ImportProcessData.1.0.6").is_valid({**IMPORT, **change})


NODES = [
    ({"type": "string", "x-unheard-of": {"a": 1}}, ["x", ""], [1]),
    ({"type": "string", "enum": ["add", "edit"], "x-fold": "case", "x-means": {"1": "add"}}, ["ADD", "1"], ["a"]),
    ({"type": "string", "enum": ["Voice In"], "x-fold": "spaces", "x-blank": "refused"}, ["voicein", "Voice  In"], ["voice out"]),
    ({"type": "string", "enum": ["7"], "x-means": {"Wrapup": "7"}, "x-integer": "accepted"}, [7, "Wrapup"], [8]),
    ({"type": "array", "x-list": True, "items": {"type": "string", "enum": ["1"]}}, ["1", ["1"]], ["2", ["2"]]),
    ({"type": "string", "x-refuses": ["root"]}, ["admin"], ["root"]),
    ({"type": ["array", "null"], "x-blank": "absent"}, [[], None, "", ["x"]], ["x", 1]),
    ({"x-blank": "refused"}, [0, "x"], ["", " ", None, [], {}]),
    ({"type": "string", "pattern": "[0-9]{3}", "x-integer": "accepted"}, ["012", 100, 999], [99, 1000, "0123"]),
    ({"type": "string", "enum": ["{template}"]}, ["whatever a process calls it"], [1]),
    ({"type": "array", "items": {"type": "object", "properties": {"id": {"x-integer": "accepted"}},
      "required": ["id"], "x-joined": {"member": "id", "limit": 9}}}, [[{"id": 1}], [{"id": "1"}]], [[{}], [1]]),
]  # fmt: skip


def test_a_condition_asks_for_more_than_a_blank() -> None:
    """A field that only some commands need may be blank in the others, however deep the condition stands."""
    node = {
        "type": "object",
        "properties": {"by": {"type": "string"}, "day": {"type": "string", "x-blank": "absent", "x-integer": "accepted"}},
        "if": {"properties": {"by": {"const": "name"}}, "required": ["by"]},
        "else": {"if": {"properties": {"by": {"const": "day"}}}, "then": {"required": ["day"]}},
    }  # fmt: skip
    components = {"schemas": {"Blank": described()["components"]["schemas"]["Blank"]}}
    found = jsonschema_rs.Draft202012Validator({**Sendable({}, {}).object(node), "components": components})
    taken = [{"by": "name"}, {"by": "name", "day": ""}, {"by": "day", "day": "x"}, {"by": "day", "day": 5}]
    assert [value for value in taken if not found.is_valid(value)] == []
    refused = [{"by": "day"}, {"by": "day", "day": " "}, {"by": "day", "day": None}]
    assert [value for value in refused if found.is_valid(value)] == []


@pytest.mark.parametrize(("node", "taken", "refused"), NODES)
def test_a_node_says_what_may_be_sent(node: Any, taken: list[Any], refused: list[Any]) -> None:
    """Folded words, other words, digits, single values and blanks as they are read; unknown annotations say nothing."""
    schema = Sendable({}, {}).value(node)
    components = {"schemas": {"Blank": described()["components"]["schemas"]["Blank"]}}
    found = jsonschema_rs.Draft202012Validator({**schema, "components": components})
    assert [value for value in taken if not found.is_valid(value)] == []
    assert [value for value in refused if found.is_valid(value)] == []
    assert "x-" not in json.dumps([key for key in schema if key != "examples"])


CALLS: list[tuple[str, str, Any]] = [
    ("GET", "", None),
    ("GET", "/health", None),
    ("POST", "/sandboxes", {"key": "one", "clock": {"mode": "frozen"}, "quirks": {"overlong": "accept"}}),
    ("GET", "/sandboxes", None),
    ("GET", "/sandboxes/one", None),
    ("PATCH", "/settings", {"edition": "web", "quirks": {"overlong": "truncate"}}),
    ("GET", "/settings", None),
    ("POST", "/reset", None),
    ("PUT", "/clock", {"mode": "frozen"}),
    ("POST", "/clock/advance", {"seconds": 2.5}),
    ("GET", "/clock", None),
    ("GET", "/state", None),
    ("GET", "/state/customers", None),
    ("POST", "/faults", {"status": 38, "ttl": 60, "match": {"mobilenumber": MOBILE}}),
    ("GET", "/faults", None),
    ("POST", "/faults", {"fault": "malformed_json", "times": 2}),
    ("GET", "/scenarios", None),
    ("PUT", "/scenarios/mine", {"rules": [{"then": {"status": 38}, "times": 1}]}),
    ("POST", "/scenarios/mine/activate", None),
    ("GET", "/scenarios/mine", None),
    ("POST", "/scenarios/mine/deactivate", None),
    ("DELETE", "/scenarios/mine", None),
    ("GET", "/coverage", None),
    ("GET", "/magic", None),
    ("GET", "/simulation/users", None),
    ("POST", "/simulation/users/dinesh.s@avhan.com/status", {"status": 7}),
    ("POST", "/simulation/users/dinesh.s@avhan.com/status", {"status": 1}),
    ("PATCH", "/simulation", {"dialler": "off", "wrapup": 20}),
    ("GET", "/simulation", None),
    ("POST", "/simulation/incoming", {"servicekey": "VoiceInOut", "number": MOBILE}),
    ("GET", "/simulation/calls", None),
    ("POST", "/simulation/calls/796/answer", {}),
    ("GET", "/simulation/calls/796", None),
    ("POST", "/simulation/calls/796/hold", {}),
    ("POST", "/simulation/calls/796/answer", {}),
    ("POST", "/simulation/users/user10/status", {"status": 1}),
    ("POST", "/simulation/calls/796/press", {"keys": "1"}),
    ("POST", "/simulation/calls/796/transfer", {"to": "user10"}),
    ("POST", "/simulation/calls/796/hangup", {"by": "agent"}),
    ("POST", "/simulation/tick", None),
    ("POST", "/simulation/speech", {}),
    ("PATCH", "/simulation", {"screen_pop": {"url": "http://127.0.0.1:1/pop"}, "dialler": "off"}),
    ("POST", "/simulation/incoming", {"servicekey": "VoiceInOut", "number": MOBILE}),
    ("PATCH", "/simulation", {"screen_pop": None}),
    ("GET", "/simulation/deliveries?kind=screen-pop", None),
    ("POST", "/simulation/deliveries/d1/replay", None),
    ("GET", "/simulation/deliveries/d1", None),
    ("GET", "/events?kind=call&wait=0.5", None),
    ("GET", "/requests", None),
    ("GET", "/requests?wait=0.5&contains=mobilenumber&limit=1", None),
    ("POST", "/requests/verify", {"match": {"method": METHOD, "fields": {"mobilenumbr": MOBILE}}}),
    ("POST", "/requests/verify", {"match": {"status": "success"}, "count": {"min": 1, "max": 5}}),
    ("POST", "/snapshots", {"name": "here"}),
    ("GET", "/snapshots", None),
    ("POST", "/snapshots/here/restore", None),
    ("DELETE", "/snapshots/s1", None),
    ("GET", "/requests/r000001", None),
    ("GET", "/requests/r000002", None),
    ("GET", "/requests/r000003", None),
    ("GET", "/reproduction", None),
    ("GET", "/openapi.json", None),
    ("GET", "/schema/seed", None),
    ("GET", "/postman.json", None),
    ("GET", "/metrics", None),
    ("DELETE", "/requests", None),
    ("DELETE", "/faults", None),
    ("DELETE", "/sandboxes/one", None),
]


def test_every_route_answers_as_it_is_described(admin: Admin) -> None:
    """Each row's answer fits the schema that the document gives for it (SIM-20, SIM-21, SIM-26)."""
    seen = set()
    dump = admin.ok("GET", "/state")
    for verb, path, body in [("PUT", "/state", dump), *CALLS]:
        if path == "/requests":
            admin.send(push(MOBILE, "12345"), headers={"X-Mock-Quirk": "mobile_rule=trunk0"})
            admin.send(b"data={")
            admin.send(push(), headers={"X-Mock-Quirk": "nonsense"})
        reply = admin.ask(verb, path, body)
        operation = described()["paths"][_template(verb, path)][verb.lower()]
        told = operation["responses"][str(reply.status_code)]
        assert reply.headers["Cache-Control"] == "no-store"
        seen.add((verb, _template(verb, path)))
        if reply.status_code == 204:
            assert reply.data == b""
            assert "Content-Type" not in reply.headers
            continue
        kind, media = next(iter(told["content"].items()))
        assert reply.content_type == kind
        if kind != "application/json":
            assert media["schema"] == {"type": "string"}
            continue
        found = validator(media["schema"]["$ref"].rpartition("/")[2])
        assert [error.message for error in found.iter_errors(reply.json)] == [], (verb, path)
    assert seen == {(route.verb, PLACEHOLDER.sub(r"{\1}", route.paths[-1])) for route in ROUTES}


def _template(verb: str, path: str) -> str:
    """Return the described path that an address below /__admin stands at."""
    whole = f"/__admin{path.partition('?')[0]}"
    if whole in described()["paths"] and verb.lower() in described()["paths"][whole]:
        return whole
    if path.startswith("/simulation/calls/"):
        verb_of_call = path.removeprefix("/simulation/calls/").partition("/")[1:]
        return "/__admin/simulation/calls/{name}" + "".join(verb_of_call)
    if path.startswith("/simulation/users/"):
        return "/__admin/simulation/users/{name}/status"
    if path.startswith("/simulation/deliveries/"):
        return f"/__admin/simulation/deliveries/{{name}}{'/replay' if path.endswith('/replay') else ''}"
    if path.endswith("/restore"):
        return "/__admin/snapshots/{name}/restore"
    if path.endswith("activate"):
        return f"/__admin/scenarios/{{name}}/{path.rpartition('/')[2]}"
    return whole.rpartition("/")[0] + "/{name}"


def test_bodies_are_described_with_the_names_there_are() -> None:
    """Quirks and their values, codes, agents' statuses, tables and columns: each by name (AM-12, AM-14, SIM-12)."""
    settings_body, fault = validator("admin.settings"), validator("admin.fault")
    assert settings_body.is_valid({"quirks": {"overlong": "truncate", "all_failed": None}})
    assert not settings_body.is_valid({"quirks": {"overlong": "shorten"}})
    assert not settings_body.is_valid({"quirks": {"overlng": "truncate"}})
    assert fault.is_valid({"status": 38, "method": "ImportProcessData"})
    assert not fault.is_valid({"status": 39})
    agent = validator("admin.user_status")
    assert [agent.is_valid({"status": each}) for each in (7, "wrapUP", "logged_out")] == [True] * 3
    assert [agent.is_valid({"status": each}) for each in (99, "asleep", None)] == [False] * 3
    state = validator("admin.state")
    assert state.is_valid({"tables": {"dnc": [{"#": 1, "tenant": "t", "number": "1"}]}, "counters": {}})
    assert not state.is_valid(
        {"tables": {"dnc": [{"#": 1, "tenant": "t", "number": "1", "x": 1}]}, "counters": {}}
    )
    assert not state.is_valid({"tables": {"dnk": []}, "counters": {}})


def test_a_problem_fits_its_description(admin: Admin) -> None:
    """What is refused is told in the form the document gives, with and without a list of errors."""
    for problem in (
        admin.refused("PUT", "/clock", {}),
        admin.refused("GET", "/state/nothing"),
        admin.refused("GET", "/clock?x=1"),
    ):
        assert validator("Problem").is_valid(problem)


def test_the_document_is_made_once_and_served(admin: Admin, service: Service) -> None:
    """GET openapi.json answers the assembled document, the same bytes again, and is kept by nobody."""
    first, second = (admin.ask("GET", "/openapi.json") for _ in range(2))
    assert first.json == described()
    assert first.data == second.data
    assert first.headers["Cache-Control"] == "no-store"
    assert service.access.token is None


def test_a_server_with_a_token_says_so() -> None:
    """The document of a server that asks for a token names both ways to bring it, and 401 where it is missing."""
    client = create_app(Service.start(Settings(clock="frozen", admin_token="open-sesame"))).test_client()
    found: Any = client.get("/__admin/openapi.json", headers={"X-Mock-Admin-Token": "open-sesame"}).json
    operation = found["paths"]["/__admin/clock"]["get"]
    assert [list(each) for each in operation["security"]] == [["bearer"], ["header"]]
    assert "401" in operation["responses"]
    assert "security" not in found["paths"][ENDPOINT]["post"]
    assert "401" not in described()["paths"]["/__admin/clock"]["get"]["responses"]


@pytest.mark.parametrize(
    "kind", ["seed", "vocabulary", "scenario", "sandbox", "settings", "state", "fault", "clock", "advance"]
)
def test_schemas_of_our_files_are_served(admin: Admin, kind: str) -> None:
    """Each is a JSON Schema, as it stands on disk."""
    found = admin.ok("GET", f"/schema/{kind}")
    assert found["$schema"].endswith("2020-12/schema")
    folder = data_dir("schemas")
    here = [folder / f"{kind}.json", folder / "admin" / f"{kind}.json"]
    assert found in [json.loads(path.read_bytes()) for path in here if path.exists()]


def test_the_list_of_routes_leads_to_every_schema(admin: Admin) -> None:
    """AM-01: each body and answer it names can be fetched, and so can whatever those schemas refer to."""
    routes = admin.ok("GET", "")["routes"]
    places = {row[key] for row in routes for key in ("body", "reply") if row[key]}
    assert len(places) > 25
    waiting, seen = set(places), set()
    while waiting:
        place = waiting.pop()
        seen.add(place)
        found = admin.ok("GET", place.removeprefix("/__admin"))
        assert found["title"]
        names = re.findall(r'"\$ref": "([^"#]+)"', json.dumps(found))
        waiting |= {urljoin(place, name) for name in names} - seen
    bodies = {row["body"] for row in routes}
    assert {"/__admin/schema/admin.scenario", "/__admin/schema/state"} <= bodies


def test_a_scenario_is_the_kind_of_file_and_not_the_body(admin: Admin) -> None:
    """SIM-27: the schema for editors is the whole one, the body of PUT has a name of its own."""
    whole, body = (admin.ok("GET", f"/schema/{kind}") for kind in ("scenario", "admin.scenario"))
    assert (whole["title"], whole["required"]) == ("Scenario", ["name", "rules"])
    assert (body["title"], body["required"]) == ("A scenario to keep", ["rules"])


def test_an_unknown_kind_names_the_nearest(admin: Admin) -> None:
    """A misspelt kind is 404 with the right one in front; a path out of the folder is no kind."""
    assert "expected seed? One of" in admin.refused("GET", "/schema/sed")["detail"]
    assert admin.refused("GET", "/schema/..%2fquirks")["status"] == 404


def test_a_whole_number_may_be_written_with_a_point(admin: Admin) -> None:
    """5.0 is an integer to JSON Schema, so it is one to the sandbox: it made an internal error once."""
    admin.ok("POST", "/sandboxes", {"key": "few", "preset": "demo", "customers": 3.0, "seed": 1.0})
    assert admin.ok("GET", "/sandboxes/few")["customers"] == 3
    assert admin.ok("POST", "/faults", {"status": 38.0, "times": 2.0})["times"] == 2


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("processes", {"tenant": "t", "servicekey": "s", "crm_field": "crm", "template": [{}]}),
        ("processes", {"tenant": "t", "servicekey": "s", "crm_field": None}),
        ("tenants", {"apikey": "t", "expires": "some day"}),
        ("customers", {"tenant": "t", "process": "p", "customercode": 1, "fields": []}),
    ],
)
def test_a_state_that_commands_would_stumble_over_is_refused(admin: Admin, table: str, row: Any) -> None:
    """Columns of a loaded state have the type that commands rely on (SIM-21)."""
    before = admin.client.get("/__admin/state").data
    problem = admin.refused("PUT", "/state", {"tables": {table: [{"#": 1, **row}]}, "counters": {}})
    assert problem["errors"][0]["pointer"].startswith(f"/tables/{table}/0/")
    assert admin.client.get("/__admin/state").data == before
