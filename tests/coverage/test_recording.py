"""What traffic touches is counted, whoever caused the answer, in whatever order, over resets and drops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.coverage.counting import merge
from mockserver.coverage.rows import Row
from mockserver.sandbox import Plan
from mockserver.service import Service
from mockserver.settings import Settings
from tests.api import IMPORT, NOW, RECORD, Api, drop, fresh, without

if TYPE_CHECKING:
    from mockserver.coverage.recording import Record

SUCCESS = Row("ImportProcessData", "1.0.6", "", "", "", "request", 1)
BAD_MEDIA = Row("ImportProcessData", "1.0.6", "", "", "", "request", 17)
MEDIA_INVALID = Row("ImportProcessData", "1.0.6", "command", "media", "invalid", "request", 17)

COMMANDS: list[Any] = [
    dict(IMPORT), without("reqdatetime"), without("media"), without(media="99"), without(media=""), b"data={",
    without(sessionid=""), without(data=[]), without(data=[RECORD, {"mobilenumber": "1"}]),
    without(data=[{**RECORD, f"extra{number}": "1"} for number in range(20)]),
    without(apikey="nobody"), without(servicekey="FORCE_17"), without(updateparam="crmuniquefield"),
    {"method": "userStatus", "apikey": "test_org", "servicekey": "VoiceProcess", "loginids": ["user1", "nobody"]},
    {"method": "nothing"},
]  # fmt: skip
TRAFFIC = st.lists(st.sampled_from(range(len(COMMANDS))), max_size=12)


def record(api: Api) -> Record:
    """What a sandbox has seen."""
    with api.sandbox.lock:
        return api.sandbox.coverage.record()


def seen(traffic: list[int]) -> dict[Row, tuple[int, int]]:
    """Send some of the commands to a fresh sandbox and return the counts of each row."""
    api = fresh()
    for number in traffic:
        api.post(COMMANDS[number])
    found = {row: (count.total, count.forced) for row, count in record(api).rows.items()}
    assert record(api).exchanges == len(traffic)
    drop(api)
    return found


@given(TRAFFIC, TRAFFIC)
@settings(max_examples=25, deadline=None)
def test_coverage_of_a_union_is_the_union_of_coverages(one: list[int], other: list[int]) -> None:
    """Counted apart and added up, or counted together: the same rows, as often."""
    first, second = seen(one), seen(other)
    added = {
        row: tuple(map(sum, zip(first.get(row, (0, 0)), second.get(row, (0, 0)), strict=True)))
        for row in first | second
    }
    assert seen(one + other) == added


@given(TRAFFIC.flatmap(lambda traffic: st.tuples(st.just(traffic), st.permutations(traffic))))
@settings(max_examples=25, deadline=None)
def test_order_does_not_matter(orders: tuple[list[int], list[int]]) -> None:
    """The same commands in another order touch the same rows as often."""
    assert seen(orders[0]) == seen(orders[1])


def test_a_row_knows_its_first_and_last_request() -> None:
    """By number in the sandbox, however many were between; a refusal touches no row of what was accepted."""
    api = fresh()
    for media in ("12", "99", "12", "99"):
        api.post(without(media=media))
    rows = record(api).rows
    assert [(rows[row].total, rows[row].first.number, rows[row].last.number) for row in (SUCCESS, BAD_MEDIA)] == [
        (2, 1, 3), (2, 2, 4),
    ]  # fmt: skip
    assert rows[MEDIA_INVALID].total == 2
    assert rows[Row("ImportProcessData", "1.0.6", "command", "media", "present", "", 0)].total == 2
    drop(api)


def test_what_was_forced_is_counted_apart() -> None:
    """SIM-23, SIM-26: a magic value, a queued status and a harmed reply touch a status by force, not its field."""
    api = fresh()
    api.post(without(servicekey="FORCE_17"))
    api.sandbox.forced.add(17, method=None, level="request", times=1, until=None, match=None, fault=None)
    api.post(dict(IMPORT))
    api.sandbox.forced.add(
        None,
        method=None,
        level="request",
        times=1,
        until=None,
        match=None,
        fault=("malformed_json", {"how": "quotes"}),
    )
    api.post(without(media="99"))
    rows = record(api).rows
    assert (rows[BAD_MEDIA].total, rows[BAD_MEDIA].forced) == (3, 3)
    assert (rows[MEDIA_INVALID].total, rows[MEDIA_INVALID].forced) == (1, 1)
    assert SUCCESS not in rows
    api.post(without(media="99"))
    assert record(api).rows[BAD_MEDIA].natural == 1
    drop(api)


def test_a_batch_touches_what_each_of_its_records_does() -> None:
    """GEN-04: accepted records touch their fields, failed ones their status and the field that is to blame."""
    api = fresh()
    api.post(without(data=[RECORD, {"mobilenumber": "1"}, {**RECORD, "comments": ""}]))
    rows = record(api).rows
    head = ("ImportProcessData", "1.0.6")
    for row in (
        Row(*head, "", "", "", "record", 1), Row(*head, "", "", "", "record", 43),
        Row(*head, "record", "mobilenumber", "invalid", "record", 43),
        Row(*head, "record", "comments", "blank", "", 0), Row(*head, "record", "comments", "absent", "", 0),
    ):  # fmt: skip
        assert rows[row].total == 1
    drop(api)


def test_a_reset_clears_a_sandbox_and_the_server_remembers() -> None:
    """AM-16: after a reset or a drop nothing is left in the sandbox and nothing lost in the whole."""
    service = Service.start(Settings(clock="frozen", at=NOW))
    api = Api(service, service.registry.create(Plan(), "gone"))
    api.post(dict(IMPORT))
    api.sandbox.reset()
    assert (record(api).exchanges, record(api).rows) == (0, {})
    assert service.registry.archive.record().rows[SUCCESS].total == 1
    api.post(without("reqdatetime"))
    service.registry.drop("gone")
    kept = service.registry.archive.record()
    assert (kept.exchanges, kept.rows[SUCCESS].total) == (2, 2)
    assert [mark.ledger for mark in kept.findings if mark.rule == "warning"] == ["GEN-18"]


def test_what_ends_after_its_sandbox_was_dropped_is_not_lost() -> None:
    """A command that waited through the drop counts for the server."""
    service = Service.start(Settings(clock="frozen", at=NOW))
    api = Api(service, service.registry.create(Plan(), "gone"))
    api.post(dict(IMPORT))
    exchange = next(api.sandbox.journal.newest_first())
    service.registry.drop("gone")
    api.sandbox.coverage.note(exchange)
    api.sandbox.coverage.note(exchange)
    assert service.registry.archive.record().exchanges == 3


def test_endless_kinds_of_commands_are_counted_and_not_kept() -> None:
    """A client that never sends the same fields twice costs no more memory than one that does."""
    api = fresh()
    for number in range(600):
        api.post(without(**{f"field{number}": "1"}))
    api.post(without(**{f"field{number}": "1" for number in range(500)}))
    coverage = api.sandbox.coverage
    assert len(coverage._tallies) <= 512
    assert record(api).rows[SUCCESS].total == 601
    assert len(record(api).findings) <= 201
    drop(api)


def test_merging_leaves_the_other_as_it_was() -> None:
    """Counts that were added up are copies."""
    api = fresh()
    api.post(dict(IMPORT))
    rows = record(api).rows
    total: dict[Row, Any] = {}
    for _ in range(3):
        merge(total, rows)
    assert (total[SUCCESS].total, rows[SUCCESS].total) == (3, 1)
    drop(api)
