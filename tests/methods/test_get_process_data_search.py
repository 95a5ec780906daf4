"""getProcessData: what is found, of what was pushed, by one criterion or several."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.api import NOW_TEXT
from tests.methods.helpers import told
from tests.methods.pulling import POLICY, leads, one_filter, pull, push

if TYPE_CHECKING:
    from tests.api import Api

ALL = {"fromdate": "2000-01-01 00:00:00", "todate": "2099-12-31 00:00:00"}
TODAY = {"fromdate": NOW_TEXT, "todate": NOW_TEXT}
RECORD = {"leadnumber": "L7", "name": "Asha", "mobilenumber": "7000000007", "emailid": "a@example.com"}
FOUR: dict[str, dict[str, Any]] = {
    "mobilenumber": {"mobilenumber": "7000000007"},
    "customercode": {"customercode": 5},
    "crmuniquefield": {"crmuniquefield": "L7"},
    "daterange": TODAY,
}
"""How the record above is found after it was the first to be pushed."""
EDITIONS = pytest.mark.parametrize("edition", ["1.0.6", "web"])


@EDITIONS
@pytest.mark.parametrize("param", FOUR)
def test_a_pushed_customer_is_pulled(api: Api, edition: str, param: str) -> None:
    """GPD-11, GPD-22, SEED-03: by number, code, CRM field or the time of storing, whatever edition pushed it; before, nobody."""
    assert pull(api, param, **FOUR[param]).status == 14
    push(api, RECORD, edition=edition)
    answer = pull(api, param, **FOUR[param])
    assert [row["name"] for row in answer.body["data"]] == ["Asha"]
    assert [value for value in answer.body["data"][0].values() if value] == list(RECORD.values())


@EDITIONS
def test_a_crm_value_has_one_place(api: Api, edition: str) -> None:
    """GPD-11, GPD-10, AM-52: under the process's own field or under crmuniquefield, it is pulled as the process's field."""
    push(api, {"crmuniquefield": "C-1", "mobilenumber": "7000000001"}, edition=edition, by="crmuniquefield")
    push(api, {"leadnumber": "C-2", "mobilenumber": "7000000002"}, edition=edition, by="crmuniquefield")
    assert leads(pull(api, "crmuniquefield", crmuniquefield="C-1")) == ["C-1"]
    assert leads(pull(api, "crmuniquefield", crmuniquefield="C-2")) == ["C-2"]
    assert pull(api, "crmuniquefield", crmuniquefield="c-1").status == 14


@EDITIONS
def test_an_update_changes_what_is_pulled(api: Api, edition: str) -> None:
    """GPD-11, GPD-16: new values in place of old ones, others as they were; found by the new keys and not by the old."""
    push(api, RECORD, edition=edition)
    push(api, {"mobilenumber": "7000000007", "leadnumber": "L8", "name": "Ravi"}, edition=edition)
    assert pull(api, "crmuniquefield", crmuniquefield="L7").status == 14
    (row,) = pull(api, "crmuniquefield", crmuniquefield="L8").body["data"]
    assert (row["name"], row["emailid"], row["mobilenumber"]) == ("Ravi", "a@example.com", "7000000007")
    push(api, {"leadnumber": "L8", "mobilenumber": "7000000008"}, edition=edition, by="crmuniquefield")
    assert pull(api, "mobilenumber", mobilenumber="7000000007").status == 14
    assert leads(pull(api, "mobilenumber", mobilenumber="7000000008")) == ["L8"]
    assert leads(pull(api, "customercode", customercode="5"), "mobilenumber") == ["7000000008"]


def test_only_the_process_of_the_service_key_is_searched(api: Api) -> None:
    """GPD-11, GPD-22: another process of the tenant and another tenant have their own customers, with codes of their own."""
    push(api, RECORD)
    push(api, {**RECORD, "name": "Other"}, servicekey="process1")
    push(api, {"mobilenumber": "7000000007", "comments": "far"}, servicekey="VoiceProcess", apikey="test_org")
    for param, criterion in FOUR.items():
        assert leads(pull(api, param, **criterion), "name") == ["Asha"]
    own = {"servicekey": "process1"}
    assert leads(pull(api, "mobilenumber", mobilenumber="7000000007", **own), "name") == ["Other"]
    assert pull(api, "customercode", customercode=5, **own).status == 14
    assert leads(pull(api, "customercode", customercode=6, **own), "name") == ["Other"]
    far = pull(api, "daterange", **ALL, servicekey="VoiceProcess", apikey="test_org")
    assert leads(far, "comments") == ["far"]
    assert pull(api, "daterange", **ALL, servicekey="MUMBAI_CRM_OBD", apikey="test_org").status == 14


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        ("2026-01-02 03:04:05", "2026-01-02 03:04:05", ["a"]),
        ("2026-01-02 03:04:04", "2026-01-02 03:04:04", []),
        ("2026-01-02 03:04:06", "2026-01-02 03:04:14", []),
        ("2026-01-02 03:04:05", "2026-01-02 03:04:15", ["a", "b"]),
        ("2026-01-02 03:04:06", "2026-01-02 03:04:15", ["b"]),
        ("2026-01-02 03:04:05", "2026-01-02 03:04:14", ["a"]),
        ("2016-01-20 12:00:00", "2016-01-20 12:00:00", ["1", "2"]),
        ("2016-01-20 12:00:01", "2016-02-01 12:00:00", ["3", "4"]),
        ("2016-01-20 12:00:00", "2016-02-01 11:59:59", ["1", "2"]),
        ("2000-01-01 00:00:00", "2099-12-31 23:59:59", ["1", "2", "3", "4", "a", "b"]),
    ],
)
def test_both_bounds_belong_to_the_range(api: Api, low: str, high: str, found: list[str]) -> None:
    """GPD-13, GPD-11, GPD-17: of the time of storing, to the second; found in the order of the codes."""
    push(api, {"leadnumber": "a", "mobilenumber": "7000000001"})
    api.sandbox.clock.advance(timedelta(seconds=10))
    push(api, {"leadnumber": "b", "mobilenumber": "7000000002"})
    assert leads(pull(api, "daterange", fromdate=low, todate=high)) == found


def test_an_update_renews_the_time_of_storing(api: Api) -> None:
    """GPD-11, GPD-13, GPD-17: the customer moves to the new time and keeps his place in the order."""
    push(
        api,
        {"leadnumber": "a", "mobilenumber": "7000000001"},
        {"leadnumber": "b", "mobilenumber": "7000000002"},
    )
    api.sandbox.clock.advance(timedelta(seconds=10))
    push(api, {"mobilenumber": "7000000001", "name": "again"})
    assert leads(pull(api, "daterange", **TODAY)) == ["b"]
    later = {"fromdate": "2026-01-02 03:04:06", "todate": "2026-01-02 03:04:15"}
    assert leads(pull(api, "daterange", **later)) == ["a"]
    assert leads(pull(api, "daterange", **{**ALL, "fromdate": NOW_TEXT})) == ["a", "b"]


def test_several_numbers_are_a_union_in_order_of_insertion(api: Api) -> None:
    """GPD-14, GPD-17, E-64: each customer once, the oldest first; numbers nobody has are skipped."""
    push(api, {"leadnumber": "x", "mobilenumber": "7000000001"})
    push(api, {"leadnumber": "y", "mobilenumber": "7000000001"}, by="crmuniquefield")
    numbers = ["7000000001", "9999999999", "9000100201", "1234567890", "7000000001"]
    assert leads(pull(api, "mobilenumber", mobilenumber=numbers)) == ["1", "4", "x", "y"]
    answer = pull(api, "mobilenumber", mobilenumber=["9999999999", "9999999998"])
    assert told(api, answer) == (14, "GPD-39", "inferred", "Customer data not found")


def test_numbers_are_found_as_they_were_stored(api: Api) -> None:
    """GPD-08, SIM-10, E-65, GPD-11: contact1 is compared as text, so country code, zero and plus count."""
    forms = ["123", "8852245996", "08852245996", "+918852245996", "918852245996", "1234567890123456"]
    push(api, *({"leadnumber": f"f{n}", "mobilenumber": form} for n, form in enumerate(forms)))
    for n, form in enumerate(forms):
        assert leads(pull(api, "mobilenumber", mobilenumber=form)) == [f"f{n}"]
    push(api, {"leadnumber": "t", "mobilenumber": "02212345678"}, edition="1.0.6")
    # The import of the other edition takes only numbers of ten digits; a search for a shorter one is no fault.
    short = {"method": "ImportProcessData", "servicekey": "Policy", "apikey": POLICY, "media": "11"}
    answer = api.post({**short, "updateparam": "mobilenumber", "data": [{"mobilenumber": "123"}]})
    assert answer.body["statusdata"][0]["statuscode"] == "043"
    assert leads(pull(api, "mobilenumber", mobilenumber=["02212345678"])) == ["t"]


COMBINED: list[tuple[str, dict[str, Any], tuple[str, str, str]]] = [
    ("customercode", {"customercode": 1, "mobilenumber": "1234567890"}, ("1", "1", "1")),
    ("customercode", {"customercode": 1, "mobilenumber": "1234567891"}, ("", "1", "12")),
    (
        "mobilenumber",
        {"mobilenumber": ["1234567890", "9000100200"], "crmuniquefield": "3"},
        ("3", "13", "13"),
    ),
    ("crmuniquefield", {"crmuniquefield": "3", "customercode": "4"}, ("", "3", "34")),
    ("daterange", {**ALL, "customercode": "4"}, ("4", "1234", "1234")),
    ("customercode", {"customercode": "99999", "crmuniquefield": "2"}, ("", "", "2")),
    ("customercode", {"customercode": 1, "fromdate": "2016-01-20 12:00:00"}, ("1", "1", "1234")),
    ("customercode", {"customercode": 3, "todate": "2016-01-20 12:00:00"}, ("", "3", "123")),
    ("customercode", {"customercode": 3, **ALL, "mobilenumber": "9000100200"}, ("3", "3", "1234")),
]
"""Search parameter and criteria; who is found on all of them, on the first alone, on any of them."""


@pytest.mark.parametrize(("param", "criteria", "found"), COMBINED)
def test_several_criteria(
    api: Api, param: str, criteria: dict[str, Any], found: tuple[str, str, str]
) -> None:
    """GPD-12, E-63, GPD-39: all of them by default; with the quirk only the one that is named, or any."""
    assert leads(pull(api, param, **criteria)) == list(found[0])
    for how, expected in zip(("and", "ignore", "or"), found, strict=True):
        assert leads(pull(api, param, {"gpd_multi_criteria": how}, **criteria)) == list(expected), how


BLANKS: list[Any] = [None, "", " ", [], {}]


@pytest.mark.parametrize("how", ["and", "or", "ignore"])
@pytest.mark.parametrize("blank", [*BLANKS, [""], [" ", None], [[]]], ids=repr)
def test_blank_criteria_beside_the_one_named_are_none(api: Api, blank: object, how: str) -> None:
    """GPD-12, GEN-11: a blank value, and for numbers a list of blanks, neither narrows nor widens the search."""
    quirk = {"gpd_multi_criteria": how}
    assert leads(pull(api, "customercode", quirk, customercode=1, mobilenumber=blank)) == ["1"]
    if blank in BLANKS:
        beside = dict.fromkeys(("customercode", "crmuniquefield", "fromdate", "todate"), blank)
        assert leads(pull(api, "mobilenumber", quirk, mobilenumber="1234567890", **beside)) == ["1"]


UNKNOWN = [
    ("mobilenumber", {"mobilenumber": "9999999999"}, 50, "Mobile Number not found"),
    ("mobilenumber", {"mobilenumber": ["9999999999", "9999999998"]}, 50, "Mobile Number not found"),
    ("customercode", {"customercode": "99999"}, 52, "Customer Code not found"),
    ("crmuniquefield", {"crmuniquefield": "POP100300"}, 54, "CRM Unique field not found"),
    ("daterange", {"fromdate": "1999-01-01 00:00:00", "todate": "1999-01-01 00:00:00"}, 14, "Customer data not found"),
]  # fmt: skip


@pytest.mark.parametrize(("param", "criterion", "code", "text"), UNKNOWN)
def test_nobody_found(api: Api, param: str, criterion: dict[str, Any], code: int, text: str) -> None:
    """GPD-39, E-70: 14 for every search; with the quirk the code of the key, if the key itself is unknown."""
    answer = pull(api, param, **criterion)
    assert told(api, answer) == (14, "GPD-39", "inferred", "Customer data not found")
    specific = {"gpd_unknown_key": "specific"}
    answer = pull(api, param, specific, **criterion)
    own = {50: "GPD-27", 52: "GPD-30", 54: "GPD-33", 14: "GPD-39"}[code]
    assert told(api, answer) == (code, own, "inferred", text)
    # The key is known, and what leaves nobody is another criterion.
    assert pull(api, "customercode", specific, customercode="1", mobilenumber="9999999999").status == 14
    assert pull(api, "customercode", specific, customercode="99999", mobilenumber="1234567890").status == 52
    # A number that is known among unknown ones is a find.
    assert leads(pull(api, "mobilenumber", specific, mobilenumber=["9999999999", "1234567890"])) == ["1"]


FILTERS: list[tuple[list[tuple[str, str, Any]], list[str]]] = [
    ([("name", "=", "Avhan Technologies")], ["1"]),
    ([("name", "=", "avhan technologies")], []),
    ([("name", "!=", "Avhan Technologies")], ["2", "3", "4"]),
    ([("extrafield1", "=", "")], ["3", "4"]),
    ([("leadnumber", ">", "2")], ["3", "4"]),
    ([("leadnumber", ">=", 2)], ["2", "3", "4"]),
    ([("leadnumber", "<", "10")], ["1", "2", "3", "4"]),
    ([("leadnumber", "<=", 2)], ["1", "2"]),
    ([("leadnumber", "=", " 2 ")], ["2"]),
    ([("leadnumber", "=", "02")], []),
    ([("leadnumber", "<", "1.5")], ["1"]),
    ([("leadnumber", ">", "-1")], ["1", "2", "3", "4"]),
    ([("emailid", ">", "v2")], ["1", "3", "4"]),
    ([("policyexpirydate", "<", "2013-02-23"), ("policyexpirydate", "!=", "")], ["1", "2"]),
    ([("emailid", "like", "v%@avhan.com")], ["1", "2", "3", "4"]),
    ([("emailid", "like", "V_@avhan.com")], []),
    ([("emailid", "like", "%2@%")], ["3"]),
    ([("name", "like", "avhan technologies")], ["1"]),
    ([("name", "like", "technologies")], []),
    ([("mobilenumber", "like", "900%")], ["3", "4"]),
    ([("emailid", "like", "v.@avhan%com")], []),
    ([("leadnumber", ">", 1), ("leadnumber", "<", 4), ("name", "like", "% 2")], ["3"]),
    ([("leadnumber", "=", 1), ("leadnumber", "=", 2)], []),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "found"), FILTERS)
def test_custom_filters(api: Api, parts: list[tuple[str, str, Any]], found: list[str]) -> None:
    """GPD-47, IPD106-62: each operator, all filters at once; numbers are in the order of numbers, other text in that of text."""
    filters = [one_filter(*part) for part in parts]
    answer = pull(api, "customfilter", {"custom_filter": "on"}, customfilter=filters)
    assert leads(answer) == found


def test_custom_filters_beside_another_criterion(api: Api) -> None:
    """GPD-47, GPD-12: a filter is a criterion like the others, both ways round."""
    on = {"custom_filter": "on"}
    above = [one_filter("leadnumber", ">", 1)]
    assert leads(pull(api, "customercode", on, customercode=2, customfilter=above)) == ["2"]
    assert leads(pull(api, "customercode", on, customercode=1, customfilter=above)) == []
    ignore = {**on, "gpd_multi_criteria": "ignore"}
    assert leads(pull(api, "customercode", ignore, customercode=1, customfilter=above)) == ["1"]
    both = {**on, "gpd_multi_criteria": "or"}
    assert leads(pull(api, "customfilter", both, customercode=1, customfilter=above)) == ["1", "2", "3", "4"]
    assert leads(pull(api, "customfilter", on, customfilter=above, mobilenumber="9000100201")) == ["4"]


def test_long_numbers_and_odd_names_in_filters(api: Api) -> None:
    """GPD-47: ids that differ in the eighteenth digit are two; a customer named Nan equals himself."""
    ids = ("140912183554281005", "140912183554281006")
    names = ("Nan", "Infinity")
    push(api, *(
        {"leadnumber": lead, "mobilenumber": f"700000000{n}", "name": names[n]} for n, lead in enumerate(ids)
    ))  # fmt: skip
    for lead, operator, found in ((ids[0], "=", ids[0]), (ids[1], ">=", ids[1]), (ids[0], ">", ids[1])):
        wanted = [
            one_filter("leadnumber", operator, lead),
            one_filter("leadnumber", "<", "999999999999999999"),
        ]
        assert leads(pull(api, "customfilter", {"custom_filter": "on"}, customfilter=wanted)) == [found]
    for name in names:
        wanted = [one_filter("name", "=", name)]
        found_names = leads(pull(api, "customfilter", {"custom_filter": "on"}, customfilter=wanted), "name")
        assert found_names == [name]
