"""All printed commands by every documented way of sending them, and the printed payloads they get."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pytest

from mockserver.sandbox import Plan
from mockserver.settings import ENDPOINT
from tests.api import FORM, HTML, NOW, Api, drop, shared_service, text_of
from tests.methods.helpers import examples, told
from tests.server_process import PAGES, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.api import Answer
    from tests.server_process import Running

GOLDEN = tuple(f"GV-{number:02d}" for number in range(1, 26))
MULTIPART = "multipart/form-data; boundary=x"

Sent = tuple[str, bytes, bytes, dict[str, str]]
"""Verb, query, body and headers of a request."""


def post(body: str, content_type: str | None, query: str = "") -> Sent:
    return (
        "POST",
        query.encode(),
        body.encode(),
        {} if content_type is None else {"Content-Type": content_type},
    )


def ways(text: str) -> dict[str, Sent]:
    """Return a command's JSON as each documented way sends it (TRN-03 … TRN-08, TRN-15, TRN-16, TRN-26)."""
    raw_query = quote(text, safe='{}"[]:,@/=.\\')
    return {
        "TRN-03 Postman: text/html, raw": post(f"data={text}", HTML),
        "TRN-04 curl --data-raw: text/html, raw": post(f"data={text}", f"{HTML}; charset=utf-8"),
        "TRN-05 wget --body-data: a line break behind it": post(f"data={text}\n", HTML),
        "TRN-06 URL, raw": ("GET", f"data={raw_query}".encode(), b"", {}),
        "TRN-06 URL, raw, with the blank that is printed": ("GET", f"data={raw_query[:-1]}%20}}".encode(), b"", {}),
        "TRN-06 URL, encoded": ("GET", f"data={quote(text, safe='')}".encode(), b"", {}),
        "TRN-06 URL, encoded as forms are": ("GET", f"data={quote_plus(text)}".encode(), b"", {}),
        "TRN-06 URL of a POST without a body": post("", HTML, f"data={quote(text)}"),
        "TRN-07 curl -d: form, raw": post(f"data={text}", FORM),
        "TRN-08 wget --post-data: form, raw": post(f"data={text}", f"{FORM}; charset=UTF-8"),
        "TRN-16 form, encoded": post(f"data={quote_plus(text)}", FORM),
        "TRN-16 form, encoded by encodeURIComponent": post(f"data={quote(text)}", FORM),
        "AM-60 text/html, encoded": post(f"data={quote(text)}", HTML),
        "TRN-15 no content type": post(f"data={text}", None),
    }  # fmt: skip


def played(example: Mapping[str, Any], sent: Sent) -> Answer:
    """Play a printed command in a fresh sandbox and return the answer, after what it needs before it."""
    service = shared_service()
    plan = Plan(edition=example["edition"], clock="frozen", at=NOW)
    api = Api(service, service.registry.create(plan, mint=False))
    for command in needed(example):
        assert told(api, api.post(command))[0] is not None
    verb, query, body, headers = sent
    answer = api.send(verb, query=query, body=body, headers=headers)
    drop(api)
    return answer


def needed(example: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the commands that come before a printed one."""
    if "after" in example:
        first = examples()[example["after"]]
        yield from needed(first)
        yield first["command"]


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield path and value of everything in a reply, in its order; an object or array counts by its type."""
    yield path, type(value) if isinstance(value, dict | list) else value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in pairs:
        yield from leaves(child, f"{path}/{name}".removeprefix("/"))


@pytest.mark.parametrize("name", GOLDEN)
def test_every_printed_payload_is_what_comes(name: str) -> None:
    """GEN-01, TRN-14, AUTH-15 … AUTH-18, GV-01 … GV-25: keys, order and JSON types of each printed payload, and all its values but those that vary."""
    example = examples()[name]
    answer = played(example, post(f"data={text_of(example['command'])}", HTML))
    found, wanted = list(leaves(answer.body)), list(leaves(example["reply"]))
    free = tuple(example["free"])
    varying = [
        path for path, _ in wanted if path in free or path.startswith(tuple(f"{each}/" for each in free))
    ]
    assert [path for path, _ in found if path not in varying] == [
        path for path, _ in wanted if path not in varying
    ]
    assert list(answer.body) == list(example["reply"])
    values = dict(found)
    for path, value in wanted:
        if path in values:
            assert type(values[path]) is type(value), path
        if path not in varying:
            assert values[path] == value, path


def test_the_records_of_the_printed_search_by_number() -> None:
    """GV-09: of the three numbers asked for, the two that somebody has, with all fields of the template."""
    example = examples()["GV-09"]
    answer = played(example, post(f"data={text_of(example['command'])}", HTML))
    assert [record["mobilenumber"] for record in answer.body["data"]] == ["9000100200", "9000100201"]
    assert answer.body["data"] == example["reply"]["data"]
    assert list(answer.body["data"][0]) == list(example["reply"]["data"][0])


@pytest.mark.parametrize("name", GOLDEN)
def test_every_way_gets_the_same_answer(name: str) -> None:
    """TRN-01, TRN-03 … TRN-08, TRN-14 … TRN-16, TRN-26, AM-60, E-03, E-04: the reply is the same, byte for byte, by all ways."""
    example = examples()[name]
    found = {
        (way, number): played(example, sent)
        for number, command in enumerate(
            (text_of(example["command"]), json.dumps(example["command"], indent=1))
        )
        for way, sent in ways(command).items()
    }
    first = next(iter(found.values()))
    assert {way: answer.raw for way, answer in found.items()} == dict.fromkeys(found, first.raw)
    assert {answer.http_status for answer in found.values()} == {200}


@pytest.mark.parametrize("name", GOLDEN)
def test_multipart_is_no_way(name: str) -> None:
    """TRN-25: sent as multipart any command is malformed, in its method's envelope if its name can be seen."""
    example = examples()[name]
    part = f'--x\r\nContent-Disposition: form-data; name="data"\r\n\r\n{text_of(example["command"])}\r\n--x--\r\n'
    answer = played(example, post(part, MULTIPART))
    assert answer.status == 2
    assert answer.header("X-Mock-Evidence") in ("inferred", "stated")


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running(*PAGES, "--clock", "frozen", "--at", "2026-01-02 03:04:05", "--edition", "web") as found:
        yield found


SERVED = ("GV-05", "GV-10", "GV-13", "GV-14", "GV-16", "GV-17", "GV-19", "GV-21", "GV-24", "GV-25")
"""Printed commands that may be sent again and again: their answers do not depend on what went before."""


@pytest.mark.parametrize("name", SERVED)
def test_every_way_over_real_sockets(server: Running, name: str) -> None:
    """TRN-01, TRN-03 … TRN-08, TRN-16, TRN-26: the printed reply of each method, through a real server, by all ways."""
    example = examples()[name]
    printed = example["reply"]
    for way, (verb, query, body, headers) in ways(text_of(example["command"])).items():
        connection = http.client.HTTPConnection(*server.address, timeout=60)
        path = f"{ENDPOINT}?{query.decode()}" if query else ENDPOINT
        connection.request(verb, path, body, headers)
        response = connection.getresponse()
        reply = json.loads(response.read())
        connection.close()
        assert response.status == 200, way
        assert list(reply) == list(printed), way
        top = [key for key in printed if key not in example["free"] and not isinstance(printed[key], list)]
        assert {key: reply[key] for key in top} == {key: printed[key] for key in top}, way
