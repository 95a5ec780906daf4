"""Who takes part in a demo: agents and customers, made up from the seed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Final

from mockserver.seed_people import mobile_numbers, name_pools

_LOCALE: Final = "en_IN"
_NAMES: Final = 400
_HOST: Final = "demo.example"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody: an agent with a login, or a customer with a number."""

    name: str
    login: str = ""
    number: str = ""


def agents(seed: int, count: int) -> list[Person]:
    """Return that many agents with logins of their own; fewer are the beginning of more."""
    firsts, lasts = name_pools(seed, _LOCALE, _NAMES)
    found: dict[str, Person] = {}
    turn = 0
    while len(found) < count:
        first, last = firsts[turn % len(firsts)], lasts[(turn * 7 + turn // len(firsts)) % len(lasts)]
        suffix = "" if turn < len(firsts) else str(turn)
        login = f"{first}.{last[0]}{suffix}@{_HOST}".lower().replace(" ", "")
        found.setdefault(login, Person(f"{first} {last}", login=login))
        turn += 1
    return list(found.values())


def customers(seed: int, count: int) -> list[Person]:
    """Return that many customers with numbers of their own; fewer are the beginning of more."""
    firsts, lasts = name_pools(seed + 1, _LOCALE, _NAMES)
    numbers = islice(mobile_numbers(seed, frozenset()), count)
    return [
        Person(f"{firsts[turn % len(firsts)]} {lasts[(turn * 3 + 1) % len(lasts)]}", number=number)
        for turn, number in enumerate(numbers)
    ]
