"""getProcessData against a model of its own: random customers, random searches; and many clients at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api import NOW, drop, fresh
from tests.methods.pulling import leads, pull, push

if TYPE_CHECKING:
    from tests.api import Api

NUMBERS = ["7000000001", "7000000002", "7000000003"]
LEADS = ["A-1", "A-2", "A-3"]
SECONDS = [0, 10, 20]

records = st.fixed_dictionaries(
    {"mobilenumber": st.sampled_from(NUMBERS), "leadnumber": st.sampled_from(LEADS)},
    optional={"name": st.sampled_from(["Asha", "Ravi"])},
)
pushes = st.lists(
    st.tuples(st.sampled_from(["mobilenumber", "leadnumber"]), records, st.booleans()), max_size=8
)
criteria = st.fixed_dictionaries(
    {},
    optional={
        "mobilenumber": st.lists(st.sampled_from([*NUMBERS, "7999999999"]), min_size=1, max_size=3),
        "customercode": st.integers(4, 10),
        "crmuniquefield": st.sampled_from([*LEADS, "A-9"]),
        "daterange": st.tuples(st.sampled_from(SECONDS), st.sampled_from(SECONDS)).map(sorted),
    },
).filter(bool)
searches = st.lists(
    st.tuples(criteria, st.randoms(use_true_random=False), st.sampled_from(["and", "or", "ignore"])),
    min_size=1,
    max_size=6,
)


def moment(seconds: int) -> str:
    """A time of the sandbox, so many seconds after it began."""
    return f"{NOW + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}"


class Model:
    """Customers in a plain list. Nothing of the service's search is used here."""

    def __init__(self) -> None:
        # Those of the seed are outside every range and key that is searched for, but for code 4.
        self.people: list[dict[str, Any]] = [
            {"code": 4, "lead": "4", "number": "9000100201", "at": -1, "name": ""}
        ]

    def push(self, key: str, record: dict[str, str], at: int) -> None:
        column = {"mobilenumber": "number", "leadnumber": "lead"}[key]
        for person in self.people:
            if person[column] == record[key]:
                break
        else:
            person = {"code": 4 + len(self.people), "name": ""}
            self.people.append(person)
        person.update(number=record["mobilenumber"], lead=record["leadnumber"], at=at)
        person["name"] = record.get("name", person["name"])

    @staticmethod
    def fits(person: dict[str, Any], name: str, wanted: Any) -> bool:
        if name == "daterange":
            low, high = wanted
            return bool(low <= person["at"] <= high)
        if name == "mobilenumber":
            return any(number == person["number"] for number in wanted)
        return bool(person[{"customercode": "code", "crmuniquefield": "lead"}[name]] == wanted)

    def search(self, main: str, wanted: dict[str, Any], how: str) -> list[tuple[str, str]]:
        if how == "ignore":
            wanted = {main: wanted[main]}
        together = any if how == "or" else all
        return [
            (person["lead"], person["number"])
            for person in self.people
            if together(self.fits(person, name, value) for name, value in wanted.items())
        ]


def asked(wanted: dict[str, Any]) -> dict[str, Any]:
    """The fields of a command for some criteria."""
    fields = {name: value for name, value in wanted.items() if name != "daterange"}
    if "daterange" in wanted:
        low, high = wanted["daterange"]
        fields |= {"fromdate": moment(low), "todate": moment(high)}
    return fields


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pushes, searches)
def test_random_searches(pushed: Any, wanted: Any) -> None:
    """GPD-11, GPD-12, GPD-13, GPD-14, GPD-17, GPD-39: whatever was pushed and is asked for, the model finds the same customers in the same order."""
    api, model, at = fresh(), Model(), 0
    for key, record, later in pushed:
        if later and at < SECONDS[-1]:
            at += 10
            api.sandbox.clock.advance(timedelta(seconds=10))
        push(api, record, by="mobilenumber" if key == "mobilenumber" else "crmuniquefield")
        model.push(key, record, at)
    for fields, chance, how in wanted:
        main = chance.choice(sorted(fields))
        answer = pull(api, main, {"gpd_multi_criteria": how}, **asked(fields))
        expected = model.search(main, fields, how)
        assert answer.status == (1 if expected else 14)
        found = list(zip(leads(answer), leads(answer, "mobilenumber"), strict=True))
        assert found == expected, (fields, main, how)
    drop(api)


def _push_and_pull(api: Api, thread: int) -> list[str]:
    """Push customers one by one, and look for each of them and for all before it."""
    mine = []
    for n in range(40):
        lead, number = f"T{thread}-{n}", f"7{thread}000{n:05d}"
        push(api, {"leadnumber": lead, "mobilenumber": number})
        mine.append(number)
        assert leads(pull(api, "crmuniquefield", crmuniquefield=lead)) == [lead]
        assert leads(pull(api, "mobilenumber", mobilenumber=mine), "mobilenumber") == mine
    return mine


def test_eight_threads_push_and_pull(api: Api) -> None:
    """GPD-11, GPD-17, GPD-23, TRN-30: what a client has pushed it pulls at once, and in the end everything is there once, in order."""
    with ThreadPoolExecutor(8) as threads:
        pushed = [
            number for mine in threads.map(lambda n: _push_and_pull(api, n), range(8)) for number in mine
        ]
    answer = pull(api, "daterange", fromdate=moment(0), todate=moment(0))
    found = leads(answer, "mobilenumber")
    assert sorted(found) == sorted(pushed)
    codes = [
        row["customercode"] for _, row in api.sandbox.store.rows("customers") if row["contact1"] in pushed
    ]
    assert sorted(codes) == list(range(5, 5 + 320))
    by_code = [
        leads(pull(api, "customercode", customercode=code), "mobilenumber")[0] for code in range(5, 25)
    ]
    assert found[:20] == by_code
