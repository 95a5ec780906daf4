"""What the benchmark computes is right, and what it measures is the real server."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import __main__ as command_line
from bench import report, store, targets
from bench.caller import Caller
from bench.cases import cases
from bench.client import Loop, whole
from bench.commands import accepted, fixed_reply, push, schema, turned_down
from bench.figures import percentile, ratio, ratio_text, value_text
from bench.load import Load, load, parse_count, parse_wrk, send
from bench.measurements import MEASUREMENTS, flatness, floor, methods
from bench.model import OURS, WIREMOCK, Bench, Figure
from bench.pieces import Pieces
from bench.processes import serving
from bench.subjects import bare, sandbox
from bench.targets import MET, NOT_MEASURED, NOT_MET, TARGETS, Target
from bench.world import World, race
from tests.api import shared_service

if TYPE_CHECKING:
    from collections.abc import Iterator

WRK = """Running 1s test @ http://127.0.0.1:8080/
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     3.27ms    1.04ms  21.52ms   92.13%
    Req/Sec     4.96k   412.17     5.60k    80.00%
  Latency Distribution
     50%    3.10ms
     75%  980.00us
     90%    3.90ms
     99%    1.20s
  4963 requests in 1.01s, 2.91MB read
Requests/sec:   4934.52
Transfer/sec:      2.89MB
"""

NO_TOOLS = Bench(quick=True, wrk=None, jar=None, cores=None)


@given(st.lists(st.floats(0, 1e9), min_size=1), st.integers(0, 100))
def test_a_percentile_is_a_measured_value_that_enough_values_do_not_exceed(
    values: list[float], share: int
) -> None:
    """The nearest-rank definition itself, on any values and share."""
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= share * len(values)
    smaller = [value for value in values if value < found]
    assert not smaller or len(smaller) * 100 < share * len(values)


def test_known_percentiles() -> None:
    """p50 and p99 of a hundred values are the fiftieth and the ninety-ninth."""
    values = [float(number) for number in range(100, 0, -1)]
    assert (percentile(values, 50), percentile(values, 99), percentile(values, 100)) == (50, 99, 100)
    assert percentile([7.0], 99) == 7


@pytest.mark.parametrize(("values", "share"), [([], 50), ([1.0], -1), ([1.0], 101)])
def test_there_is_no_percentile_of_nothing_or_beyond_the_ends(values: list[float], share: float) -> None:
    """A wrong question is an error, not a figure."""
    with pytest.raises(ValueError):
        percentile(values, share)


@pytest.mark.parametrize(
    ("ours", "other", "expected"), [(3, 2, 1.5), (None, 2, None), (3, None, None), (3, 0, None), (0, 2, 0)]
)
def test_a_ratio_needs_two_figures(ours: float | None, other: float | None, expected: float | None) -> None:
    """A missing figure or a yardstick of nothing gives no ratio."""
    assert ratio(ours, other) == expected


def test_figures_are_shown_with_digits_that_fit_their_size() -> None:
    """Nobody reads a false precision."""
    assert [ratio_text(value) for value in (None, 0.0312, 1.5, 15.94, 147.2)] == [
        "–", "0.031 ×", "1.50 ×", "15.9 ×", "147 ×",
    ]  # fmt: skip
    assert [value_text(value) for value in (None, 1.234, 12.34, 12345.6)] == ["–", "1.23", "12.3", "12,346"]


def test_the_output_of_wrk_is_read_in_all_its_units() -> None:
    """Requests, seconds, and latencies in us, ms and s come out in microseconds."""
    found = parse_wrk(WRK)
    assert found == Load(4963, 1.01, 3100.0, 1_200_000.0, 0)
    assert found.rate == pytest.approx(4963 / 1.01)
    minutes = WRK.replace("1.01s", "1.50m").replace("3.10ms", "812.00us")
    assert (parse_wrk(minutes).seconds, parse_wrk(minutes).p50) == (90, 812)


def test_errors_that_wrk_tells_are_counted() -> None:
    """Refused and broken replies both count, so that a load of errors is never a figure."""
    text = WRK + "  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 90\n"
    assert parse_wrk(text).errors == 100


@pytest.mark.parametrize("text", ["", "unable to connect", WRK.replace("99%", "98%")])
def test_what_is_not_from_wrk_is_not_read(text: str) -> None:
    """A failed run is an error and no zero."""
    with pytest.raises(ValueError, match="not the output"):
        parse_wrk(text)


def test_counted_replies_are_read() -> None:
    """What load.lua prints is what is read, and its silence is an error."""
    assert parse_count("Running 1s test\ncounted 20000 errors 3\n") == 3
    with pytest.raises(ValueError, match="not counted"):
        parse_count("Running 1s test\n")


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", True),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", True),
    ],
)
def test_the_bundled_client_knows_when_a_reply_is_whole(reply: bytes, expected: bool) -> None:
    """Both ways of ending a body, and neither too early."""
    assert whole(reply) is expected


RATIO = Target("t", ("a", OURS), "≤", 0.6, ("a", WIREMOCK))


def _figures(ours: float | None, theirs: float | None) -> dict[str, Figure]:
    values = {OURS: ours, WIREMOCK: theirs}
    return {"a": Figure("a", "a", "µs", {name: value for name, value in values.items() if value is not None})}


@pytest.mark.parametrize(
    ("target", "ours", "theirs", "verdict"),
    [
        (RATIO, 6, 10, MET),
        (RATIO, 7, 10, NOT_MET),
        (RATIO, 6, None, NOT_MEASURED),
        (RATIO, None, 10, NOT_MEASURED),
        (replace(RATIO, sign="≥", limit=1.5), 15, 10, MET),
        (replace(RATIO, sign="≥", limit=1.5), 14, 10, NOT_MET),
        (replace(RATIO, limit=100, by="difference"), 200, 100, MET),
        (replace(RATIO, limit=100, by="difference"), 201, 100, NOT_MET),
        (replace(RATIO, limit=100, by="difference"), 201, None, NOT_MEASURED),
        (replace(RATIO, limit=2, by="value", against=None), 2, None, MET),
        (replace(RATIO, limit=2, by="value", against=None), 2.1, 1, NOT_MET),
    ],
)
def test_a_target_is_met_not_met_or_not_measured(
    target: Target, ours: float | None, theirs: float | None, verdict: str
) -> None:
    """The limit itself is met; what was not measured is never called met."""
    assert target.verdict(target.measured(_figures(ours, theirs))) == verdict


def test_without_figures_no_target_is_met() -> None:
    """An empty run claims nothing."""
    assert {verdict for _, _, verdict in targets.judge([])} == {NOT_MEASURED}


def test_every_target_is_fed_by_a_measurement() -> None:
    """A misspelt key would leave a target unmeasured for ever: each begins with a figure somebody yields."""
    files = (Path(row.run.__code__.co_filename) for row in MEASUREMENTS)
    sources = "".join(file.read_text("utf-8") for file in files)
    stems = {target.figure[0].partition(".")[0] for target in TARGETS}
    assert [stem for stem in stems if f'"{stem}' not in sources] == []


def test_the_report_shows_each_yardstick_and_what_is_not_there() -> None:
    """One row for each yardstick with its ratio, and the reason where there is no figure."""
    figures = [
        Figure("p50.1", "p50, 1 connection", "µs", {"bare asyncio": 50, WIREMOCK: 200, OURS: 100}, "why"),
        Figure("create", "create", "ms", {}, "not there: 404"),
    ]
    assert report.figure_rows(figures) == [
        ("p50, 1 connection", "100 µs", "bare asyncio", "50.0 µs", "2.00 ×", "why"),
        ("", "", WIREMOCK, "200 µs", "0.50 ×", ""),
        ("create", "–", "", "", "", "not there: 404"),
    ]
    row = next(row for row in report.target_rows(figures) if row[0].startswith("p50"))
    assert row[1:] == ("≤ 0.60 ×", "0.50 ×", MET)
    about = report.machine(NO_TOOLS)
    text = report.text(about, figures)
    assert "the bundled Python client" in text
    assert "WireMock not there" in text
    parsed = json.loads(json.dumps(report.as_json(about, figures)))
    assert parsed["figures"][0]["values"][OURS] == 100


def test_a_measurement_that_breaks_off_does_not_take_the_others_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its line says how it broke, and the next one runs."""

    def broken(_: Bench) -> Iterator[Figure]:
        yield Figure("first", "first", "ms", {OURS: 1})
        raise RuntimeError("the server went away")

    def sound(_: Bench) -> Iterator[Figure]:
        yield Figure("second", "second", "ms", {OURS: 2})

    rows = (replace(MEASUREMENTS[0], run=broken), replace(MEASUREMENTS[1], run=sound))
    monkeypatch.setattr(command_line, "MEASUREMENTS", rows)
    found = command_line.run(NO_TOOLS)
    assert [figure.key for figure in found] == ["first", "throughput.broken", "second"]
    assert "the server went away" in found[1].note


def test_the_yardsticks_validate_what_the_sandbox_validates() -> None:
    """Their schema takes the push and refuses the command that the sandbox refuses (GV-01, GV-04)."""
    validator = jsonschema_rs.Draft202012Validator(dict(schema()))
    assert validator.is_valid(json.loads(push()))
    assert not validator.is_valid(json.loads(push(kind="refused")))
    assert Pieces().timed(push(["9000000001", "9000000002"])) > 0
    with pytest.raises(RuntimeError):
        Pieces().timed(push(kind="refused"))


def test_every_method_is_raced_against_the_push(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each method of the catalogue has a command that goes through, a figure and a target (TRN-01)."""
    monkeypatch.setattr(Bench, "pick", lambda _, full, quick: 4)
    figures = list(methods.measure(NO_TOOLS))
    asked = {json.loads(case.command.template)["method"] for case in cases("all")}
    assert asked == set(shared_service().catalogue.methods)
    wanted = {target.figure[0] for target in TARGETS if target.figure[0].startswith("methods.")}
    assert (
        {figure.key for figure in figures} == wanted == {f"methods.{case.key}" for case in cases("all")[1:]}
    )
    judged = {target: value for target, value, _ in targets.judge(figures) if target.figure[0] in wanted}
    assert len(judged) == len(figures)
    assert all(value is not None and value > 0 for value in judged.values())


def test_flatness_compares_a_large_world_with_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each figure has both worlds in it and says its size, so that a quick run meets no target of a full one."""
    monkeypatch.setattr(Bench, "pick", lambda _, full, quick: min(quick, 150))
    figures = list(flatness.measure(NO_TOOLS))
    assert len(figures) == sum(len(cases(group)) for group in flatness.GROUPS)
    assert {len(figure.values) for figure in figures} == {2}
    assert {figure.key.rpartition(".")[2] for figure in figures} == {"150"}
    assert {verdict for _, _, verdict in targets.judge(figures)} == {NOT_MEASURED}
    full = [
        replace(figure, key=f"{figure.key.rpartition('.')[0]}.{flatness.GROUPS[figure.key.split('.')[1]][1]}")
        for figure in figures
    ]
    judged = [value for target, value, _ in targets.judge(full) if target.figure[0].startswith("flatness.")]
    assert len(judged) == len(full)
    assert None not in judged


def test_the_floor_is_measured_in_one_advance_and_beside_another_sandbox(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A small day has every figure, both lists among them, and says its size, so that it meets no target of a full one."""
    monkeypatch.setattr(Bench, "pick", lambda _, full, quick: min(quick, 60))
    figures = {figure.key: figure for figure in floor.measure(NO_TOOLS)}
    assert figures.keys() == {
        "floor.day.60", "floor.event.60", "floor.flat.60", "floor.http", "floor.beside.p50", "floor.beside.p99",
    }  # fmt: skip
    assert figures["floor.flat.60"].values.keys() == {OURS, floor.SHORT}
    assert "60 calls dialled" not in figures["floor.day.60"].note
    assert {verdict for _, _, verdict in targets.judge(list(figures.values()))} == {NOT_MEASURED}


def test_a_command_that_is_refused_is_no_figure() -> None:
    """A race stops at the first reply that is not the expected one: nobody times refusals by mistake."""
    push, *_, users = cases("all")
    with pytest.raises(RuntimeError, match=f"unexpected reply to {push.title}"):
        race([World()], [replace(push, expects=users.expects)], 1)


def test_the_store_is_measured_beside_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row of the benchmark has every column of the table, so that both do the same work."""
    assert list(store.call_row(1)) == list(store.CALLS.columns)
    monkeypatch.setattr(store, "REPEATS", 9)
    ours, beside = store.measure_store(9), store.measure_sqlite(9)
    assert set(beside) < set(ours)
    assert all(figure > 0 for figure in (*ours.values(), *beside.values()))


def test_a_tiny_load_on_the_real_server_gives_figures() -> None:
    """The bundled client, the checks of replies and the server work together (GV-01, GV-04)."""
    subject = sandbox()
    with serving(subject, None) as server:
        assert server.first_answer > 0
        with Caller(server.port) as caller:
            assert caller.timed(subject.request(), accepted()) > 0
            caller.timed(subject.request(push(kind="refused")), turned_down())
            with pytest.raises(RuntimeError, match="unexpected reply"):
                caller.timed(subject.request(push(kind="refused")), accepted())
        loop = Loop(server.port, subject.request(), 2)
        try:
            found: dict[str, Any] = loop.run(20, 30)
        finally:
            loop.close()
        send(NO_TOOLS, server, subject, 5)
    assert found["requests"] >= 30
    assert found["errors"] == 0
    assert 0 < found["p50"] <= found["p99"]


def test_the_bare_yardstick_answers_the_printed_reply() -> None:
    """The bundled client in a process of its own measures it for the seconds it is told."""
    subject = bare()
    with serving(subject, None) as server:
        with Caller(server.port) as caller:
            assert caller.ask(subject.request()) == (200, fixed_reply())
        found = load(NO_TOOLS, server, subject, 1, 0.05)
    assert found.requests > 0
    assert found.seconds >= 0.05


def test_the_command_line_writes_json_and_knows_its_measurements(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``--only`` runs one measurement, ``--json`` writes what the table says; an unknown name is exit code 2."""
    file = tmp_path / "bench.json"
    assert command_line.main(["--quick", "--only", "size", "--json", str(file)]) == 0
    written = json.loads(file.read_text("utf-8"))
    assert [figure["key"] for figure in written["figures"]] == ["size"]
    assert "install with all dependencies" in capsys.readouterr().out
    with pytest.raises(SystemExit) as left:
        command_line.main(["--only", "nothing"])
    assert left.value.code == 2
