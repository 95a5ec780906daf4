"""What a rule asks of a command, its answer and the time: tests that say why when they fail."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Self

from mockserver.contract.values import excerpt, is_blank, parse_moment, same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from mockserver.model import Exchange

    Test = Callable[[Any, bool], bool]
    """``test(value, present)``: whether a field's value, or its absence, is as wanted."""

REGEX_SECONDS: Final = 0.05
"""How long a scenario's regular expression may take."""

_SHOWN: Final = 60
"""Characters of a value that a reason repeats."""

_ON_COMMAND: Final = ("method", "edition", "apikey", "servicekey", "fields", "record", "jsonpath")


@dataclass(frozen=True, slots=True)
class Count:
    """Which of the calls that fit: ``nth``, ``first``, ``every`` or ``after``, and the number."""

    kind: str
    number: int

    @classmethod
    def of(cls, document: Mapping[str, int] | None) -> Self | None:
        """Return the count of a document, or None."""
        return cls(*next(iter(document.items()))) if document else None

    def holds(self, call: int) -> bool:
        """Tell whether it is about the call of that number, from 1."""
        return {
            "nth": call == self.number,
            "first": call <= self.number,
            "every": call % self.number == 0 if self.number else False,
            "after": call > self.number,
        }[self.kind]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Conditions:
    """Everything a rule's ``when`` asks, but for counts."""

    def __init__(self, when: Mapping[str, Any]) -> None:
        self._when = when
        self.on_command = any(name in when for name in _ON_COMMAND)
        self.on_answer = "status" in when

    @cached_property
    def record_tests(self) -> Mapping[str, Test]:
        """Tests that one record must pass, all of them."""
        return {name: test_of(wanted) for name, wanted in self._when.get("record", {}).items()}

    @cached_property
    def _field_tests(self) -> Mapping[str, Test]:
        return {name: test_of(wanted) for name, wanted in self._when.get("fields", {}).items()}

    @cached_property
    def _path(self) -> Any:
        import jsonpath

        return jsonpath.compile(self._when["jsonpath"])

    def unmet(
        self,
        exchange: Exchange,
        known_as: tuple[str, ...],
        since: datetime,
        status: int | None,
        *,
        success: bool,
    ) -> str:
        """Return why the exchange does not fit, in a few words; empty when it does.

        ``known_as`` are the names its API key goes by, ``since`` is the moment the scenario was activated; ``status`` the answer's, once it is known.
        """
        when = self._when
        for name, got in (("method", (exchange.method,)), ("apikey", known_as)):
            if name in when and not _named(when[name], got):
                return f"{name} is {excerpt(got[0], _SHOWN)}"
        keys = (exchange.servicekey, exchange.process.get("name", ""))
        if "servicekey" in when and not _named(when["servicekey"], keys):
            return f"servicekey is {excerpt(keys[0], _SHOWN)}"
        if "edition" in when and (exchange.spec is None or exchange.spec.edition != when["edition"]):
            return "another edition answers"
        return (
            self._unmet_time(exchange.now, since)
            or self._unmet_fields(exchange.command, exchange.spec.wrap if exchange.spec else "")
            or self._unmet_status(status, success=success)
        )

    def _unmet_time(self, now: datetime, since: datetime) -> str:
        time: Mapping[str, Any] = self._when.get("time", {})
        begin, end = (parse_moment(time[word]) if word in time else None for word in ("from", "until"))
        passed = (now - since).total_seconds()
        first = time.get("after_seconds", 0)
        if (begin is not None and now < begin) or passed < first:
            return "it is too early"
        late = "for_seconds" in time and passed >= first + time["for_seconds"]
        return "it is too late" if late or (end is not None and now >= end) else ""

    def _unmet_fields(self, command: Mapping[str, Any], wrap: str) -> str:
        for name, test in self._field_tests.items():
            if not test(command.get(name), name in command):
                return f"field {name} is {excerpt(command[name], _SHOWN) if name in command else 'not there'}"
        records = ({wrap: each} if wrap else each for each in records_of(command))
        if self.record_tests and not any(map(self.record_fits, records)):
            return "no record fits"
        if "jsonpath" in self._when and not self._path.findall(command):
            return "the JSONPath finds nothing"
        return ""

    def record_fits(self, record: Any) -> bool:
        """Tell whether a record passes all tests on records."""
        fields = record if isinstance(record, dict) else {}
        return all(test(fields.get(name), name in fields) for name, test in self.record_tests.items())

    def _unmet_status(self, status: int | None, *, success: bool) -> str:
        if not self.on_answer:
            return ""
        wanted = self._when["status"]
        if isinstance(wanted, str):
            return "" if success == (wanted == "success") else f"the status is {status}"
        codes = wanted if isinstance(wanted, list) else [wanted]
        return "" if status in codes else f"the status is {status}"


def records_of(command: Mapping[str, Any]) -> Iterable[Any]:
    """Yield the elements of every list a command brings."""
    return (element for value in command.values() if isinstance(value, list) for element in value)


def _named(wanted: Any, got: Iterable[str]) -> bool:
    names = wanted if isinstance(wanted, list) else [wanted]
    return any(name in names for name in got)


def test_of(wanted: Any) -> Test:
    """Return the test that a document describes."""
    if isinstance(wanted, list):
        return lambda value, present: present and any(same(each, value) for each in wanted)
    if not isinstance(wanted, dict):
        return lambda value, present: present and same(wanted, value)
    tests = [_TESTS[name](each) for name, each in wanted.items()]
    return lambda value, present: all(test(value, present) for test in tests)


def contains(wanted: Any, got: Any) -> bool:
    """Tell whether a value has at least what is wanted: members of an object, elements of a list."""
    if isinstance(got, list):
        several = wanted if isinstance(wanted, list) else [wanted]
        return all(any(contains(each, element) for element in got) for each in several)
    if isinstance(wanted, dict):
        return isinstance(got, dict) and all(
            name in got and contains(each, got[name]) for name, each in wanted.items()
        )
    return same(wanted, got)


def _regex(pattern: str) -> Test:
    import regex

    found = regex.compile(pattern)

    def test(value: Any, present: bool) -> bool:
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if not present or not isinstance(text, str):
            return False
        try:
            return found.search(text, timeout=REGEX_SECONDS) is not None
        except TimeoutError:
            return False

    return test


_TESTS: Final[Mapping[str, Callable[[Any], Test]]] = {
    "equals": lambda wanted: lambda value, present: present and same(wanted, value),
    "one_of": lambda wanted: lambda value, present: present and any(same(each, value) for each in wanted),
    "contains": lambda wanted: lambda value, present: present and contains(wanted, value),
    "regex": _regex,
    "present": lambda wanted: lambda _, present: present == wanted,
    "blank": lambda wanted: lambda value, present: present and is_blank(value) == wanted,
}
"""Every test by its name in a scenario."""
