"""What a sandbox's journal holds of an expectation, and how the nearest exchanges differ from it.

The journal keeps bytes, so commands are decoded again. An exchange that cannot be compared, because its
long body is not kept any more, is never taken for one that fits, nor for one that does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.documents import nearest
from mockserver.contract.transport import decode
from mockserver.contract.values import excerpt, same
from mockserver.errors import Malformed, RawQueryRefused
from mockserver.journal import request_id
from mockserver.model import NOTHING
from mockserver.scenarios.conditions import test_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mockserver.model import Exchange, Inbound
    from mockserver.sandbox import Sandbox
    from mockserver.scenarios.conditions import Test

NEAREST: Final = 5
"""Exchanges that are told as near misses."""

_OF_RECORD: Final = "record_status"
_SHOWN: Final = 200
"""Characters of a value that a difference repeats."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One condition that an exchange does not fit: what was expected, what was got, and whether it was there at all."""

    field: str
    expected: Any
    got: Any
    there: bool = True
    hint: str = ""
    """What may have been meant."""

    def told(self, names: Iterable[str]) -> str:
        """Return it as text; ``names`` are the fields there are, of which one may have been meant."""
        got = f"got {excerpt(self.got, _SHOWN)}" if self.there else "it is not there"
        near = "" if self.there else nearest(names, self.field)
        hint = f" (there is {near})" if near else self.hint
        return f"{self.field}: expected {excerpt(self.expected, _SHOWN)}, {got}{hint}"

    def shown(self) -> dict[str, Any]:
        """Return it as plain JSON; a long value is cut and becomes text."""
        text = excerpt(self.got, _SHOWN + 1)
        got = self.got if len(text) <= _SHOWN else text
        return {"field": self.field, "expected": self.expected, "got": got, "there": self.there}


@dataclass(frozen=True, slots=True)
class _Compared:
    """An exchange beside an expectation: how it differs, in which record, of whose fields."""

    exchange: Exchange
    differences: list[Difference]
    record: int | None = None
    fields: Mapping[str, Any] = NOTHING
    known: bool = True
    """False when its command cannot be read again, so that nobody can say whether it fits."""


class Expectation:
    """What a request, or any one record of it, must be like; ``match`` is checked against its schema."""

    def __init__(self, match: Mapping[str, Any]) -> None:
        self._match = {name: wanted for name, wanted in match.items() if name not in ("fields", _OF_RECORD)}
        self._of_record: Any = match.get(_OF_RECORD)
        self._fields: Mapping[str, Any] = match.get("fields", {})
        self._tests: dict[str, Test] = {name: _test_of(wanted) for name, wanted in self._fields.items()}

    @property
    def size(self) -> int:
        """How many conditions there are."""
        return len(self._match) + len(self._fields) + (self._of_record is not None)

    def __str__(self) -> str:
        wanted = {**self._match, **self._fields}
        wanted |= {} if self._of_record is None else {_OF_RECORD: self._of_record}
        parts = (f"{name} {excerpt(value, _SHOWN)}" for name, value in wanted.items())
        return f" with {', '.join(parts)}" if wanted else ""

    def compare(self, exchange: Exchange, inbound: Inbound | None, sandbox: Sandbox) -> _Compared:
        """Return how an exchange differs; ``inbound`` is its whole request, None where that is not kept."""
        told = (_told(name, wanted, exchange, sandbox) for name, wanted in self._match.items())
        outside = [found for found in told if found is not None]
        if not self._fields and self._of_record is None:
            return _Compared(exchange, outside)
        if inbound is None:
            return _Compared(exchange, outside, known=False)
        return self._inside(exchange, outside, _command(exchange, inbound))

    def _inside(self, exchange: Exchange, outside: list[Difference], command: Mapping[str, Any]) -> _Compared:
        """Compare the command, and each record together with it; the nearest of them counts."""
        best, record, fields = self._differences(command), None, command
        if self._of_record is not None:
            best = [*best, Difference(_OF_RECORD, self._of_record, None, there=False)]
        records, wrap, success = _records(exchange, command)
        if records and isinstance(records[0], dict):
            fields = {**records[0], **command}
        codes = {each.record: each.status for each in exchange.failed_records}
        for number, each in enumerate(records):
            if not best:
                break
            own = {wrap: each} if wrap else each
            both = {**command, **own} if isinstance(own, dict) else command
            # A command that was refused as a whole has no records that were answered.
            code = None if exchange.violation is not None else codes.get(number, success)
            found = [*self._differences(both), *self._record_differs(code)]
            if _distance(found) < _distance(best):
                best, record, fields = found, number, both
        return _Compared(exchange, [*outside, *best], record, fields)

    def _record_differs(self, code: int | None) -> Iterator[Difference]:
        """Yield how the status of a record differs; None is one that was never answered by itself."""
        wanted = self._of_record
        if wanted is None:
            return
        several = wanted if isinstance(wanted, list) else [wanted]
        if code is None or code not in [int(each) for each in several]:
            yield Difference(_OF_RECORD, wanted, code, there=code is not None)

    def _differences(self, fields: Mapping[str, Any]) -> list[Difference]:
        made = []
        for name, test in self._tests.items():
            if not test(fields.get(name), name in fields):
                made.append(Difference(name, self._fields[name], fields.get(name), name in fields))
        return made


def _records(exchange: Exchange, command: Mapping[str, Any]) -> tuple[Sequence[Any], str, int]:
    """Return the records of a command, where its method has some, what stands for a whole one, and their success."""
    if exchange.batch is None:
        return (), "", 0
    field, wrap, success = exchange.batch
    found = command.get(field)
    return (found if isinstance(found, list) else ()), wrap, success


def _test_of(wanted: Any) -> Test:
    """Return the test of a value; a list is one of its values, as in scenarios, or what a field that is a list must be."""
    test = test_of(wanted)
    if not isinstance(wanted, list):
        return test
    return lambda value, present: test(value, present) or (present and same(wanted, value))


def _distance(differences: Sequence[Difference]) -> tuple[int, int, int]:
    """Return how far off something is; of two records the one with the right fields is nearer than one with the right status."""
    missing = sum(not each.there for each in differences)
    return len(differences), missing, sum(each.field != _OF_RECORD for each in differences)


def _told(name: str, wanted: Any, exchange: Exchange, sandbox: Sandbox) -> Difference | None:
    """Return how an exchange differs in what the journal itself says of it."""
    if name == "status" and wanted in ("success", "failure"):
        success = exchange.violation is None and exchange.finding is None
        return None if success == (wanted == "success") else Difference(name, wanted, exchange.status)
    got: Any = getattr(exchange, name)
    names = [got]
    if name == "apikey":
        names = [*sandbox.known_as(got)]
    if name == "servicekey":
        names.append(exchange.process.get("name"))
    several = wanted if isinstance(wanted, list) else [wanted]
    if name == "status":
        several = [int(each) for each in several]
    if any(same(each, one) for each in several for one in names):
        return None
    hint = ""
    if name == "status" and any(each.status in several for each in exchange.failed_records):
        hint = f" (one of its records has it: that is {_OF_RECORD})"
    return Difference(name, wanted, got, got not in ("", None), hint)


def _command(exchange: Exchange, inbound: Inbound) -> Mapping[str, Any]:
    try:
        return decode(inbound, exchange.quirks).command
    except (Malformed, RawQueryRefused):
        return NOTHING


def verify(sandbox: Sandbox, match: Mapping[str, Any], count: Mapping[str, int]) -> dict[str, Any]:
    """Return whether as many exchanges fit as ``count`` asks for (at least one), which, and the near misses.

    It is only ok if it would be so too with what cannot be compared: bodies that are not kept, and
    exchanges that the journal has had to forget.
    """
    expectation = Expectation(match)
    with sandbox.lock:
        journal = sandbox.journal
        kept = [
            (exchange, journal.whole(exchange)) for exchange in journal.newest_first() if not exchange.story
        ]
        forgotten = journal.forgotten
    compared = [expectation.compare(exchange, inbound, sandbox) for exchange, inbound in kept]
    fitting = [each.exchange for each in compared if each.known and not each.differences]
    unknown = [each.exchange for each in compared if not each.known and not each.differences]
    low, high = _bounds(count)
    ok = len(fitting) >= low and (high is None or len(fitting) + len(unknown) + forgotten <= high)
    too_many = high is not None and len(fitting) > high
    misses = [] if ok or too_many else _near(compared, expectation.size)
    counted = f"{len(fitting)} of {len(kept)}"
    text = f"expected {_wanted(low, high)}{expectation}; found {counted}"
    if unknown:
        text += f"; {len(unknown)} could not be compared, since their long bodies are not kept"
    if forgotten:
        text += f"; the journal has forgotten {forgotten} older ones"
    lines = _fitted(fitting) if too_many else [miss["text"] for miss in misses]
    return {
        "ok": ok,
        "matched": len(fitting),
        "ids": [request_id(exchange.number) for exchange in fitting],
        "not_compared": [request_id(exchange.number) for exchange in unknown],
        "forgotten": forgotten,
        "near_misses": misses,
        "text": "\n".join([text, *(f"  {line}" for line in lines)]),
    }


def _bounds(count: Mapping[str, int]) -> tuple[int, int | None]:
    if "exactly" in count:
        return count["exactly"], count["exactly"]
    return count.get("min", 0 if "max" in count else 1), count.get("max")


def _wanted(low: int, high: int | None) -> str:
    if high is None:
        return f"at least {low} {_requests(low)}"
    if low == high:
        return f"exactly {low} {_requests(low)}"
    return f"from {low} to {high} requests" if low else f"at most {high} {_requests(high)}"


def _requests(number: int) -> str:
    return "request" if number == 1 else "requests"


def _fitted(fitting: Sequence[Exchange]) -> list[str]:
    """Return the youngest of those that fit, a line each: where they are too many, nothing is near them."""
    told = [f"{request_id(each.number)} {each.method or 'no method'} fits" for each in fitting[:NEAREST]]
    more = len(fitting) - len(told)
    return [*told, f"and {more} more"] if more else told


def _near(compared: Sequence[_Compared], size: int) -> list[dict[str, Any]]:
    """Return the exchanges that fit most conditions, the nearest first and the younger before the older."""
    missed = sorted(
        (each for each in compared if each.known and each.differences),
        key=lambda each: (_distance(each.differences), -each.exchange.number),
    )
    return [_missed(each, size) for each in missed[:NEAREST]]


def _missed(compared: _Compared, size: int) -> dict[str, Any]:
    exchange, differences = compared.exchange, compared.differences
    number, method = request_id(exchange.number), exchange.method or "no method"
    place = "" if compared.record is None else f", record {compared.record}"
    malformed = f" ({exchange.finding.text})" if exchange.finding is not None else ""
    reasons = "; ".join(each.told(compared.fields) for each in differences)
    return {
        "id": number,
        "method": exchange.method,
        "status": exchange.status,
        "fitted": size - len(differences),
        "of": size,
        "record": compared.record,
        "differences": [each.shown() for each in differences],
        "text": f"{number} {method}{place}: {reasons}{malformed}",
    }
