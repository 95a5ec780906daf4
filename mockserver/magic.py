"""Magic values: keys, logins and record values that ask for a status (SIM-23, SIM-24, SIM-25, AM-14).

Read from commands, and listed from the same documents.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from mockserver.contract.fields import value_sent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.contract.catalogue import Catalogue
    from mockserver.contract.methodspec import MethodSpec, ObjectSpec, StatusRow
    from mockserver.model import Exchange, Level

_GROUP: Final = re.compile(r"\((?!\?)[^)]*\)")
_REPEATED: Final = re.compile(r"(\\?.)\{([0-9]{1,2})\}")
_LONGEST_CODE: Final = 18


def magic(exchange: Exchange, catalogue: Catalogue) -> tuple[int, str] | None:
    """Return the code that a magic value of the command asks for and the rule that says so, or None."""
    code = None if exchange.process else magic_key(exchange, catalogue)
    if code is not None:
        return code, catalogue.common["forced"]["ledger"]
    head = exchange.spec.head
    fold = bool(head.forced) and exchange.regime.quirks["case_insensitive_keys"] == "on"
    for name, pattern in head.forced.items():
        value = value_sent(exchange.command, name, fold=fold)
        found = pattern.fullmatch(value.strip()) if isinstance(value, str) else None
        if found is not None and exchange.spec.can_force(int(found[1])):
            return int(found[1]), head.properties[name]["x-force"]["ledger"]
    return None


def magic_key(exchange: Exchange, catalogue: Catalogue) -> int | None:
    """Return the code a magic service key asks for, if the method has a service key and can answer the code."""
    if "servicekey" not in catalogue.methods[exchange.method]["keys"]:
        return None
    found = re.fullmatch(catalogue.common["forced"]["servicekey"], exchange.servicekey)
    if found is None or not exchange.spec.can_force(int(found[1])):
        return None
    return int(found[1])


# What there is


class Magic(NamedTuple):
    """A field whose values force failures: the values by code, each with the row that it answers."""

    field: str
    pattern: str
    ledger: str
    values: Mapping[str, StatusRow]


def forcible(spec: MethodSpec, catalogue: Catalogue, level: Level) -> list[StatusRow]:
    """Return the failures of a method that may be forced, by code (AM-14)."""
    codes = {*spec.codes("request"), *spec.codes("record")}
    codes.update(map(int, catalogue.common["statuses"]), catalogue.common["forced"]["always"])
    return [spec.status(code, level) for code in sorted(codes) if spec.can_force(code, level)]


def magic_servicekeys(spec: MethodSpec, catalogue: Catalogue) -> Magic | None:
    """Return the service keys that refuse a method's commands (SIM-23); None if it takes none."""
    if "servicekey" not in catalogue.methods[spec.name]["keys"]:
        return None
    name: str = catalogue.common["keys"]["servicekey"]
    forced = catalogue.common["forced"]
    values = _values(forced["servicekey"], forcible(spec, catalogue, "request"))
    return Magic(name, forced["servicekey"], forced["ledger"], values)


def magic_prefix(catalogue: Catalogue) -> str:
    """Return what service keys that ask for a status begin with, before the code (SIM-23)."""
    pattern: str = catalogue.common["forced"]["servicekey"]
    group = _GROUP.search(pattern)
    return "" if group is None else _literally(pattern[: group.start()])


def magic_fields(spec: MethodSpec, catalogue: Catalogue) -> Iterator[Magic]:
    """Yield the fields of a method's commands with values that refuse them (SIM-24)."""
    yield from _fields(spec.head, forcible(spec, catalogue, "request"))


def magic_records(spec: MethodSpec, catalogue: Catalogue) -> Iterator[Magic]:
    """Yield the fields of a method's records with values that fail a record (SIM-25).

    Where the document says ``any``, records fail with every code that a command may be refused with.
    """
    seen: set[str] = set()
    for kind in spec.records.kinds.values() if spec.records is not None else ():
        for name in kind.forced:
            level: Level = "request" if "any" in kind.properties[name]["x-force"] else "record"
            codes = [row.code for row in forcible(spec, catalogue, level)]
            rows = [spec.status(code, "record") for code in codes]
            if name not in seen:
                seen.add(name)
                yield from (each for each in _fields(kind, rows) if each.field == name)


def _fields(unit: ObjectSpec, rows: list[StatusRow]) -> Iterator[Magic]:
    for name in unit.forced:
        force = unit.properties[name]["x-force"]
        values = _values(force["pattern"], rows)
        if values:
            yield Magic(name, force["pattern"], force["ledger"], values)


def _values(pattern: str, rows: list[StatusRow]) -> dict[str, StatusRow]:
    texts = ((filled(pattern, row.code), row) for row in rows)
    return {text: row for text, row in texts if text is not None}


def filled(pattern: str, code: int) -> str | None:
    """Return the shortest text of a pattern whose one group is the code, padded with zeros; None if none is."""
    group = _GROUP.search(pattern)
    if group is None:
        return None
    before, after = (_literally(part) for part in (pattern[: group.start()], pattern[group.end() :]))
    for width in range(1, _LONGEST_CODE + 1):
        text = f"{before}{code:0{width}d}{after}"
        match = re.fullmatch(pattern, text)
        if match is not None and int(match[1]) == code:
            return text
    return None


def _literally(pattern: str) -> str:
    """Return the text a pattern of plain, escaped and counted characters stands for."""
    counted = _REPEATED.sub(lambda found: found[1] * int(found[2]), pattern)
    return re.sub(r"\\(.)", r"\1", counted)
