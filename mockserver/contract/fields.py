"""Objects of a command, read by their spec: values under the roles that Python knows them by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.contract.values import as_text, escaped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from mockserver.contract.methodspec import ObjectSpec
    from mockserver.model import Notice, Violation


def key_sent(command: Mapping[str, Any], name: str, *, fold: bool) -> str:
    """Return the key a field was sent under; its own name when it was not sent (GEN-09)."""
    if name in command or not fold:
        return name
    # Of several spellings the last one counts, as of a key that stands there twice (TRN-27).
    return next((key for key in reversed(list(command)) if key.casefold() == name.casefold()), name)


def value_sent(command: Mapping[str, Any], name: str, *, fold: bool) -> Any:
    """Return the value a field was sent with; None when it was not sent."""
    return command.get(key_sent(command, name, fold=fold))


class Fields:
    """An object of a command, read: its values under the roles that Python knows them by."""

    __slots__ = ("listed", "pointer", "raw", "spec", "spelled", "values")

    def __init__(self, spec: ObjectSpec, raw: Any, pointer: str, notices: list[Notice]) -> None:
        self.spec = spec
        self.raw = raw
        self.pointer = pointer
        self.values: dict[str, Any] = {}
        self.spelled: dict[str, str] = {}
        self.listed: Set[str] = frozenset()
        if isinstance(raw, dict):
            view = spec.normaliser.read(raw, pointer, notices)
            self.values, self.spelled, self.listed = view.values, view.spelled, view.listed

    def get(self, role: str) -> Any:
        """Return the value that plays ``role`` (its default when it was not sent), or None."""
        names = self.spec.roles.get(role, ())
        values = self.values
        for name in names:
            if name in values:
                return values[name]
        return self.spec.defaults.get(names[0]) if names else None

    def text(self, role: str) -> str:
        """Return the value that plays ``role`` as text; empty when it was not sent."""
        return as_text(self.get(role))

    def as_sent(self, name: str) -> str:
        """Return the value of a property exactly as the client sent it, as text (GEN-12, AM-36)."""
        raw = self.raw.get(self.spelled.get(name, name)) if isinstance(self.raw, dict) else None
        return as_text(raw)

    def stored(self) -> dict[str, str]:
        """Return what is kept of the object beside the columns that have a place of their own."""
        unstored = self.spec.unstored
        return {
            key: value if type(value) is str else as_text(value)
            for key, value in self.values.items()
            if key not in unstored
        }

    def at(self, path: Sequence[str | int]) -> str:
        """Return the JSON pointer of a path below this object, in the client's spelling."""
        if path and path[0] in self.listed:
            path = path[:1]
        if self.spec.wrap:
            path = path[1:]
        steps = [self.spelled.get(str(path[0]), path[0]), *path[1:]] if path else []
        return self.pointer + "".join(f"/{escaped(str(step))}" for step in steps)


class Record(Fields):
    """One record of a batch command; may fail on its own."""

    __slots__ = ("failure", "index", "violations")

    def __init__(self, spec: ObjectSpec, raw: Any, index: int, pointer: str, notices: list[Notice]) -> None:
        super().__init__(spec, {spec.wrap: raw} if spec.wrap else raw, f"{pointer}/{index}", notices)
        self.index = index
        self.violations: tuple[Violation, ...] = ()
        self.failure: Violation | None = None
