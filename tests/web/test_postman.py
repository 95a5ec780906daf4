"""The Postman collection: its form, that everything of the documents is in it, and that the server answers so."""

from __future__ import annotations

import copy
import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import jsonschema_rs
import pytest

from mockserver.settings import ENDPOINT
from mockserver.web.postman import collection
from mockserver.web.postman_cases import Cases
from tests.api import FORM, drop, fresh, shared_service

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.web.postman_cases import Case
    from tests.api import Answer, Api
    from tests.web.admin_client import Admin

BASE = "http://mock.test:8080"
CATALOGUE = shared_service().catalogue
METHODS = list(CATALOGUE.methods)

FORM_FILE = Path(__file__).resolve().parents[1] / "data" / "postman_format.json"
"""The part of format 2.1 that the collection uses, and nothing beyond it."""


@cache
def made() -> dict[str, Any]:
    return collection(CATALOGUE, BASE)


def folder(method: str) -> list[dict[str, Any]]:
    """The requests of a method's folder."""
    found: list[dict[str, Any]] = next(each for each in made()["item"] if each["name"] == method)["item"]
    return found


def headers(item: Mapping[str, Any]) -> dict[str, str]:
    return {each["key"]: each["value"] for each in item["request"]["header"]}


def sent(item: Mapping[str, Any]) -> str:
    (parameter,) = item["request"]["body"]["urlencoded"]
    assert parameter["key"] == "data"
    text: str = parameter["value"]
    return text


def code_of(item: Mapping[str, Any]) -> str:
    """The status a request is named after, with "Record: " before that of a record."""
    found = re.fullmatch(r"(?:\S+ · )?((?:Record: )?[0-9]+)(?: .*)?", item["name"])
    return found[1] if found else ""


def parsed(item: Mapping[str, Any]) -> dict[str, Any]:
    """The command of a request; nothing if it is broken on purpose."""
    try:
        found: dict[str, Any] = json.loads(sent(item))
    except ValueError:
        return {}
    return found


def script(item: Mapping[str, Any], listen: str) -> str:
    return "\n".join(
        line for each in item["event"] if each["listen"] == listen for line in each["script"]["exec"]
    )


def patched(document: Any, change: Any) -> Any:
    """RFC 7386, told in the tests' own words."""
    if not isinstance(change, dict):
        return copy.deepcopy(change)
    found = dict(document) if isinstance(document, dict) else {}
    for name, value in change.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = patched(found.get(name), value)
    return found


def expect_sent(method: str, edition: str, command: Any, quirks: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the requests of a folder that send a command in an edition under quirks."""
    under = ", ".join(f"{name}={value}" for name, value in quirks.items())
    return [
        item
        for item in folder(method)
        if headers(item)["X-Mock-Edition"] == edition
        and headers(item).get("X-Mock-Quirk", "") == under
        and sent(item)
        == (command if isinstance(command, str) else json.dumps(command, indent=2, ensure_ascii=False))
    ]


def test_the_collection_has_the_form_postman_reads() -> None:
    """Every member is one of the format's, of the format's type; names are unique in their folder."""
    problems = list(
        jsonschema_rs.Draft202012Validator(json.loads(FORM_FILE.read_bytes())).iter_errors(made())
    )
    assert [(list(problem.instance_path), problem.message) for problem in problems] == []
    assert [each["name"] for each in made()["item"]] == CATALOGUE.common["methods"]
    for each in made()["item"]:
        names = [item["name"] for item in each["item"]]
        assert len(set(names)) == len(names)


def test_every_request_goes_to_the_sandbox_of_the_collection() -> None:
    """The address is the API's, the sandbox a variable, and no value is taken for a variable by mistake."""
    for each in made()["item"]:
        for item in each["item"]:
            assert item["request"]["url"]["raw"] == "{{base}}" + ENDPOINT
            assert "/" + "/".join(item["request"]["url"]["path"]) == ENDPOINT
            assert headers(item)["X-Mock-Sandbox"] == "{{sandbox}}"
            assert "{{" not in sent(item)


def test_the_collection_is_the_same_each_time() -> None:
    """Two makings are the same text, and another base changes its variable alone."""
    here, again = json.dumps(made()), json.dumps(collection(CATALOGUE, BASE))
    assert here == again
    other = collection(CATALOGUE, "http://other.test")
    assert json.dumps(other).replace("http://other.test", BASE) == here
    assert here.count(BASE) == 1


def test_the_admin_api_serves_it_with_its_own_address(admin: Admin) -> None:
    """The variables are where the client reached the server, a sandbox of its own, and no token."""
    found = admin.ok("GET", "/postman.json")
    values = {each["key"]: each["value"] for each in found["variable"]}
    assert values == {"base": "http://localhost", "sandbox": "postman", "token": ""}
    assert found["item"] == json.loads(json.dumps(made()["item"]))
    paths = [path for route in admin.ok("GET", "")["routes"] for path in route["paths"]]
    assert "/__admin/postman.json" in paths


@pytest.mark.parametrize("method", METHODS)
def test_every_printed_example_is_there(method: str) -> None:
    """With its printed reply saved beside it, and behind the examples it comes after."""
    for example in CATALOGUE.methods[method]["examples"]:
        (item,) = [each for each in folder(method) if example["id"] in each["name"]]
        assert json.loads(sent(item)) == example["command"]
        assert headers(item)["X-Mock-Edition"] == example["edition"]
        (saved,) = item["response"]
        assert json.loads(saved["body"]) == example["reply"]
        assert list(json.loads(saved["body"])) == list(example["reply"])
        assert saved["originalRequest"] == item["request"]
        before = script(item, "prerequest")
        assert bool(before) == ("after" in example)
        if before:
            assert f"Sent before it: {example['after']}." in item["request"]["description"]


@pytest.mark.parametrize("method", METHODS)
def test_every_provocation_is_there(method: str) -> None:
    """With its change, quirks and what comes before it; it is named after its status and cites its row."""
    document = CATALOGUE.methods[method]
    examples = {each["id"]: each for other in CATALOGUE.methods.values() for each in other["examples"]}
    for entry in document.get("provocations", ()):
        edition, level = entry["edition"], entry.get("level", "request")
        printed = [each["id"] for each in document["examples"] if each["edition"] == edition]
        source = entry.get("from", printed[0] if printed else "")
        keys = {"method": method, "apikey": "test_org", "servicekey": "VoiceProcess"}
        command = patched(examples[source]["command"] if source else keys, entry.get("change", {}))
        found = expect_sent(method, edition, entry.get("text", command), entry.get("quirks", {}))
        after = ", ".join(entry.get("after", []))
        found = [
            item
            for item in found
            if (f"Sent before it: {after}." in item["request"]["description"]) == bool(after)
        ]
        assert found, entry
        code = f"Record: {entry['status']}" if level == "record" else str(entry["status"])
        assert any(code_of(item) == code or item["response"] for item in found), entry


@pytest.mark.parametrize("method", METHODS)
def test_every_key_the_gate_refuses_is_there(method: str) -> None:
    """For each edition: no such key, expired, foreign, unmapped, disabled, without a database; and broken JSON."""
    document = CATALOGUE.methods[method]
    for edition in document["editions"]:
        spec = CATALOGUE.spec(method, {**CATALOGUE.quirks.defaults, "edition": edition})
        assert len(spec.gate) == (7 if "servicekey" in document["keys"] else 3)
        items = [item for item in folder(method) if headers(item)["X-Mock-Edition"] == edition]
        for step in spec.gate:
            change = CATALOGUE.common["provocations"][step["step"]]
            mine = {name: value for name, value in change.items() if name in document["keys"]}
            matching = [
                item
                for item in items
                if mine.items() <= parsed(item).items() and code_of(item) == str(step["status"])
            ]
            assert matching, step
        broken = [item for item in items if not parsed(item)]
        assert broken
        assert {code_of(item) for item in broken} == {str(CATALOGUE.common["malformed"]["status"])}


@pytest.fixture
def api() -> Iterator[Api]:
    client = fresh()
    yield client
    drop(client)


def ask(api: Api, item: Mapping[str, Any]) -> Answer:
    """Send a request of the collection as Postman does."""
    mine = {name: value for name, value in headers(item).items() if name != "X-Mock-Sandbox"}
    return api.send(
        "POST", body=urlencode({"data": sent(item)}).encode(), headers={"Content-Type": FORM, **mine}
    )


def at(node: Any, path: str) -> Any:
    for step in path.split("/"):
        node = node[int(step)] if isinstance(node, list) else node[step]
    return node


def check(case: Case, answer: Answer) -> None:
    """Compare an answer with what a case expects."""
    expected, body = case.expected, answer.body
    assert answer.http_status == 200
    assert answer.rule == case.rule
    assert tuple(body) == expected.keys
    assert {key: body[key] for key in expected.words} == expected.words
    if expected.records:
        assert expected.record
        assert any(expected.record.items() <= record.items() for record in body[expected.records])
    if expected.printed is not None:
        printed = copy.deepcopy(dict(expected.printed))
        for path in expected.free:
            parent, _, last = path.rpartition("/")
            (at(printed, parent) if parent else printed)[last] = at(body, path)
        assert json.dumps(body) == json.dumps(printed)


@pytest.mark.parametrize("method", METHODS)
def test_the_server_answers_as_the_collection_expects(method: str, api: Api) -> None:
    """Each request, in a sandbox fresh from its seed, is answered by the row, keys and words its tests ask for."""
    book = Cases(CATALOGUE)
    cases = book.of(method)
    assert len(cases) == len(folder(method))
    for case, item in zip(cases, folder(method), strict=True):
        api.sandbox.reset()
        for name in case.before:
            edition = {"X-Mock-Edition": book.examples[name]["edition"]}
            text = json.dumps(book.examples[name]["command"])
            api.send(
                "POST", body=urlencode({"data": text}).encode(), headers={"Content-Type": FORM, **edition}
            )
        try:
            check(case, ask(api, item))
        except AssertionError as error:
            raise AssertionError(f"{method}, {case.edition}, {case.name}: {error}") from error


@pytest.mark.parametrize("method", METHODS)
def test_what_is_expected_stands_in_the_scripts(method: str) -> None:
    """Keys, words, records and printed replies are in the JavaScript, each as JSON."""
    for case, item in zip(Cases(CATALOGUE).of(method), folder(method), strict=True):
        text = script(item, "test")
        assert json.dumps(case.expected.keys, ensure_ascii=False) in text
        for key, value in case.expected.words.items():
            assert f"property({json.dumps(key)}, {json.dumps(value, ensure_ascii=False)})" in text
        if case.expected.records:
            assert json.dumps(case.expected.record, ensure_ascii=False) in text
        assert ("const printed" in text) == (case.expected.printed is not None)
        assert json.dumps(case.rule) in text
        assert case.rule in item["request"]["description"]
