"""What the rules share: what they say of an exchange, and what a sandbox remembers of those before."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mockserver.model import Exchange

_REMEMBERED: Final = 256
_LARGE: Final = 16 * 1024


class Mark(NamedTuple):
    """Something a rule found: which rule, the ledger id it rests on (or none), the method, and the reason."""

    rule: str
    ledger: str
    method: str
    reason: str


Before = tuple[float, int]
"""A command as it is remembered: real time of its arrival, and what the rule notes of it."""


ADVICE: Final[Mapping[str, str]] = {
    "warning": "Send what the documents ask for: the vendor may begin to refuse this at any time.",
    "polling": "Ask at most once a second: keep the answer, and share it between those who need it.",
    "unsafe-retry": "Look first whether the command took effect: carried out twice, it makes two entries.",
    "ignored-failure": "Read status and statusdesc of the body: every refusal comes with HTTP 200.",
}
"""What a client should do, by rule."""


class Memory:
    """The recent commands of a sandbox, by rule and by what makes them the same; the oldest are forgotten."""

    def __init__(self) -> None:
        self._last: OrderedDict[tuple[str, Any], Before] = OrderedDict()
        self.looked: OrderedDict[str, float] = OrderedDict()
        """When each API key last looked at what is there, by the key."""

    def swap(self, rule: str, key: Any, now: Before | None) -> Before | None:
        """Remember a command, or forget it; return what was remembered of the same one before."""
        before = self._last.pop((rule, key), None)
        if now is not None:
            self._last[rule, key] = now
            if len(self._last) > _REMEMBERED:
                self._last.popitem(last=False)
        return before

    def get(self, rule: str, key: Any) -> Before | None:
        """Return what is remembered of a command."""
        return self._last.get((rule, key))

    def look(self, apikey: str, when: float) -> None:
        """Remember that an API key looked."""
        self.looked.pop(apikey, None)
        self.looked[apikey] = when
        if len(self.looked) > _REMEMBERED:
            self.looked.popitem(last=False)


def identity(exchange: Exchange, names: Iterable[str]) -> int:
    """Return what makes a command the same again: method, keys, and these of its fields, as one hash.

    A large command is compared by its bytes, which costs less.
    """
    command, body = exchange.command, exchange.inbound.body
    whose = (exchange.method, exchange.apikey, exchange.servicekey)
    if len(body) > _LARGE:
        return hash((whose, body))
    try:
        return hash((whose, *[_flat(command.get(name)) for name in names]))
    except TypeError:
        return hash((whose, _bytes([command.get(name) for name in names])))


def _flat(value: Any) -> Any:
    """Return the one plain record of a batch, which most batches are, as something that can be hashed at once."""
    if type(value) is list and len(value) == 1 and type(value[0]) is dict:
        return tuple(value[0].values())
    return value


def _bytes(values: Any) -> bytes:
    try:
        return orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # integers of any length, text with half a surrogate pair
        return json.dumps(values, sort_keys=True).encode()
