"""Verification, snapshots and coverage: what the client asks, and what it makes of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockserver import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.pretend_admin import Pretend

MISSES = [
    {
        "id": "r000002",
        "fitted": 1,
        "differences": [{"field": "mobilenumber", "expected": "1", "got": "2"}],
        "text": "r000002 ImportProcessData\nmobilenumber: expected '1', got '2'",
    },
    {"id": "r000001", "fitted": 0, "differences": [{"field": "media", "expected": "12", "got": None}]},
]


@pytest.fixture
def jodo(pretend: Pretend) -> Iterator[Sandbox]:
    """A sandbox whose server says what it is told to."""
    with Sandbox(pretend.url) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    ("arguments", "match", "count"),
    [
        ({}, {"method": "userStatus"}, {"min": 1}),
        ({"times": 0}, {"method": "userStatus"}, {"exactly": 0}),
        (
            {"times": 2, "status": 4, "media": "12"},
            {"method": "userStatus", "status": 4, "fields": {"media": "12"}},
            {"exactly": 2},
        ),
    ],
)
def test_what_is_asked(
    pretend: Pretend, jodo: Sandbox, arguments: dict[str, Any], match: Any, count: Any
) -> None:
    """Without times once is enough; with it the number is exact; status is no field."""
    pretend.answer("POST", "/requests/verify", {"ok": True, "matched": 1, "near_misses": []})
    jodo.assert_called("userStatus", **arguments)
    assert pretend.body_of("POST", "/requests/verify") == {"match": match, "count": count}


def test_a_failure_tells_what_came_close(pretend: Pretend, jodo: Sandbox) -> None:
    """The error has what was wanted, how often it came, and every near miss with its differences."""
    pretend.answer("POST", "/requests/verify", {"ok": False, "matched": 0, "near_misses": MISSES})
    with pytest.raises(AssertionError) as failed:
        jodo.assert_called("ImportProcessData", times=1, status=1, mobilenumber="1")
    assert str(failed.value).splitlines() == [
        "expected ImportProcessData once, with mobilenumber='1', status 1; the journal has 0",
        "  near miss r000002 ImportProcessData",
        "    mobilenumber: expected '1', got '2'",
        "  near miss r000001: media: expected '12', got None",
    ]
    assert jodo.misses == MISSES


def test_a_failure_names_those_that_fit(pretend: Pretend, jodo: Sandbox) -> None:
    """Who is told that it came too often learns by which requests; of many the first ten."""
    ids = [f"r{number:06d}" for number in range(12, 0, -1)]
    pretend.answer("POST", "/requests/verify", {"ok": False, "matched": 12, "ids": ids, "near_misses": []})
    with pytest.raises(AssertionError) as failed:
        jodo.assert_called("deleteUser", times=0)
    told = ", ".join(ids[:10])
    assert str(failed.value) == f"expected deleteUser 0 times; the journal has 12: {told} and 2 more"


def test_snapshots_go_by_id(pretend: Pretend, jodo: Sandbox) -> None:
    """What snapshot returns is what restore takes."""
    pretend.answer("POST", "/snapshots", {"id": "s 1"}, 201)
    pretend.answer("POST", "/snapshots/s%201/restore", {})
    jodo.restore(jodo.snapshot())
    assert ("POST", "/sandboxes/sb1/snapshots/s%201/restore") in [each[:2] for each in pretend.asked]


def test_coverage_is_read(pretend: Pretend, jodo: Sandbox) -> None:
    """As JSON."""
    pretend.answer("GET", "/coverage", {"percent": 12.5})
    assert jodo.coverage() == {"percent": 12.5}
