"""People made up for the demo: names by Faker, everything else counted out from the seed.

Person n follows from the seed and n alone, so more people never change those before them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from mockserver.errors import InvalidSetting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.store.interface import Row

MOST_PEOPLE = 1_000_000
"""The largest number of people: serial numbers have seven digits and telephone numbers stay unique."""

_UPPER, _LOWER = 40_000, 100_000  # 60000…99999 and 00000…99999: every ten-digit number from 6 to 9


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to make people up: the member ``people`` of a seed plan, described in ``schemas/seed.json``.

    ``crm_fields`` maps each of the processes to its CRM field; ``first_code`` and ``first_call``
    are the customer code and the call-list id that the first person and the first call get.
    """

    tenant: str
    processes: tuple[str, ...]
    locales: tuple[str, ...]
    names: int
    fields: Mapping[str, tuple[str, ...]]
    stored_from: str
    stored_every: int
    open_every: int
    due_from: str
    due_every: int
    calltype: int
    media: int
    avoid: frozenset[str]
    crm_fields: Mapping[str, str]
    first_code: int
    first_call: int


def people(recipe: Recipe, *, seed: int, customers: int) -> Iterator[tuple[Row, Row | None]]:
    """Make up ``customers`` people: rows of ``customers``, each with its open call or None.

    The same recipe and seed give the same rows, and fewer people are the beginning of more. Raises
    InvalidSetting when a moment of the recipe would pass the year 9999.
    """
    pools = [name_pools(seed, locale, recipe.names) for locale in recipe.locales]
    numbers = mobile_numbers(seed, recipe.avoid)
    for n in range(customers):
        firsts, lasts = pools[n % len(pools)]
        draw = _draw(seed, "person", n)
        first = firsts[int.from_bytes(draw[0:4]) % len(firsts)]
        last = lasts[int.from_bytes(draw[4:8]) % len(lasts)]
        process = recipe.processes[int.from_bytes(draw[8:12]) % len(recipe.processes)]
        words = {
            "first": first,
            "last": last,
            "name": f"{first} {last}",
            "serial": f"{recipe.first_code + n:07d}",
        }
        fields = {
            name: texts[draw[12 + place] % len(texts)].format_map(words)
            for place, (name, texts) in enumerate(recipe.fields.items())
        }
        customer: Row = {
            "tenant": recipe.tenant,
            "process": process,
            "customercode": recipe.first_code + n,
            "contact1": next(numbers),
            "crm": fields[recipe.crm_fields[process]],
            "fields": fields,
            "storedatetime": _moment(recipe.stored_from, n * recipe.stored_every),
        }
        yield customer, _open_call(recipe, n, customer)


def _open_call(recipe: Recipe, n: int, customer: Mapping[str, Any]) -> Row | None:
    """Return the scheduled call-list entry of person n, if it is that person's turn to have one."""
    turn, rest = divmod(n, recipe.open_every)
    if rest:
        return None
    return {
        "tenant": recipe.tenant,
        "calllistid": recipe.first_call + turn,
        "process": customer["process"],
        "contact": customer["contact1"],
        "login": None,
        "calltype": recipe.calltype,
        "due": _moment(recipe.due_from, turn * recipe.due_every),
        "status": "scheduled",
        "systemcallid": None,
        "media": recipe.media,
        "customercode": customer["customercode"],
        "storedatetime": customer["storedatetime"],
    }


def name_pools(seed: int, locale: str, size: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Draw up to ``size`` different first and last names of a language with Faker.

    Faker promises the same names for the same seed only within one version.
    """
    # Imported here because it costs half a second, and only a plan with people needs it.
    from faker import Faker  # noqa: PLC0415

    fake = Faker(locale, providers=["faker.providers.person"])
    fake.seed_instance(f"{seed}/{locale}/{size}")
    firsts = dict.fromkeys(fake.first_name() for _ in range(size))
    lasts = dict.fromkeys(fake.last_name() for _ in range(size))
    return tuple(firsts), tuple(lasts)


def mobile_numbers(seed: int, avoid: frozenset[str]) -> Iterator[str]:
    """Yield different Indian mobile numbers (ten digits, the first 6 to 9), none of them in ``avoid``.

    The candidates are a permutation of all such numbers, three rounds of a Feistel network keyed by
    the seed: unique without a memory of those before, and without the look of a counter. Numbers
    that provoke an outcome (AM-14, AM-54) begin with 1 and so never come up.
    """
    for n in count():
        upper, lower = divmod(n, _LOWER)
        upper = (upper + _mix(seed, 1, lower)) % _UPPER
        lower = (lower + _mix(seed, 2, upper)) % _LOWER
        upper = (upper + _mix(seed, 3, lower)) % _UPPER
        number = f"{60_000 + upper:05d}{lower:05d}"
        if number not in avoid:
            yield number


def _draw(seed: int, kind: str, n: int) -> bytes:
    """Return 64 bytes that follow from seed, kind and n alone, on every platform and version."""
    return hashlib.blake2b(f"{seed}/{kind}/{n}".encode()).digest()


def _mix(seed: int, stage: int, value: int) -> int:
    digest = hashlib.blake2b(f"{seed}/number/{stage}/{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest)


def _moment(start: str, seconds: int) -> str:
    try:
        return str(datetime.fromisoformat(start) + timedelta(seconds=seconds))
    except OverflowError as error:
        raise InvalidSetting(f"{seconds} s after {start} passes the last year of the calendar") from error
