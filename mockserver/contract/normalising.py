"""Read a JSON object the way its schema names the fields: aliases, trimming, digits, blanks.

The result (a :class:`View`) is what is validated and stored; the client's own spelling is kept for
pointers. Everything here follows annotations of the schema, nothing is known about a field.

====================  =======================================================================
annotation            effect
====================  =======================================================================
``x-aliases``         other spellings of the property; the property's own name wins (IPDWEB-08)
``x-trim: false``     the value is not trimmed (AM-61)
``x-as-text``         any other value is read as its JSON text, with a warning (AM-33)
``x-integer``         an integer is read as its digits: ``accepted``, or ``tolerated`` with a
                      warning (GEN-13, AM-08)
``x-blank: absent``   a blank value counts as not sent
``x-means``           other words for a value: "1" for "add" (AM-06)
``x-fold``            values are compared without ``case``, or without ``spaces`` and case (USR-08)
``x-list``            a single value counts as a list of one (GPD-08)
``x-day-first``       month and day of a moment are swapped (GPD-07)
``items``             elements of a list are read by their own node, objects like this one
``x-truncate``        the text is cut to that many characters
``x-first-of``        of these properties only the first one present counts (AM-36)
``x-unknown``         what becomes of other keys: kept as text (records) or ignored (GEN-10)
``x-warn``            ``absent``, ``present`` or ``format``: earns a warning (AM-08)
====================  =======================================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.values import as_text, escaped, is_blank, is_moment
from mockserver.model import Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class View:
    """An object read by its schema: values by property name, and the client's spelling of each alias used."""

    __slots__ = ("listed", "notices", "pointer", "spelled", "values")

    def __init__(self, pointer: str, notices: list[Notice]) -> None:
        self.values: dict[str, Any] = {}
        self.spelled: dict[str, str] = {}
        self.listed: set[str] = set()
        """Properties whose single value counts as a list of one."""
        self.pointer = pointer
        self.notices = notices

    def note(self, ledger: str, key: str, text: str, known: tuple[str, ...] = ()) -> None:
        """Add a warning about a key of the object; ``known`` are names of which one may have been meant."""
        self.notices.append(Notice(ledger, f"{self.pointer}/{escaped(key)}", text, known))

    def put(self, name: str, key: str, value: Any) -> None:
        """Set a property that was sent under ``key``."""
        self.values[name] = value
        if name != key:
            self.spelled[name] = key


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    rank: int
    """Place among the spellings of the property: 0 is its own name."""
    contested: bool
    """The property has several spellings, so a command may bring it more than once."""
    trim: bool
    integer: str | None
    drop_blank: bool
    truncate: int | None
    as_text: bool
    over: int | None
    """Length from which a text earns a warning."""
    warn: Mapping[str, Any]
    means: Mapping[str, str]
    """Words for a value (folded if ``fold``), each with the value it stands for."""
    fold: Callable[[str], str] | None
    listed: bool
    day_first: bool
    element: _Rule | None
    """How the elements of a list are read, if they are no objects."""
    nested: Normaliser | None
    """What reads the elements of a list that are objects."""
    simple: bool
    """Nothing to do with text but to trim it and drop blanks: the common case, decided once."""


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()


_FOLDS: Final[Mapping[str, Callable[[str], str]]] = {"case": str.casefold, "spaces": _squeezed}
_DAY_FIRST: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})( .*)", re.ASCII | re.DOTALL)


def _meanings(node: Mapping[str, Any], fold: Callable[[str], str] | None) -> dict[str, str]:
    words: dict[str, str] = {value: value for value in node["enum"]} if fold is not None else {}
    words.update(node.get("x-means", {}))
    return words if fold is None else {fold(word): value for word, value in words.items()}


def _rule(
    name: str, rank: int, node: Mapping[str, Any], over: int | None, *, fold_case: bool = False
) -> _Rule:
    trim = node.get("x-trim", True)
    drop_blank = node.get("x-blank") == "absent"
    truncate = node.get("x-truncate")
    warn = {key: value for key, value in node.get("x-warn", {}).items() if key != "absent"}
    contested = bool(node.get("x-aliases"))
    over = over if node.get("x-as-text") and "maxLength" not in node else None
    fold = _FOLDS[node["x-fold"]] if "x-fold" in node else None
    means = _meanings(node, fold)
    listed, day_first = "x-list" in node, "x-day-first" in node
    items: Mapping[str, Any] = node.get("items", {})
    return _Rule(
        name=name,
        rank=rank,
        contested=contested,
        trim=trim,
        integer=node.get("x-integer"),
        drop_blank=drop_blank,
        truncate=truncate,
        as_text=node.get("x-as-text", False),
        over=over,
        warn=warn,
        means=means,
        fold=fold,
        listed=listed,
        day_first=day_first,
        element=_rule("", 0, items, None) if items and "properties" not in items else None,
        nested=Normaliser(items, fold_case=fold_case) if "properties" in items else None,
        simple=not (contested or warn or means or listed or day_first) and truncate is None and over is None,
    )


class Normaliser:
    """Reads objects of one (expanded) object schema."""

    def __init__(self, schema: Mapping[str, Any], *, fold_case: bool = False) -> None:
        properties: Mapping[str, Any] = schema.get("properties", {})
        unknown = schema.get("x-unknown", {"keep": True})
        self._keep: bool = unknown["keep"]
        self._warn_over: int | None = unknown.get("warn_over")
        self._rules: dict[str, _Rule] = {}
        for name, node in properties.items():
            for rank, spelling in enumerate((name, *node.get("x-aliases", ()))):
                self._rules[spelling] = _rule(name, rank, node, self._warn_over, fold_case=fold_case)
        self._names = tuple(self._rules)
        self._folded = {key.casefold(): key for key in reversed(self._rules)} if fold_case else {}
        self._ledger: str = unknown.get("ledger", "GEN-10")
        self._first_of: tuple[str, ...] = tuple(schema.get("x-first-of", ()))
        self._expected = tuple(
            (name, node["x-warn"]["absent"])
            for name, node in properties.items()
            if "absent" in node.get("x-warn", {})
        )

    def read(self, raw: Mapping[str, Any], pointer: str, notices: list[Notice]) -> View:
        """Return the view of ``raw``, appending a notice for each thing the documents forbid."""
        view = View(pointer, notices)
        values = view.values
        contested: list[tuple[int, str, _Rule]] = []
        rules = self._rules
        for key, value in raw.items():
            rule = rules.get(key)
            if rule is None and self._folded:
                exact = self._folded.get(key.casefold(), "")
                # The exact spelling wins wherever it stands (GEN-09).
                rule = None if exact in raw else rules.get(exact)
            if rule is None:
                self._unknown(key, value, view)
            elif rule.simple and type(value) is str:
                text = value.strip()
                if text or not rule.drop_blank:
                    values[rule.name] = text if rule.trim else value
                    if rule.name != key:
                        view.spelled[rule.name] = key
            elif rule.contested:
                contested.append((rule.rank, key, rule))
            else:
                _known(rule, key, value, view)
        for _rank, key, rule in sorted(contested, key=_by_rank) if contested else ():
            if rule.name not in values:
                _known(rule, key, raw[key], view)
        self._settle(view)
        return view

    def _unknown(self, key: str, value: Any, view: View) -> None:
        if not self._keep:
            view.note(self._ledger, key, "undocumented key, ignored", self._names)
            return
        text = as_text(value).strip()
        if isinstance(value, (dict, list)) and value:
            view.note(self._ledger, key, _NESTED)
        _note_length(text, self._warn_over, key, view)
        view.values[key] = text

    def _settle(self, view: View) -> None:
        """Keep the first of the spellings that exclude each other; note what was expected and is not there."""
        values = view.values
        kept = False
        for name in self._first_of:
            if name in values:
                if kept:
                    del values[name]
                kept = True
        for name, warning in self._expected:
            if name not in values:
                view.note(warning["ledger"], name, warning["text"])


_NESTED: Final = "nested value, stored as JSON text"
_NUMBER: Final = "a number where the documents print text"


def _note_length(text: str, over: int | None, key: str, view: View) -> None:
    if over is not None and len(text) > over:
        view.note("AM-33", key, f"longer than {over} characters, stored whole")


def _by_rank(entry: tuple[int, str, _Rule]) -> int:
    return entry[0]


def _known(rule: _Rule, key: str, value: Any, view: View) -> None:
    """Read the value of a property that asks for more than trimming."""
    if rule.listed and (isinstance(value, str) or type(value) is int) and not is_blank(value):
        view.listed.add(rule.name)
        value = [value]
    value = (_elements if isinstance(value, list) else _single)(rule, key, value, view)
    if rule.drop_blank and is_blank(value):
        return
    if rule.as_text and not isinstance(value, str) and not is_blank(value):
        nested = isinstance(value, (dict, list))
        view.note("AM-33" if nested else "GEN-13", key, _NESTED if nested else _NUMBER)
        value = as_text(value)
    for condition, warning in rule.warn.items():
        if condition == "present" or not (isinstance(value, str) and is_moment(value)):
            view.note(warning["ledger"], key, warning["text"])
    if isinstance(value, str):
        _note_length(value, rule.over, key, view)
    if rule.truncate is not None and isinstance(value, str):
        value = value[: rule.truncate].rstrip()
    view.put(rule.name, key, value)


def _single(rule: _Rule, key: str, value: Any, view: View) -> Any:
    """Return a value that is no list as its rule reads it."""
    if isinstance(value, str):
        value = value.strip() if rule.trim else value
    elif type(value) is int and rule.integer is not None:
        value = str(value)
        if rule.integer == "tolerated":
            view.note("GEN-13", key, _NUMBER)
    if not isinstance(value, str):
        return value
    if rule.means:
        return rule.means.get(value if rule.fold is None else rule.fold(value), value)
    if rule.day_first:
        return _DAY_FIRST.sub(r"\1-\3-\2\4", value)
    return value


def _elements(rule: _Rule, key: str, values: list[Any], view: View) -> list[Any]:
    """Return the elements of a list, each as the rule of ``items`` reads it."""
    if rule.element is not None:
        return [_single(rule.element, key, value, view) for value in values]
    if rule.nested is None:
        return values
    read, pointer = rule.nested.read, f"{view.pointer}/{escaped(key)}"
    return [
        read(value, f"{pointer}/{index}", view.notices).values if isinstance(value, dict) else value
        for index, value in enumerate(values)
    ]
