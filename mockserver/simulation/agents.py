"""What agents are doing: the status a user stands in, and the moves that lead on from it (SIM-12).

Which statuses there are, what they are called and what may follow is said by the reference table
``schemas/references/user_status.json`` (REF-07, REF-08); ``entries`` below is its member of that name,
id as text to entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.errors import MockServerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.store.interface import Store

    Entries = Mapping[str, Mapping[str, Any]]


class IllegalMove(MockServerError):
    """A change of status that does not happen by itself (SIM-12).

    ``before`` and ``after`` are the statuses, ``legal`` is what may follow ``before``: status to printed
    name, in the table's order. The text names all of them for people.
    """

    def __init__(self, entries: Entries, before: object, after: int) -> None:
        self.before = before
        self.after = after
        self.legal = {status: name_of(entries, status) for status in legal_moves(entries, before)}
        follow = ", ".join(label(entries, status) for status in self.legal) or "nothing"
        super().__init__(
            f"from {label(entries, before)} an agent does not get to {label(entries, after)} by itself;"
            f" what may follow is {follow}"
        )


def status_with(entries: Entries, word: str) -> int:
    """Return the status that the table marks with a word of ours (its member ``is``), such as ``ready``.

    LookupError when none is marked so.
    """
    for status, entry in entries.items():
        if entry.get("is") == word:
            return int(status)
    raise LookupError(f"no user status is marked {word!r}")


def status_called(entries: Entries, given: float | str) -> int | None:
    """Return the status of that id, printed name or word (letter case ignored), or None.

    A logged-out agent's status has no name (AM-44), so that only its id and its word lead to it.
    """
    if not isinstance(given, str):
        text = f"{given:g}"  # JSON knows 7.0 for an integer, too
        return int(text) if text in entries else None
    wanted = given.strip().casefold()
    for status, entry in entries.items():
        if wanted and wanted in (entry["name"].casefold(), entry.get("is")):
            return int(status)
    return None


def name_of(entries: Entries, status: object) -> str:
    """Return a status's name as printed; empty for a logged-out agent and for what the table does not have."""
    entry = entries.get(str(status))
    return "" if entry is None else str(entry["name"])


def label(entries: Entries, status: object) -> str:
    """Return a status for people: id and name, such as ``7 (Wrapup)``, or the word where there is no name."""
    name = name_of(entries, status) or entries.get(str(status), {}).get("is", "unknown").replace("_", " ")
    return f"{status} ({name})"


def legal_moves(entries: Entries, status: object) -> tuple[int, ...]:
    """Return the statuses that may follow by themselves (SIM-12), in the table's order.

    From a status that the table does not have (a loaded state may hold one) none does.
    """
    return tuple(map(int, entries.get(str(status), {}).get("moves", ())))


def check_move(entries: Entries, before: object, after: int) -> None:
    """Raise IllegalMove unless ``after`` may follow ``before`` by itself; staying is no move."""
    if before != after and after not in legal_moves(entries, before):
        raise IllegalMove(entries, before, after)


def set_status(store: Store, found: tuple[int, Mapping[str, Any]], status: int, moment: str) -> None:
    """Put a user into a status from a moment on (text of GEN-14), whatever may follow by itself.

    ``found`` is the user's row with its id, as the store gives it. To set the status the user is in
    changes nothing: ``since`` goes on telling when that status began. Join it to a unit of work.
    """
    row_id, row = found
    if row["status"] != status:
        store.update("users", row_id, {"status": status, "since": moment})
