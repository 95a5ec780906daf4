"""The rows of the contract, and the command that each is suggested with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mockserver.coverage.book import Book
from mockserver.coverage.rows import Row
from mockserver.model import Inbound
from tests.api import drop, fresh, shared_service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.coverage.trials import Trial

CATALOGUE = shared_service().catalogue
BOOK = Book(CATALOGUE)
IMPORT = ("ImportProcessData", "1.0.6")
ONLY_BY_FORCE = {"customer_recording/web/request/5", "reallocatedata/web/request/5"}
"""Statuses that the documents list without a cause."""


def touched_by(trial: Trial, headers: Mapping[str, str] | None = None) -> set[Row]:
    """Send a trial to a fresh sandbox and return the rows it touched."""
    api = fresh()
    asked = {name.lower(): value for name, value in (trial.headers if headers is None else headers).items()}
    for data in (*trial.before, trial.data):
        inbound = Inbound(
            "POST", api.path, b"", {"content-type": "text/html", **asked}, f"data={data}".encode()
        )
        api.service.answer(inbound)
    with api.sandbox.lock:
        rows = set(api.sandbox.coverage.record().rows)
    drop(api)
    return rows


@pytest.mark.parametrize(
    ("method", "edition"),
    [(method, edition) for method, document in CATALOGUE.methods.items() for edition in document["editions"]],
)
def test_every_suggestion_touches_its_row(method: str, edition: str) -> None:
    """What a report says to test next does touch the row, on the sample data, for each row that has a command."""
    mine = [row for row in BOOK.rows if (row.method, row.edition) == (method, edition)]
    assert mine
    lacking = [
        row.id for row in mine if row in BOOK.suggestions and row not in touched_by(BOOK.suggestions[row])
    ]
    assert lacking == []


def test_only_two_rows_have_no_command() -> None:
    """Every other row can be touched by a command, and the book has no row twice."""
    assert {row.id for row in BOOK.rows if row not in BOOK.suggestions} == ONLY_BY_FORCE
    assert len({row.id for row in BOOK.rows}) == len(BOOK.rows) > 600


def test_each_status_of_the_tables_is_a_row() -> None:
    """GEN-02, GEN-04: at its own level and edition, with its text and ledger id."""
    for method, document in CATALOGUE.methods.items():
        for edition, variant in document["editions"].items():
            for level, table in variant["statuses"].items():
                for code, told in table.items():
                    if "x-quirk" in told:
                        continue  # not there by default
                    entry = BOOK.rows[Row(method, edition, "", "", "", level, int(code))]
                    assert entry.ledger == (told["ledger"],)


@pytest.mark.parametrize(
    ("row", "there"),
    [
        (("command", "media", "absent", "request", 18), True),
        (("command", "media", "blank", "request", 19), True),
        (("command", "media", "invalid", "request", 17), True),
        (("command", "media", "absent", "", 0), False),  # mandatory: never accepted without
        (("command", "media", "blank", "", 0), False),
        (("command", "sessionid", "absent", "", 0), True),  # optional
        (("command", "sessionid", "blank", "", 0), True),  # a blank one counts as absent
        (("command", "reqdatetime", "invalid", "request", 38), False),  # only a quirk refuses it
        (("command", "reqdatetime", "blank", "", 0), False),  # blank means nothing of its own there
        (("record", "mobilenumber", "absent", "record", 24), True),  # as update parameter
        (("record", "mobilenumber", "absent", "", 0), True),  # with another one
        (("record", "calltype", "invalid", "request", 38), True),
        (("command", "apikey", "invalid", "request", 48), True),
        (("command", "servicekey", "blank", "request", 1108), True),
    ],
)
def test_which_rows_there_are(row: tuple[str, str, str, str, int], there: bool) -> None:
    """A row exists where the documents tell the condition apart, and nowhere else (GEN-05, GEN-11)."""
    assert (Row._make((*IMPORT, *row)) in BOOK.rows) == there


def test_rules_about_the_state_make_a_field_invalid() -> None:
    """REC-16, RAD-19: a well-formed call id or login that nobody has is a row of its field."""
    assert Row("customer_recording", "web", "command", "systemcallid", "invalid", "request", 63) in BOOK.rows
    assert Row("reallocatedata", "web", "command", "login", "invalid", "request", 72) in BOOK.rows
