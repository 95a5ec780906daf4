"""The kinds of faults by themselves: their settings, their words, and what the pure ones make of a reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import InvalidDocument
from mockserver.faults.base import Fault, ReplyFault, Wait, WireFault
from mockserver.faults.chance import Chance
from mockserver.faults.registry import fault_kinds, fault_schemas, names, plan, settings_of
from mockserver.faults.shapes import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterator

CHANCE = Chance("tests")


def made(name: str, **settings: Any) -> Any:
    return plan(name, settings, CHANCE)


def documented() -> Iterator[tuple[str, str, Any]]:
    for name, kind in fault_kinds().items():
        for setting, node in kind.properties.items():
            yield name, setting, node


# Words and settings


def test_every_kind_is_there() -> None:
    """The kinds that are promised, each of them a reply fault, a wait or a wire fault."""
    promised = {
        "latency", "http_status", "connection_reset", "empty_reply", "truncated_body", "malformed_json",
        "random_data_then_close", "malformed_chunk", "slow_body", "bandwidth", "hang", "slow_close",
        "duplicate_reply_headers", "wrong_content_type", "html_error_page", "leading_blank_lines",
        "status_type_flip", "missing_key", "stale_reply", "applied_then_lost", "lost_before_applied",
    }  # fmt: skip
    assert set(fault_kinds()) == promised
    assert all(issubclass(kind, (ReplyFault, Wait, WireFault)) for kind in fault_kinds().values())


def test_words_of_other_tools_are_known() -> None:
    """WireMock's four faults and Toxiproxy's nouns, in any case, are words for one of our kinds."""
    assert {word: names()[word.casefold()] for word in fault_schemas() if word.isupper()} == {
        "EMPTY_RESPONSE": "empty_reply",
        "MALFORMED_RESPONSE_CHUNK": "malformed_chunk",
        "RANDOM_DATA_THEN_CLOSE": "random_data_then_close",
        "CONNECTION_RESET_BY_PEER": "connection_reset",
    }
    nouns = ("latency", "down", "bandwidth", "slow_close", "timeout", "reset_peer", "slicer", "limit_data")
    assert [names()[noun] for noun in nouns] == [
        "latency", "connection_reset", "bandwidth", "slow_close", "hang", "connection_reset", "slow_body",
        "truncated_body",
    ]  # fmt: skip
    assert made("Empty_Response").name == "empty_reply"


def test_no_word_means_two_things() -> None:
    """A word for one kind is not a word for another."""
    words = [word.casefold() for kind in fault_kinds().values() for word in (kind.name, *kind.aliases)]
    words = [word for word in words if word != "random_data_then_close"]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(("name", "setting", "node"), list(documented()))
def test_each_setting_explains_itself(name: str, setting: str, node: Any) -> None:
    """Each has a description and examples; examples and default hold what its schema asks for."""
    assert node["description"].endswith(".")
    assert node["examples"]
    values = [*node["examples"], *([node["default"]] if "default" in node else [])]
    assert all(jsonschema_rs.is_valid(node, value) for value in values)
    assert all(settings_of(name, {setting: value})[setting] == value for value in values)


@pytest.mark.parametrize("word", list(fault_schemas()))
def test_each_schema_is_a_schema_of_its_settings_alone(word: str) -> None:
    """Every word has a JSON Schema; nothing at all is enough, and what is unknown is not taken."""
    schema = fault_schemas()[word]
    jsonschema_rs.meta.validate(dict(schema))
    assert jsonschema_rs.is_valid(dict(schema), {})
    assert not jsonschema_rs.is_valid(dict(schema), {"no such setting": 1})
    assert isinstance(made(word), Fault)


@pytest.mark.parametrize("name", list(fault_kinds()))
def test_what_is_told_is_plain(name: str) -> None:
    """What stands in headers and journal begins with the kind's name and is printable ASCII."""
    told = made(name).told()
    assert told.split()[0] == name
    assert told.isascii()
    assert told.isprintable()


def test_who_applies() -> None:
    """A command takes effect behind harm to its own reply; behind most wire faults only when that is asked for."""
    assert {name for name in fault_kinds() if not made(name).applied} == {
        "connection_reset", "empty_reply", "random_data_then_close", "hang", "http_status", "html_error_page",
        "lost_before_applied",
    }  # fmt: skip
    asked = {name for name, kind in fault_kinds().items() if "applied" in kind.properties}
    assert all(made(name, applied=True).applied for name in asked)
    assert asked == {name for name in fault_kinds() if not made(name).applied} - {"lost_before_applied"}


@pytest.mark.parametrize(
    ("name", "settings", "at"),
    [
        ("latency", {"fixed": -1}, "/fixed"),
        ("latency", {"fixed": 3601}, "/fixed"),
        ("latency", {"fixed": True}, "/fixed"),
        ("latency", {"fixed": 1, "uniform": [1, 2]}, "/uniform"),
        ("latency", {"fixed": 1, "latency": 100}, "/fixed"),
        ("latency", {"uniform": [1]}, "/uniform"),
        ("latency", {"lognormal": {"median": 1}}, "/lognormal/sigma"),
        ("latency", {"seconds": 1}, "/seconds"),
        ("slow_body", {"seconds": 1, "pause": 1}, "/pause"),
        ("hang", {"timeout": 1}, "/timeout"),
        ("http_status", {"code": 99}, "/code"),
        ("html_error_page", {"code": 304}, "/code"),
        ("bandwidth", {"rate": 0}, "/rate"),
        ("wrong_content_type", {"content_type": "a\r\nb"}, "/content_type"),
        ("duplicate_reply_headers", {"headers": ["a: b"]}, "/headers/0"),
        ("applied_then_lost", {"applied": False}, "/applied"),
        ("truncated_body", {"bytes": 0.5}, "/bytes"),
    ],
)
def test_settings_that_do_not_fit_are_named(name: str, settings: dict[str, Any], at: str) -> None:
    """A setting that is unknown, out of bounds or said twice is refused with file and pointer."""
    with pytest.raises(InvalidDocument) as caught:
        plan(name, settings, CHANCE, "a.yaml", "/rules/0/fault")
    (problem,) = caught.value.problems
    assert (problem.file, problem.pointer) == ("a.yaml", f"/rules/0/fault{at}")
    assert problem.expected


def test_a_word_that_is_none_is_refused_with_the_nearest() -> None:
    """A misspelt kind is answered with the one that was probably meant."""
    with pytest.raises(InvalidDocument, match="latency"):
        made("latenci")


@pytest.mark.parametrize(
    ("word", "theirs", "ours"),
    [
        ("latency", {"latency": 1500}, {"fixed": 1.5, "phase": "after"}),
        ("latency", {"latency": 1000, "jitter": 400}, {"uniform": [0.6, 1.4], "phase": "after"}),
        ("latency", {"jitter": 400, "phase": "before"}, {"uniform": [0.0, 0.4], "phase": "before"}),
        ("bandwidth", {"rate": 12}, {"rate": 12}),
        ("slow_close", {"delay": 700}, {"seconds": 0.7}),
        ("timeout", {"timeout": 2500}, {"seconds": 2.5, "applied": False}),
        ("timeout", {"timeout": 0}, {"applied": False}),
        ("reset_peer", {"timeout": 20}, {"after": 0.02, "applied": False}),
        ("reset_peer", {"after": 2}, {"after": 2, "applied": False}),
        ("down", {}, {"after": 0, "applied": False}),
        ("limit_data", {"bytes": 50}, {"bytes": 50, "counting": "reply", "how": "close"}),
        (
            "slicer",
            {"average_size": 64, "size_variation": 32, "delay": 10_000},
            {"size": 64, "variation": 32, "pause": 0.01},
        ),
        ("slicer", {}, {"seconds": 5, "variation": 0}),
        ("truncated_body", {"bytes": 3.0}, {"bytes": 3, "counting": "body", "how": "close"}),
    ],
)
def test_settings_of_other_tools_mean_the_same(word: str, theirs: Any, ours: Any) -> None:
    """Toxiproxy's milliseconds, microseconds and bytes become our settings, with our defaults around them."""
    assert settings_of(word, theirs) == ours
    assert all(type(value) is type(ours[name]) for name, value in settings_of(word, theirs).items())


# Waits


@given(st.floats(0, LONGEST))
def test_a_fixed_wait_is_that_long(wanted: float) -> None:
    """To the microsecond, and after the effect unless it is asked for before."""
    fault = made("latency", fixed=wanted)
    assert fault.seconds == pytest.approx(wanted, abs=1e-6)
    assert (fault.before, made("latency", phase="before").before) == (False, True)


@given(st.lists(st.floats(0, LONGEST), min_size=2, max_size=2), st.integers())
def test_a_uniform_wait_lies_between_its_ends(ends: list[float], number: int) -> None:
    """In whatever order the ends are given; and the draw stays what it is."""
    fault = plan("latency", {"uniform": ends}, Chance(number))
    assert isinstance(fault, Wait)
    assert min(ends) - 1e-6 <= fault.seconds <= max(ends) + 1e-6
    assert fault.seconds == fault.seconds


@given(st.floats(0, LONGEST), st.floats(0, 5), st.integers())
def test_a_lognormal_wait_has_an_end(median: float, sigma: float, number: int) -> None:
    """However wide the spread, nobody waits more than an hour; without spread the median it is."""
    fault = plan("latency", {"lognormal": {"median": median, "sigma": sigma}}, Chance(number))
    assert isinstance(fault, Wait)
    assert 0 <= fault.seconds <= LONGEST
    still = made("latency", lognormal={"median": median, "sigma": 0})
    assert still.seconds == pytest.approx(median, abs=1e-6)


def test_half_of_the_lognormal_waits_are_longer_than_the_median() -> None:
    """The distribution is the one that is named."""
    settings = {"lognormal": {"median": 0.4, "sigma": 0.6}}
    waits = [plan("latency", settings, Chance("seed", number)).seconds for number in range(2000)]  # type: ignore[attr-defined]
    assert 920 < sum(wait > 0.4 for wait in waits) < 1080
    assert sum(wait > 0.4 * 1.8221188 for wait in waits) / 2000 == pytest.approx(0.1587, abs=0.03)
