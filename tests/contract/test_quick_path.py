"""Valid commands are only ever seen by the compiled validator, and it says what the explaining one says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.cases import cases
from bench.world import World, race
from mockserver.contract.validation import Validator
from tests.api import shared_service
from tests.methods.helpers import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.contract.methodspec import ObjectSpec

SHAPES: tuple[Any, ...] = ({}, {"action": "add"}, [], None)
CATALOGUE = shared_service().catalogue
ON = {
    "custom_filter": "on",
    "require_reqdatetime": "on",
    "shared_search_checks": "on",
    "userimage_required": "on",
}
VARIANTS: dict[str, dict[str, str]] = {"": {}, "web": {"edition": "web"}, "all checks": ON}


def units(method: str) -> Iterator[tuple[str, ObjectSpec]]:
    """Everything a command of a method is validated by: its head and each kind of record, as variants have them."""
    for variant, quirks in VARIANTS.items():
        spec = CATALOGUE.spec(method, {**CATALOGUE.quirks.defaults, **quirks})
        yield f"{variant} head", spec.head
        for kind, unit in spec.records.kinds.items() if spec.records is not None else ():
            yield f"{variant} record {kind}", unit


@pytest.fixture
def nothing_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks jsonschema gets an error."""

    def explained(_: Validator) -> Any:
        raise AssertionError("jsonschema was asked")

    monkeypatch.setattr(Validator, "_explaining", property(explained))


@pytest.mark.usefixtures("nothing_explained")
@pytest.mark.parametrize("method", CATALOGUE.methods)
def test_every_schema_is_compiled(method: str) -> None:
    """Whether a value holds is never asked of jsonschema, which takes a hundred times as long (GEN-06)."""
    for name, unit in units(method):
        for value in SHAPES:
            assert isinstance(unit.validator.is_valid(value), bool)
        # Only records come in lists.
        assert "record" not in name or unit.list_validator.is_valid([])


def test_valid_commands_are_never_explained(nothing_explained: None) -> None:
    """A valid command of each method goes through without jsonschema, records and all (TRN-01)."""
    (taken,) = race([World()], cases("all"), 1)
    assert all(taken.values())


odd = st.recursive(
    st.sampled_from(["", " ", "0", "12", "add", "user", "8850014998", "a@b.in", "2024-02-30 00:00:00", "x" * 151])
    | st.sampled_from(["2024-10-30 12:14:46", "2030-10-30 12:14:46", "nosuch.jpg", "daterange", "customfilter"])
    | st.text(max_size=9)
    | st.integers()
    | st.booleans()
    | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["media", "field", "a"]), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@pytest.mark.parametrize("method", CATALOGUE.methods)
def test_the_two_validators_agree_about_every_method(method: str) -> None:
    """A printed command with any of its fields changed or taken away is valid exactly when nothing is to be explained (GEN-06)."""
    printed = [example["command"] for example in examples().values()]
    commands = [{}, *(command for command in printed if command.get("method") == method)]

    @settings(max_examples=40, deadline=None)
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        name, unit = data.draw(st.sampled_from(list(units(method))))
        command = dict(data.draw(st.sampled_from(commands))) if "record" not in name else {}
        for field in data.draw(st.lists(st.sampled_from(sorted(unit.properties)), max_size=4)):
            if data.draw(st.booleans()):
                command[field] = data.draw(odd)
            else:
                command.pop(field, None)
        view = unit.normaliser.read(command, "", []).values
        assert unit.validator.is_valid(view) == (not unit.validator.failures(view)), (name, view)

    check()
