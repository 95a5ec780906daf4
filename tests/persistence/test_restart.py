"""What a restart brings back: everything that was acknowledged, of every sandbox."""

from __future__ import annotations

import shutil
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.errors import InvalidDocument, InvalidSetting
from mockserver.persistence.file import create
from mockserver.persistence.image import header
from mockserver.persistence.keeper import Keeper
from mockserver.store.interface import TABLES
from tests.persistence.helpers import NOW, admin_of, picture, send, serving
from tests.web.admin_client import MOBILE

if TYPE_CHECKING:
    from mockserver.service import Service
    from tests.web.admin_client import Admin

OUTAGE = {"rules": [{"when": {"method": "getProcessData"}, "then": {"status": 38}}]}
SETUP = {
    "setup": {"dnc": ["9000000099"], "clock": {"mode": "frozen", "now": "2030-01-01 00:00:00"}},
    **OUTAGE,
}
QUEUED = {"method": "ImportProcessData", "status": 38, "ttl": 3_600, "match": {"media": "12"}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jodo.state"


def _scenario(name: str, document: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "description": "for the tests", **document}


def _use(service: Service, admin: Admin) -> None:
    """Do a bit of everything that a state file keeps."""
    send(service, MOBILE)
    made = admin.ok("POST", "/sandboxes", {"key": "mine", "seed": 7, "preset": "demo", "customers": 3})
    keys = {"apikey": made["apikey"], "servicekey": next(iter(made["servicekeys"].values()))}
    send(service, "9000000001", "9000000002", key="mine", **keys)
    admin.ok("PATCH", "/sandboxes/mine/settings", {"edition": "web", "quirks": {"servicekey_case": "ignore"}})
    admin.ok("POST", "/sandboxes/mine/clock/advance", {"seconds": 86_400})
    admin.ok("PUT", "/sandboxes/mine/scenarios/hers", _scenario("hers", SETUP))
    admin.ok("POST", "/sandboxes/mine/scenarios/hers/activate")
    admin.ok("POST", "/sandboxes", {"clock": {"mode": "real"}})
    admin.ok("POST", "/sandboxes/sb1/clock/advance", {"seconds": 3_600})
    admin.ok("POST", "/sandboxes", {"key": "gone"})
    admin.ok("DELETE", "/sandboxes/gone")


def test_everything_comes_back(path: Path) -> None:
    """State, keys, settings, clocks, own scenarios and the next request id are after a restart what they were."""
    with serving(path) as service:
        _use(service, admin_of(service))
        before = picture(service)
    with serving(path) as service:
        assert picture(service) == before
        assert set(before) == {"default", "mine", "sb1"}
        assert service.registry.by_minted_key(before["mine"]["minted"]["apikey"].encode()) is not None


def test_two_restarted_servers_go_on_alike(path: Path, tmp_path: Path) -> None:
    """After a restart the same commands get the same ids and bytes as without one (AM-16)."""
    commands = ["8850000001", "8850000002"]
    with serving(path) as service:
        send(service, MOBILE)
        shutil.copy(path, tmp_path / "copy")
        without = [send(service, number) for number in commands]
    with serving(tmp_path / "copy") as service:
        assert [send(service, number) for number in commands] == without


def test_the_floor_goes_on_after_a_restart(path: Path, tmp_path: Path) -> None:
    """What was still to happen when the server ended happens after it, as if it had never ended (SIM-01)."""
    with serving(path, dialler="auto") as service:
        admin = admin_of(service)
        send(service, MOBILE, "9000000001", "9000000002")
        assert service.registry.get("default").store.count("timers") > 0
        before = picture(service)
        shutil.copy(path, tmp_path / "copy")
        admin.ok("POST", "/clock/advance", {"seconds": 3_600})
        service.registry.get("default").settle()
        without = picture(service)
    assert without["default"]["dump"] != before["default"]["dump"]
    with serving(tmp_path / "copy") as service:
        assert picture(service) == before
        admin_of(service).ok("POST", "/clock/advance", {"seconds": 3_600})
        service.registry.get("default").settle()
        assert picture(service) == without


def test_snapshots_come_back(path: Path) -> None:
    """A snapshot restored after two restarts, one of which wrote the file anew, brings back exactly what it held."""
    with serving(path) as service:
        admin = admin_of(service)
        send(service, MOBILE)
        admin.ok("POST", "/snapshots", {"name": "one"})
        _use(service, admin)
        admin.ok("POST", "/faults", QUEUED)
        admin.ok("POST", "/sandboxes/mine/snapshots", {"name": "hers"})
        admin.ok("POST", "/snapshots", {"name": "dropped"})
        admin.ok("DELETE", "/snapshots/dropped")
        send(service, "9000000007", "9000000008")
        before = picture(service)
        held = {each["name"]: each for each in admin.ok("GET", "/snapshots")["snapshots"]}
        admin.ok("POST", "/snapshots/one/restore")
        restored = picture(service)["default"]["dump"]
    with serving(path) as service:
        service.registry.get("default").store.take("elsewhere")
        keeper = service._keeper
        assert keeper is not None
        keeper.compact()
    with serving(path) as service:
        admin = admin_of(service)
        assert picture(service)["mine"] == before["mine"]
        assert {each["name"]: each for each in admin.ok("GET", "/snapshots")["snapshots"]} == held
        admin.ok("POST", "/snapshots/one/restore")
        assert picture(service)["default"]["dump"] == restored
        assert admin.ok("POST", "/snapshots", {})["id"] == "s3"
        assert [play.scenario.name for play in service.registry.get("mine").stage.active] == ["hers"]


def test_queued_faults_come_back_with_what_is_left_of_them(path: Path) -> None:
    """A status queued twice and used once refuses one more command after a restart, and no third."""
    with serving(path) as service:
        admin_of(service).ok("POST", "/faults", {"status": 38, "method": "ImportProcessData", "times": 2})
        assert send(service, MOBILE)["status"] == "038"
        admin_of(service).ok(
            "POST", "/faults", {"fault": "http_status", "code": 503, "method": "userStatus", "ttl": 60}
        )
        queue = admin_of(service).ok("GET", "/faults")
    with serving(path) as service:
        admin = admin_of(service)
        assert admin.ok("GET", "/faults") == queue
        assert [send(service, MOBILE)["status"] for _ in range(2)] == ["038", 1]
        assert admin.ok("GET", "/faults")["faults"] == queue["faults"][1:]


def test_a_scaled_clock_runs_on(path: Path) -> None:
    """A quick clock is after a restart where it would be had the server run all the time."""
    with serving(path, clock="scaled:60") as service:
        before = picture(service)
        told = service.registry.get("default").clock.now()
    with serving(path) as service:
        assert picture(service) == before
        assert service.registry.get("default").clock.scale == 60
        assert service.registry.get("default").clock.now() >= told


def test_a_reset_after_a_restart_goes_back_to_creation(path: Path) -> None:
    """What a reset goes back to survives as well, byte for byte (AM-16)."""
    with serving(path) as service:
        fresh = picture(service)["default"]
        send(service, MOBILE)
    with serving(path) as service:
        admin_of(service).ok("POST", "/reset")
        assert picture(service)["default"] == fresh
    with serving(path) as service:
        assert picture(service)["default"] == fresh


def test_a_key_by_number_is_not_given_twice(path: Path) -> None:
    """The sandbox made after a restart does not get the key of one that was dropped before."""
    with serving(path) as service:
        admin = admin_of(service)
        for _ in range(2):
            admin.ok("POST", "/sandboxes", {})
        admin.ok("DELETE", "/sandboxes/sb2")
        assert admin.ok("POST", "/sandboxes", {})["key"] == "sb3"
        admin.ok("DELETE", "/sandboxes/sb3")
    with serving(path) as service:
        assert set(picture(service)) == {"default", "sb1"}
        admin_of(service).ok("POST", "/sandboxes", {})
        assert set(picture(service)) == {"default", "sb1", "sb4"}


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("push"), st.sampled_from(["default", "a"]), st.integers(0, 5)),
        st.tuples(st.just("refused"), st.just("default"), st.just(0)),
        st.tuples(st.just("advance"), st.sampled_from(["default", "a"]), st.integers(1, 9_999)),
        st.tuples(st.just("reset"), st.sampled_from(["default", "a"]), st.just(0)),
        st.tuples(st.just("create"), st.just("a"), st.integers(0, 2)),
        st.tuples(st.just("drop"), st.just("a"), st.just(0)),
        st.tuples(st.just("quirk"), st.sampled_from(["default", "a"]), st.integers(0, 1)),
        st.tuples(st.just("define"), st.sampled_from(["default", "a"]), st.just(0)),
        st.tuples(st.just("play"), st.sampled_from(["default", "a"]), st.just(0)),
        st.tuples(st.just("load"), st.sampled_from(["default", "a"]), st.just(0)),
        st.tuples(st.just("queue"), st.sampled_from(["default", "a"]), st.integers(1, 2)),
        st.tuples(st.sampled_from(["keep", "keep", "back", "lose"]), st.just("default"), st.integers(1, 2)),
    ),
    min_size=1,
    max_size=10,
)


def _step(service: Service, admin: Admin, what: str, key: str, number: int) -> None:
    here = f"/sandboxes/{key}"
    there = picture(service).get(key)
    if what == "create" and there is None:
        admin.ok("POST", "/sandboxes", {"key": key, "customers": number, "preset": "demo"})
    if there is None or (what == "play" and "hers" not in there["own"]):
        return
    if what in ("push", "refused"):
        send(service, f"88500149{number:02}" if what == "push" else "none", key=key)
        return
    if what in ("back", "lose") and number not in [told["number"] for told, _ in there["snapshots"]]:
        return
    case = "ignore" if number else "exact"
    calls: dict[str, tuple[str, str, Any]] = {
        "drop": ("DELETE", here, None),
        "advance": ("POST", f"{here}/clock/advance", {"seconds": number}),
        "reset": ("POST", f"{here}/reset", None),
        "quirk": ("PATCH", f"{here}/settings", {"quirks": {"servicekey_case": case}}),
        "define": ("PUT", f"{here}/scenarios/hers", _scenario("hers", SETUP)),
        "play": ("POST", f"{here}/scenarios/hers/activate", None),
        "queue": ("POST", f"{here}/faults", {**QUEUED, "times": number}),
        "keep": ("POST", f"{here}/snapshots", {}),
        "back": ("POST", f"{here}/snapshots/s{number}/restore", None),
        "lose": ("DELETE", f"{here}/snapshots/s{number}", None),
        "load": ("PUT", f"{here}/state", admin.ok("GET", f"{here}/state")),
    }
    if what in calls:
        admin.ok(*calls[what])


@given(STEPS, st.data())
@settings(max_examples=15, deadline=None)
def test_a_kill_at_any_byte_leaves_what_was_acknowledged(steps: list[Any], data: st.DataObject) -> None:
    """The file cut anywhere brings back exactly the state after the last step that was wholly in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "jodo.state"
        with serving(path) as service:
            admin = admin_of(service)
            known = [(path.stat().st_size, picture(service))]
            for step in steps:
                _step(service, admin, *step)
                known.append((path.stat().st_size, picture(service)))
        whole = path.read_bytes()
        cut = data.draw(st.integers(known[0][0], len(whole)))
        for end in (cut, known[len(known) // 2][0], len(whole)):
            path.write_bytes(whole[:end])
            # Without its newline alone a line is as good as whole.
            expected = [seen for size, seen in known if size - 1 <= end][-1]
            with serving(path) as service:
                assert picture(service) == expected


def test_numbers_and_texts_come_back_exactly(path: Path) -> None:
    """Integers over 64 bits, floats, and text with half a surrogate pair are after a restart what they were."""
    odd = {"huge": 2**80, "half": "\ud800", "float": 0.1, "whole": 1.0, "nested": [{"a": [None, True]}]}
    with serving(path) as service:
        store = service.registry.get("default").store
        row = store.insert("customers", {"tenant": "odd", "fields": odd})
    with serving(path) as service:
        found = service.registry.get("default").store.get("customers", row)
        assert found is not None
        assert repr(found["fields"]) == repr(odd)


def test_the_file_holds_against_the_command_line(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Another seed and clock asked for than the file was made with are warned of; nothing is lost."""
    with serving(path, seed=7) as service:
        send(service, MOBILE)
        before = picture(service)
    assert caplog.messages == []
    with serving(path, seed=8, preset="demo", customers=5) as service:
        assert picture(service) == before
    assert sorted(caplog.messages) == [
        "the state file was made with customers none, which holds; 5 was asked for",
        "the state file was made with preset golden, which holds; demo was asked for",
        "the state file was made with seed 7, which holds; 8 was asked for",
    ]
    caplog.clear()
    with serving(path, clock="real", at=None) as service:
        assert picture(service) == before
    assert caplog.messages == []


def test_a_clock_that_is_not_the_files_is_named_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Who asks for a clock that stands is told of the clock, and not of its pace as well."""
    path = tmp_path / "real.state"
    with serving(path, clock="real", at=None):
        pass
    with serving(path, clock="frozen", at=None):
        pass
    told = "the state file was made with clock real, which holds; frozen was asked for"
    assert caplog.messages == [told]


def test_a_scenario_that_is_gone_stops_the_start(path: Path, tmp_path: Path) -> None:
    """A sandbox that played a scenario is not brought back without it: the start says what to give."""
    file = tmp_path / "mine.yaml"
    file.write_text(
        "name: mine\ndescription: for the tests\nrules:\n  - when: {method: getProcessData}\n    then: {status: 38}\n"
    )
    with serving(path, scenarios=(str(file),)) as service:
        before = picture(service)
        assert before["default"]["playing"] == ["mine"]
    content = path.read_bytes()
    with pytest.raises(
        InvalidDocument, match="sandbox default plays a scenario that this server does not have"
    ):
        serving(path).__enter__()
    assert path.read_bytes() == content
    with serving(path, scenarios=(str(file),)) as service:
        assert [name for each in picture(service).values() for name in each["playing"]] == ["mine"]


def test_two_servers_never_share_a_file(path: Path) -> None:
    """The second is refused while the first has it, and may have it afterwards."""
    with serving(path), pytest.raises(InvalidSetting, match="in use by another server"):
        serving(path).__enter__()
    with serving(path):
        pass


def test_a_torn_last_line_is_dropped_and_told(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A line that a kill broke off was acknowledged to nobody: it goes, with a warning, and the file goes on."""
    with serving(path) as service:
        before = picture(service)
    with path.open("ab") as file:
        file.write(b'0123abcd {"in":"default","n":7')
    with serving(path) as service:
        assert picture(service) == before
        send(service, MOBILE)
        after = picture(service)
    assert "never finished" in caplog.messages[0]
    assert "30 bytes dropped" in caplog.messages[0]
    with serving(path) as service:
        assert picture(service) == after


def test_a_thousand_sandboxes_of_a_crowd_share_what_is_written(path: Path) -> None:
    """A template is written once: each further sandbox of it takes a few kilobytes of the file."""
    with serving(path) as service:
        admin = admin_of(service)
        crowd = {"preset": "demo", "customers": 2_000}
        sizes = [path.stat().st_size]
        for _ in range(3):
            admin.ok("POST", "/sandboxes", crowd)
            sizes.append(path.stat().st_size)
    first, second, third = (after - before for before, after in pairwise(sizes))
    assert first > 200_000
    assert second == pytest.approx(third, abs=100)
    assert second < first / 20
    with serving(path) as service:
        admin_of(service).ok("POST", "/sandboxes", crowd)
        assert path.stat().st_size - sizes[-1] < 2 * second + 200


def test_a_file_of_an_earlier_version_is_written_anew(path: Path) -> None:
    """A file in other columns is taken, and what is written then is written in the columns of this version."""
    older = header("0")
    older["tables"]["dnc"] = ["number"]
    create(path, older)
    with serving(path) as service:
        before = picture(service)
    first = path.read_bytes().splitlines()[0]
    assert b'"dnc":["tenant","number"]' in first
    with serving(path) as service:
        assert picture(service) == before


def test_the_keeper_gives_up_the_file_when_a_start_fails(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A start that fails for another reason leaves no lock behind."""

    def fail(*_: Any, **__: Any) -> None:
        raise InvalidSetting("no")

    with monkeypatch.context() as patch:
        patch.setattr(Keeper, "revive", fail)
        with pytest.raises(InvalidSetting, match="no"):
            serving(path).__enter__()
    with serving(path) as service:
        assert set(picture(service)) == {"default"}
        assert service.registry.get("default").store.count(TABLES[0].name) > 0
        assert service.registry.get("default").clock.now() == NOW
