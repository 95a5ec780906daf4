"""Every printed example, sent in every documented way to a fresh sandbox, gives the printed reply."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import orjson
import pytest

from mockserver.model import Inbound
from mockserver.paths import data_dir
from mockserver.settings import ENDPOINT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.imports.helpers import Box

DOCUMENT = orjson.loads((data_dir("schemas") / "methods" / "ImportProcessData.json").read_bytes())
EXAMPLES = {example["id"]: example for example in DOCUMENT["examples"]}
HTML = {"content-type": "text/html"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


def _post(headers: dict[str, str], body: str, query: str = "") -> Inbound:
    return Inbound("POST", ENDPOINT, query.encode(), headers, body.encode())


TRANSPORTS: dict[str, Callable[[str], Inbound]] = {
    "postman": lambda text: _post(HTML, f"data={text}"),
    "wget": lambda text: _post(HTML, f"data={text}\n"),
    "charset": lambda text: _post({"content-type": "text/html; charset=utf-8"}, f"data={text}"),
    "no type": lambda text: _post({}, f"data={text}"),
    "form": lambda text: _post(FORM, urlencode({"data": text})),
    "form, percent only": lambda text: _post(FORM, f"data={quote(text, safe='')}"),
    "curl -d": lambda text: _post(FORM, f"data={text}"),
    "query, GET": lambda text: Inbound("GET", ENDPOINT, urlencode({"data": text}).encode()),
    "query, POST": lambda text: _post({}, "", urlencode({"data": text})),
    "raw query": lambda text: Inbound("GET", ENDPOINT, f"data={text}".replace(" ", "%20").encode()),
}
"""TRN-03..TRN-08: the ways of sending of both documents, each from a command's JSON text."""

PRINTED: dict[str, Callable[[Any], str]] = {
    "compact": lambda command: json.dumps(command, separators=(",", ":")),
    "spaced": json.dumps,
    "indented": lambda command: json.dumps(command, indent=2) + " ",
}


@pytest.mark.parametrize("printed", PRINTED)
@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_example(make: Callable[..., Box], name: str, transport: str, printed: str) -> None:
    """GV-01..GV-08 over TRN-03..TRN-08 and TRN-26: byte for byte the printed reply, but for its free members."""
    example = EXAMPLES[name]
    text = PRINTED[printed](example["command"])
    if transport == "raw query":
        text = text.replace("\n", " ")
    answer = make(example["edition"]).ask(TRANSPORTS[transport](text))
    assert answer.reply.http_status == 200
    got = answer.body
    assert all(isinstance(got[member], str) for member in example["free"])
    expected = {key: got[key] if key in example["free"] else value for key, value in example["reply"].items()}
    assert answer.reply.body == orjson.dumps(expected)


def test_the_examples_are_all_here() -> None:
    """The eight printed imports stand in the method's document, and only times are free (GV-01..GV-08)."""
    assert sorted(EXAMPLES) == [f"GV-0{number}" for number in range(1, 9)]
    assert {member for example in EXAMPLES.values() for member in example["free"]} == {
        "resdatetime",
        "timestamp",
    }


@pytest.mark.parametrize("name", ["GV-01", "GV-02", "GV-03"])
def test_at_the_printed_time(make: Callable[..., Box], name: str) -> None:
    """At the time of the printed reply the reply is the printed one, nothing excepted (GV-01..GV-03, GEN-15)."""
    example = EXAMPLES[name]
    assert make(example["edition"]).command(example["command"]).reply.body == orjson.dumps(example["reply"])


@pytest.mark.parametrize(
    "order", [["GV-05", "GV-06", "GV-07", "GV-08"], ["GV-01", "GV-02", "GV-03", "GV-04"]]
)
def test_examples_again_and_after_each_other(make: Callable[..., Box], order: list[str]) -> None:
    """The examples of an edition are answered with the same status after each other and twice (GV-01..GV-08)."""
    box = make(EXAMPLES[order[0]]["edition"])
    for name in order * 2:
        example = EXAMPLES[name]
        answer = box.command(example["command"])
        assert list(answer.body) == list(example["reply"])
        assert answer.body.get("status") == example["reply"].get("status")
