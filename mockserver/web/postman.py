"""The Postman collection: what the documents print and provoke, as requests with tests of their own.

A pure function of the catalogue. Each request meets a sandbox fresh from its seed; what must have
happened before is sent before it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.provoking import readings
from mockserver.contract.transport import PARAMETER
from mockserver.settings import ENDPOINT
from mockserver.web.admin_http import HOME
from mockserver.web.postman_cases import Cases, pretty

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.contract.catalogue import Catalogue
    from mockserver.web.admin_http import Ask
    from mockserver.web.postman_cases import Case, Expected

FORMAT: Final = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
"""What a collection names as its format."""

_ID: Final = "6a6f646f-0000-4000-8000-73616e64626f"
"""The same wherever the collection comes from, so that importing it again replaces it."""

_ABOUT: Final = """\
Every printed example of the vendor's documents, and for each status the requests that provoke it.

Each request brings its own tests and works alone: before it the sandbox `{{sandbox}}` is reset, or made if it
is not there. Other sandboxes are left alone. If the server asks for an admin token, put it into the variable `token`."""

_VARIABLES: Final = (
    ("sandbox", "postman", "Made by the first request and reset before each, so name none you care for."),
    ("token", "", "The server's admin token, if it asks for one."),
)

_RESET: Final = """\
pm.variables.set("trouble", "");
const home = pm.variables.get("base") + "%(home)s/sandboxes";
const sandbox = pm.variables.get("sandbox");
const token = pm.variables.get("token");
// Told by the tests: what is thrown in a callback nobody sees.
const fail = (what) => pm.variables.set("trouble", String(what));
const post = (url, body, then) => pm.sendRequest({
    url: url,
    method: "POST",
    header: [
        { key: "Content-Type", value: "application/json" },
        ...(token ? [{ key: "X-Mock-Admin-Token", value: token }] : []),
    ],
    body: { mode: "raw", raw: JSON.stringify(body) },
}, (error, response) => error ? fail(error) : then(response));

// The tests expect these readings of the documents, whatever the server was started with.
const plan = Object.assign({ key: sandbox }, %(plan)s);
post(home + "/" + encodeURIComponent(sandbox) + "/reset", {}, (reset) => {
    if (reset.code === 404) {
        post(home, plan, (made) => [201, 409].includes(made.code) || fail(made.text()));
    } else if (reset.code !== 200) {
        fail(reset.text());
    }
});"""

_SEND_BEFORE: Final = """\
const send = (left) => left.length && pm.sendRequest({
    url: pm.variables.get("base") + "%(endpoint)s",
    method: "POST",
    header: [
        { key: "X-Mock-Sandbox", value: pm.variables.get("sandbox") },
        { key: "X-Mock-Edition", value: left[0].edition },
    ],
    body: { mode: "urlencoded", urlencoded: [{ key: "%(parameter)s", value: JSON.stringify(left[0].command) }] },
}, (error) => error ? pm.variables.set("trouble", String(error)) : send(left.slice(1)));
send(%(before)s);"""

_EVERY: Final = """\
const trouble = pm.variables.get("trouble");
pm.test("a fresh sandbox", () => pm.expect(trouble, trouble).to.equal(""));
pm.test("HTTP 200", () => pm.response.to.have.status(200));
pm.test("a JSON object", () => pm.expect(pm.response.json()).to.be.an("object"));"""

_KEYS: Final = "pm.expect(Object.keys(reply)).to.eql(%s);"

_PRINTED: Final = """\
const printed = %(printed)s;
for (const path of %(free)s) { // these differ from one time to the next
    const steps = path.split("/"), last = steps.pop();
    const into = (node) => steps.reduce((found, step) => found[step], node);
    pm.expect(into(reply)).to.have.property(last);
    into(printed)[last] = into(reply)[last];
}
pm.expect(JSON.stringify(reply)).to.equal(JSON.stringify(printed));"""

_WORD: Final = "pm.expect(reply).to.have.property(%s, %s);"

_RECORD: Final = """\
const wanted = %(wanted)s;
const named = (record) => Object.fromEntries(Object.keys(wanted).map((key) => [key, record[key]]));
pm.expect(reply[%(records)s].map(named)).to.deep.include(wanted);"""

_RULE: Final = """\
const rule = pm.response.headers.get("X-Mock-Rule"); // not there with --diagnostics off
if (rule) {
    pm.test(%(title)s, () => pm.expect(rule).to.equal(%(rule)s));
}"""


def document(ask: Ask) -> dict[str, Any]:
    """Return the collection for a client, with the server's URL as that client reached it."""
    return collection(ask.service.catalogue, ask.base)


def collection(catalogue: Catalogue, base: str) -> dict[str, Any]:
    """Return the Postman collection (format 2.1) of a catalogue; ``base`` is the server's URL."""
    cases = Cases(catalogue)
    quirks = {name: value for name, value in catalogue.quirks.defaults.items() if name != "edition"}
    plan = {"preset": "golden", "customers": 0, "clock": {"mode": "real"}, "quirks": quirks}
    variables = (("base", base, "Where the server is."), *_VARIABLES)
    return {
        "info": {"_postman_id": _ID, "name": "Jodo sandbox", "description": _ABOUT, "schema": FORMAT},
        "item": [_folder(catalogue.methods[name], cases) for name in catalogue.common["methods"]],
        "event": [
            _event("prerequest", _RESET % {"home": HOME, "plan": json.dumps(plan, indent=4)}),
            _event("test", _EVERY),
        ],
        "variable": [
            {"key": key, "value": value, "type": "string", "description": about}
            for key, value, about in variables
        ],
    }


def _folder(method: Mapping[str, Any], cases: Cases) -> dict[str, Any]:
    several = len(method["editions"]) > 1
    return {
        "name": method["method"],
        "description": method["about"],
        "item": [_item(case, cases, several=several) for case in cases.of(method["method"])],
    }


def _item(case: Case, cases: Cases, *, several: bool) -> dict[str, Any]:
    """Return a request with its scripts; its name says the edition if there are ``several``."""
    request = _request(case)
    return {
        "name": f"{case.edition} · {case.name}" if several else case.name,
        "event": list(_events(case, cases)),
        "request": request,
        "response": [] if case.expected.printed is None else [_saved(case.expected.printed, request)],
    }


def _request(case: Case) -> dict[str, Any]:
    path = ENDPOINT.strip("/")
    header = {"X-Mock-Sandbox": "{{sandbox}}", **readings(case.edition, case.quirks)}
    notes = [case.about, f"Decided by {case.rule} of the ledger."]
    if case.quirks:
        notes.append(f"Another reading of the documents: {header['X-Mock-Quirk']}.")
    if case.before:
        notes.append(f"Sent before it: {', '.join(case.before)}.")
    return {
        "method": "POST",
        "url": {"raw": f"{{{{base}}}}/{path}", "host": ["{{base}}"], "path": path.split("/")},
        "header": [{"key": name, "value": value} for name, value in header.items()],
        "body": {"mode": "urlencoded", "urlencoded": [{"key": PARAMETER, "value": case.sent}]},
        "description": " ".join(notes),
    }


def _saved(printed: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": "As printed",
        "originalRequest": request,
        "status": "OK",
        "code": 200,
        "_postman_previewlanguage": "json",
        "header": [{"key": "Content-Type", "value": "application/json; charset=utf-8"}],
        "body": pretty(printed),
    }


def _events(case: Case, cases: Cases) -> Iterator[dict[str, Any]]:
    if case.before:
        examples = [cases.examples[name] for name in case.before]
        before = [{"edition": each["edition"], "command": each["command"]} for each in examples]
        names = {"endpoint": ENDPOINT, "parameter": PARAMETER, "before": pretty(before)}
        yield _event("prerequest", _SEND_BEFORE % names)
    rule = _RULE % {"title": _js(f"decided by {case.rule}"), "rule": _js(case.rule)}
    yield _event("test", "\n".join(("const reply = pm.response.json();", *_tests(case.expected), rule)))


def _tests(expected: Expected) -> Iterator[str]:
    yield _test("the keys in order", _KEYS % _js(expected.keys))
    if expected.printed is not None:
        names = {"printed": pretty(expected.printed), "free": _js(expected.free)}
        yield _test("the printed reply", _PRINTED % names)
    for key, value in expected.words.items():
        yield _test(f"{key} {_js(value)}", _WORD % (_js(key), _js(value)))
    if expected.records:
        names = {"wanted": _js(expected.record), "records": _js(expected.records)}
        yield _test(f"a record with {_js(expected.record)}", _RECORD % names)


def _test(title: str, script: str) -> str:
    lines = "\n".join(f"    {line}" for line in script.splitlines())
    return f"pm.test({_js(title)}, () => {{\n{lines}\n}});"


def _event(listen: str, script: str) -> dict[str, Any]:
    return {"listen": listen, "script": {"type": "text/javascript", "exec": script.splitlines()}}


def _js(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
