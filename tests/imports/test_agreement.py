"""The compiled validator and the explaining one say the same of everything a command can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mockserver.contract.catalogue import Catalogue
from mockserver.contract.checking import Reading, first_refusal
from mockserver.contract.expansion import NO_TRAITS
from mockserver.methods.rules import RULES
from mockserver.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.contract.methodspec import MethodSpec, ObjectSpec

METHOD = "ImportProcessData"
CATALOGUE = Catalogue.load(data_dir("schemas"), RULES)
ALL_ON = {"shared_search_checks": "on", "custom_filter": "on", "require_reqdatetime": "on"}
VARIANTS: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "1.0.6": ({"edition": "1.0.6"}, {}),
    "web": ({"edition": "web"}, {"crm_field": "leadnumber"}),
    "1.0.6, all checks": ({"edition": "1.0.6", **ALL_ON}, {"template": ("sr_number", "name")}),
    "web, all checks": ({"edition": "web", **ALL_ON}, {}),
    "1.0.6, gsm, truncated": ({"edition": "1.0.6", "overlong": "truncate"}, {"trunk": "gsm", "crm_field": "sr_number"}),
    "1.0.6, telco, accepted": ({"edition": "1.0.6", "overlong": "accept"}, {"trunk": "telco"}),
    "1.0.6, strict10": ({"edition": "1.0.6", "mobile_rule": "strict10"}, {}),
    "1.0.6, intl": ({"edition": "1.0.6", "mobile_rule": "intl"}, {}),
}  # fmt: skip


def spec_of(variant: str) -> MethodSpec:
    quirks, traits = VARIANTS[variant]
    chosen = {**CATALOGUE.quirks.defaults, **quirks}
    return CATALOGUE.spec(METHOD, chosen, tuple({**dict(NO_TRAITS), **traits}.items()))


WORDS = [
    "12", "99", "mobilenumber", "Mobilenumber", "customercode", "crmuniquefield", "daterange", "customfilter",
    "8850014998", "08850014998", "+918850014998", "00918850014998", "1110000043", "125", "0", "-5", "1001", "71",
    "2024-10-30 12:14:46", "2024-10-30 1:2:3", "2024-02-30 00:00:00", "２０２４-10-30 12:14:46", "१२३४५६७८९०",
    "8850014998\n", "\n", " ", "", "\u00a0", "\u0085", "\u2028", "\ufeff", "\x1c", "\x1f", "@@", "é", "²", "\u0301", "क", "_",
    "x" * 11, "x" * 16, "x" * 51, "x" * 101, "x" * 201, "é" * 15, "😀" * 15, "a\x00b", "a\x7f", "=", "sr_number",
]  # fmt: skip
GOOD: list[dict[str, Any]] = [
    {"media": "12", "updateparam": "mobilenumber", "data": [{}], "reqdatetime": "2024-10-30 12:14:46", "searchparam": "daterange"},
    {"mobilenumber": "8850014998", "customercode": "1", "crmuniquefield": "A"},
]  # fmt: skip
"""A command and a record without a fault."""

scalars = (
    st.sampled_from(WORDS)
    | st.text(max_size=20)
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.none()
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["field", "value", "operator", "a"]), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


def objects(unit: ObjectSpec) -> st.SearchStrategy[dict[str, Any]]:
    """Objects that mostly bring the properties the schema knows."""
    return st.dictionaries(st.sampled_from([*unit.properties, "name", "call_type"]), values, max_size=6)


def units(variant: str) -> dict[str, ObjectSpec]:
    spec = spec_of(variant)
    assert spec.records is not None
    return {"": spec.head, **spec.records.kinds}


CASES = [(variant, kind) for variant in ("1.0.6", "web") for kind in units(variant)]
CASES += [(variant, "") for variant in VARIANTS if "all checks" in variant]
CASES += [(variant, "mobilenumber") for variant in VARIANTS if ", " in variant]
WORD_CASES = [
    ("1.0.6", "customercode"), ("1.0.6", "crmuniquefield"), ("1.0.6, gsm, truncated", "mobilenumber"),
    ("web", "mobilenumber"), ("1.0.6, all checks", ""), ("web, all checks", ""),
]  # fmt: skip


@pytest.mark.parametrize(("variant", "kind"), CASES)
def test_both_validators_agree(variant: str, kind: str) -> None:
    """On any view, and on any view with a raw value in it, valid means that there is nothing to explain (GEN-06)."""
    unit = units(variant)[kind]

    @settings(max_examples=25, deadline=None)
    @given(raw=objects(unit), name=st.sampled_from(sorted(unit.properties)), value=values)
    def check(raw: dict[str, Any], name: str, value: Any) -> None:
        view = unit.normaliser.read(raw, "", []).values
        assert unit.validator.is_valid(view) == (not unit.validator.failures(view)), view
        direct = {**view, name: value}
        assert unit.validator.is_valid(direct) == (not unit.validator.failures(direct)), direct

    check()


@pytest.mark.parametrize(("variant", "kind"), WORD_CASES)
def test_every_word_in_every_field(variant: str, kind: str) -> None:
    """The two agree on each tricky text in each field, alone and read (GEN-11, GEN-14, AM-34)."""
    unit = units(variant)[kind]
    words = [*WORDS, 0, 1.5, True, None, [], {}, [1], {"a": 1}, 2**70]
    good = GOOD[bool(kind)]
    raw: list[dict[str, Any]] = [{**good, name: word} for name in unit.properties for word in words]
    bodies = [*raw, *(unit.normaliser.read(body, "", []).values for body in raw)]
    both = [(body, unit.validator.is_valid(body), not unit.validator.failures(body)) for body in bodies]
    assert [entry for entry in both if entry[1] != entry[2]] == []
    assert {entry[1] for entry in both} == {True, False}


@pytest.mark.parametrize(("variant", "kind"), [*WORD_CASES, ("1.0.6, gsm, truncated", "mobilenumbers")])
def test_reading_twice_changes_nothing(variant: str, kind: str) -> None:
    """What was read once is read again as it stands: trimming, cutting and renaming are done (GEN-12, AM-52)."""
    unit = units(variant)[kind]

    @settings(max_examples=25, deadline=None)
    @given(raw=objects(unit))
    @example(raw={"call_type": "5", "Calltype": "", "mobilenumbers": "1", "mobilenumber": "2"})
    @example(raw={"comments": f" {'x' * 199} y", "campaign_name": f"{'x' * 99} y", "sr_number": " "})
    def check(raw: dict[str, Any]) -> None:
        once = unit.normaliser.read(raw, "", []).values
        twice = unit.normaliser.read(once, "", [])
        assert (twice.values, twice.spelled) == (once, {})

    check()


def _answer(spec: MethodSpec, command: Mapping[str, Any], *, backwards: bool) -> Any:
    """What answers a command when every state rule holds, with the violations in one order or the other."""
    reading = Reading(spec, command)
    if backwards:
        reading.violations = reading.violations[::-1]
        for record in reading.records:
            record.violations = record.violations[::-1]
    refusal = first_refusal(reading, lambda rule, record: True)
    if refusal is not None:
        return refusal.status, refusal.field, refusal.record
    return [
        None if record.failure is None else (record.failure.status, record.failure.field)
        for record in reading.records
    ]


@pytest.mark.parametrize("variant", ["1.0.6", "web", "1.0.6, all checks"])
def test_the_order_of_violations_does_not_matter(variant: str) -> None:
    """The precedence lists alone decide which violation answers, not the library's order (GEN-06, IPD106-72, IPD106-73)."""
    spec = spec_of(variant)
    kinds = units(variant)

    @settings(max_examples=40, deadline=None)
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        update_by = data.draw(
            st.sampled_from(["mobilenumber", "mobilenumbers", "customercode", "crmuniquefield"])
        )
        records = data.draw(st.lists(objects(kinds[update_by]) | values, max_size=3))
        head = data.draw(objects(spec.head))
        command = {**head, "media": "12", "updateparam": update_by, "data": records}
        assert _answer(spec, command, backwards=False) == _answer(spec, command, backwards=True)

    check()
