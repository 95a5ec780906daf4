"""Whatever a known field holds, a method answers with a documented status in one of its envelopes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.contract.expansion import NO_TRAITS
from tests.api import drop, shared_service
from tests.methods.every import VARIANTS, members, world
from tests.methods.helpers import GONE, exchange

if TYPE_CHECKING:
    from mockserver.contract.methodspec import MethodSpec, ObjectSpec
    from tests.api import Answer
    from tests.methods.every import Variant

WORDS = [
    "", " ", "12", "99", "0", "-5", "1", "2", "add", "edit", "user", "Voice In", "Voice Out", "mobilenumber", "customercode",
    "crmuniquefield", "daterange", "customfilter", "8850014998", "+918850014998", "1110000043", "9000100200", "9000000032",
    "125", "1001", "2024-10-30 12:14:46", "2024-10-30 1:2:3", "2024-02-30 00:00:00", "22-01-2016", "user1", "USER1 ",
    "rupesh.v@avhan.com", "orphan@avhan.com", "nobody@avhan.com", "force.5@mock.test", "a@b", "nosuch.jpg", "FORCE_5",
    "140912183554281005", "180717171728015999", "000000000000000005", "ecc4208a7778c1d76e7e89c5253128c5", "é", "क", "१२",
    "x" * 300, "a\x00b", "\ud7ff", "\u2028", "\n", "data", "Email In",
]  # fmt: skip
scalars = (
    st.sampled_from(WORDS)
    | st.text(max_size=12)
    | st.integers()
    | st.integers(2**63, 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.none()
)
inner = st.sampled_from(
    ["field", "value", "operator", "media", "languageid", "language", "mobilenumber", "userlogin", "a"]
)
values = st.recursive(
    scalars, lambda some: st.lists(some, max_size=4) | st.dictionaries(inner, some, max_size=3), max_leaves=6
)
QUIRKS: list[dict[str, str]] = [
    {}, {"require_reqdatetime": "on", "custom_filter": "on"}, {"case_insensitive_keys": "on", "method_case": "ignore"},
    {"gpd_multi_criteria": "or", "gpd_unknown_key": "specific", "todate_format": "ydm", "rad_calldatetime": "filter"},
    {"gpd_multi_criteria": "ignore", "login_match": "exact", "image_store": "strict", "userimage_required": "on"},
    {"disp_fail_style": "echo", "disp_requestid": "include", "disp_auto_ready": "off", "action_codes": "both"},
    {"disp_fail_style": "example", "user_extra_codes": "418", "stat_unknown_login": "fail", "mrec_envelope": "table"},
    {"stat_unknown_login": "omit", "stat_envelope": "table", "delete_success_status": "3", "escape_slashes": "off"},
]  # fmt: skip


@cache
def spec_of(variant: Variant, **quirks: str) -> MethodSpec:
    """The method spec that holds for a variant under some quirks, on a process without traits."""
    catalogue = shared_service().catalogue
    return catalogue.spec(variant.name, {**catalogue.quirks.defaults, **quirks, "edition": variant.edition})


def keys_fit(answer: Answer, properties: Any) -> bool:
    """Tell whether a reply has the keys of a shape, in its order; those that may be left out may be."""
    found = [name for name, _ in members(answer)]
    return found == [name for name, node in properties.items() if "x-omit" not in node or name in found]


def check(variant: Variant, answer: Answer, found: Any, quirks: dict[str, str]) -> None:
    """No error of ours, HTTP 200, a status of the method and the members that go with it."""
    assert not found.error, found.error
    assert answer.http_status == 200
    spec = spec_of(variant, **quirks)
    own = {*spec.codes("request"), *spec.codes("record")}
    if found.forced:
        assert spec.can_force(found.status)
    elif found.violation is None:
        assert found.status == spec.success_row.code
    else:
        assert found.status in own | {2} | {step["status"] for step in spec.gate}
        assert found.status in spec.codes("request") or found.rule.startswith(("AUTH", "TRN"))
    assert keys_fit(answer, (spec.success if found.violation is None else spec.failure).properties)
    assert {failure.status for failure in found.failed_records} <= own | {2, 5, 48, 67, 1107, 1108, 1243}


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_any_values_in_any_fields(variant: Variant) -> None:
    """GEN-02, TRN-34: never an error, only statuses of that method, and the reply is one of its two shapes."""
    api = world(variant)
    fields = sorted(spec_of(variant, custom_filter="on").head.properties)

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        changes=st.dictionaries(st.sampled_from(fields), values | st.just(GONE), max_size=4),
        quirks=st.sampled_from(QUIRKS),
    )
    def send(changes: dict[str, Any], quirks: dict[str, Any]) -> None:
        changes = {name: value for name, value in changes.items() if name != "method"}
        answer = api.post(variant.command(**changes), **quirks)
        check(variant, answer, exchange(api), quirks)

    send()
    drop(api)


# The two validators

CHOICES: dict[str, dict[str, str]] = {
    "defaults": {},
    "all checks": {
        "require_reqdatetime": "on", "custom_filter": "on", "shared_search_checks": "on", "userimage_required": "on",
    },
    "other readings": {
        "todate_format": "ydm", "action_codes": "both", "rad_calldatetime": "filter", "gpd_multi_criteria": "or",
        "overlong": "truncate", "mobile_rule": "intl",
    },
}  # fmt: skip


def units(variant: Variant, quirks: dict[str, str]) -> dict[str, ObjectSpec]:
    """What a command and its records may hold, with a field list and a CRM field of the process."""
    catalogue = shared_service().catalogue
    chosen = {**catalogue.quirks.defaults, **quirks, "edition": variant.edition}
    traits = {**dict(NO_TRAITS), "template": ("sr_number", "name"), "crm_field": "sr_number"}
    spec = catalogue.spec(variant.name, chosen, tuple(traits.items()))
    return {"": spec.head, **(spec.records.kinds if spec.records else {})}


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_both_validators_agree(variant: Variant, choice: str) -> None:
    """GEN-06: what the compiled validator calls valid has nothing to explain, in every method; a printed command is valid."""
    found = units(variant, CHOICES[choice])
    head = found[""]
    good = head.normaliser.read(variant.command(reqdatetime="2024-10-30 12:14:46"), "", []).values
    assert choice != "defaults" or (head.validator.is_valid(good) and not head.validator.failures(good))
    for unit in found.values():
        search_for_disagreement(unit, good if unit is head else {})


def search_for_disagreement(unit: ObjectSpec, base: dict[str, Any]) -> None:
    """Change a good object in up to three fields and take one away: both validators say the same of it."""
    names = sorted(unit.properties)

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(changes=st.dictionaries(st.sampled_from(names), values, max_size=3), gone=st.sampled_from(names))
    def agree(changes: dict[str, Any], gone: str) -> None:
        raw = {**{name: value for name, value in base.items() if name != gone}, **changes}
        for body in (unit.normaliser.read(raw, "", []).values, raw):
            assert agreed(unit, body), body

    agree()


def agreed(unit: ObjectSpec, body: dict[str, Any]) -> bool:
    """Tell whether the compiled validator and the explaining one say the same."""
    return unit.validator.is_valid(body) == (not unit.validator.failures(body))


@pytest.mark.parametrize("choice", ["all checks", "other readings"])
@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_both_validators_agree_on_every_word(variant: Variant, choice: str) -> None:
    """GEN-06, GEN-11: each tricky value in each field of a good command, raw and read."""
    odd: list[Any] = [
        *WORDS,
        0,
        1,
        1.5,
        5.0,
        True,
        None,
        [],
        {},
        [1],
        ["user1"],
        [{}],
        [{"media": "Email In"}],
        {"a": 1},
        2**70,
    ]
    disagreed = [
        (kind, name, value)
        for kind, unit in units(variant, CHOICES[choice]).items()
        for name in unit.properties
        for value in odd
        for raw in [{**(variant.command() if kind == "" else {}), name: value}]
        for body in (raw, unit.normaliser.read(raw, "", []).values)
        if not agreed(unit, body)
    ]
    assert disagreed == []
