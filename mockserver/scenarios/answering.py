"""What could answer a rule's commands: methods in their editions, their statuses and their fields.

A quirk may change any of that, and a sandbox may have any quirk. So what the default readings do not
have is looked for in the others before it counts as not there.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.validation import Validator
from mockserver.contract.values import as_text, is_blank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mockserver.contract.catalogue import Catalogue
    from mockserver.contract.methodspec import MethodSpec, ObjectSpec
    from mockserver.model import Level

_DIGITS: Final = re.compile(r"0|-?[1-9][0-9]{0,17}", re.ASCII)


class Answering:
    """The methods, in their editions, that may answer the commands a rule is about."""

    def __init__(self, catalogue: Catalogue, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = tuple(pairs)
        self._catalogue = catalogue

    @cached_property
    def specs(self) -> tuple[MethodSpec, ...]:
        """Each of them with no quirk chosen."""
        return tuple(
            self._catalogue.spec(method, {**self._catalogue.quirks.defaults, "edition": edition})
            for method, edition in self.pairs
        )

    def any(self, fits: Callable[[MethodSpec], bool]) -> bool:
        """Tell whether one of them fits, under whatever quirk."""
        return any(map(fits, self.specs)) or any(map(fits, self._others()))

    def _others(self) -> Iterator[MethodSpec]:
        """Yield each under every value of every quirk that its document speaks of, and all last values together."""
        catalogue = self._catalogue
        shared = json.dumps(catalogue.common)
        for method, edition in self.pairs:
            said = json.dumps(catalogue.methods[method]) + shared
            quirks = [
                each for each in catalogue.quirks if f'"{each.name}"' in said and each.name != "edition"
            ]
            base = {**catalogue.quirks.defaults, "edition": edition}
            choices = [{**base, each.name: value} for each in quirks for value in each.values[1:]]
            choices.append({**base, **{each.name: each.values[-1] for each in quirks}})
            for choice in choices:
                yield catalogue.spec(method, choice)

    def codes(self, level: Level) -> list[str]:
        """Return the statuses that commands or records can be refused with."""
        own = {code for spec in self.specs for each in ("request", "record") for code in spec.codes(each)}
        shared = {int(code) for code in self._catalogue.common["statuses"]}
        candidates = own if level == "record" else own | shared
        return [
            str(code)
            for code in sorted(candidates)
            if any(spec.can_force(code, level) for spec in self.specs)
        ]

    def answered(self) -> list[str]:
        """Return the statuses that commands can be answered with."""
        own = {code for spec in self.specs for code in spec.codes("request")}
        return [
            str(code) for code in sorted(own | {int(code) for code in self._catalogue.common["statuses"]})
        ]

    def names(self, level: Level) -> list[str]:
        """Return the fields that commands or their records may bring, with every spelling."""
        return list(
            dict.fromkeys(
                spelling
                for spec in self.specs
                for unit in units(spec, level)
                for name, node in unit.properties.items()
                for spelling in (name, *node.get("x-aliases", ()))
            )
        )

    def has(self, name: str, level: Level) -> bool:
        """Tell whether a command or record may bring that field; records may bring any where they are kept."""

        def fits(spec: MethodSpec) -> bool:
            return any(_keeps(unit) or name in _spellings(unit) for unit in units(spec, level))

        return self.any(fits)

    def holds(self, name: str, value: Any, level: Level) -> bool:
        """Tell whether the field may have that value; numbers stand for their digits, blanks for themselves."""
        if is_blank(value):
            return True

        def fits(spec: MethodSpec) -> bool:
            return any(_holds(unit, name, value) for unit in units(spec, level))

        return self.any(fits)

    def form(self, name: str, level: Level) -> tuple[str, list[str]]:
        """Return what the field asks of a value that it cannot hold, and the values it may have if they are few."""
        for spec in self.specs:
            for unit in units(spec, level):
                node = unit.properties.get(_spellings(unit).get(name, ""))
                if node is not None:
                    words = [*node.get("enum", ()), *node.get("x-means", ())]
                    return _asked(node), list(map(as_text, words))
        return "", []


def units(spec: MethodSpec, level: Level) -> Iterable[ObjectSpec]:
    """Return what the command of a method, or its records, may be."""
    if level == "request":
        return (spec.head,)
    return spec.records.kinds.values() if spec.records else ()


def _keeps(unit: ObjectSpec) -> bool:
    return bool(unit.schema.get("x-unknown", {"keep": not unit.wrap})["keep"])


def _spellings(unit: ObjectSpec) -> Mapping[str, str]:
    """Return the properties of an object by each spelling."""
    return {
        spelling: name
        for name, node in reversed(list(unit.properties.items()))
        for spelling in (*node.get("x-aliases", ()), name)
    }


def _holds(unit: ObjectSpec, name: str, value: Any) -> bool:
    prop = _spellings(unit).get(name)
    if prop is None:
        return _keeps(unit)
    node = unit.properties[prop]
    if isinstance(value, dict | list) and ("items" in node or "array" in node.get("type", "array")):
        return True
    validator = Validator({"properties": {prop: node}})
    for each in _readings(value):
        read = unit.normaliser.read({name: each}, "", []).values
        if validator.is_valid(read):
            return True
    return False


def _asked(node: Mapping[str, Any]) -> str:
    """Return what a property asks of its value, in a few words."""
    kinds = node.get("type", ())
    kind = kinds if isinstance(kinds, str) else " or ".join(kinds)
    form = f" of the form {node['pattern']}" if "pattern" in node else ""
    form += f" of the form {node['format']}" if "format" in node else ""
    form += f" of at most {node['maxLength']} characters" if "maxLength" in node else ""
    return f"{kind or 'a value'}{form}"


def _readings(value: Any) -> Iterator[Any]:
    """Yield a value, and the other way to write it that is compared as equal (GEN-13)."""
    yield value
    if isinstance(value, int) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, str) and _DIGITS.fullmatch(value):
        yield int(value)
