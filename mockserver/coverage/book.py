"""The book: every row of the contract, and for each a command that touches it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from mockserver.coverage.rows import Entry, default_spec, rows_of
from mockserver.coverage.trials import Trials

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.contract.catalogue import Catalogue
    from mockserver.coverage.rows import Row
    from mockserver.coverage.trials import Trial
    from mockserver.model import Level


class Book:
    """What of the contract there is to touch. Made of the documents when it is first asked for."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    @cached_property
    def rows(self) -> Mapping[Row, Entry]:
        """Every row, in the order of the documents."""
        return rows_of(self._catalogue)

    @cached_property
    def suggestions(self) -> Mapping[Row, Trial]:
        """For each row a command that touches it on the sample data; a row that only force reaches has none."""
        found: dict[Row, Trial] = {}
        for method, document in self._catalogue.methods.items():
            for edition in document["editions"]:
                wanted = [row for row in self.rows if (row.method, row.edition) == (method, edition)]
                trials = Trials(self._catalogue, method, edition)
                for trial in trials.printed():
                    _take(found, trial)
                for row in wanted:
                    if row not in found and row.field:
                        _take_first(found, row, trials.changed(row))
        return {row: found[row] for row in self.rows if row in found}

    def forcible(self, row: Row) -> bool:
        """Tell whether the row's status can be brought about by force (AM-14)."""
        return default_spec(self._catalogue, row.method, row.edition).can_force(row.status, level_of(row))

    def entry(self, row: Row) -> Entry:
        """Return what is known of a row; of one that only a quirk or a process brings, its status's text."""
        entry = self.rows.get(row)
        if entry is not None:
            return entry
        told = default_spec(self._catalogue, row.method, row.edition).status(row.status, level_of(row))
        return Entry(told.text, (told.ledger,)) if row.status else Entry("", ())


def level_of(row: Row) -> Level:
    """Return the level that a row's status answers at."""
    return "record" if row.level == "record" else "request"


def _take(found: dict[Row, Trial], trial: Trial) -> None:
    for row in trial.rows:
        found.setdefault(row, trial)


def _take_first(found: dict[Row, Trial], row: Row, trials: Iterator[Trial]) -> None:
    for trial in trials:
        if row in trial.rows:
            found[row] = trial
            return
