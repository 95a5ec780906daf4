"""What an automated call says: a text made of a record, in a language (SIM-05, SIM-06)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.simulation.floor import Floor


@dataclass(frozen=True, slots=True)
class Message:
    """A text to be spoken: ``names`` are the members of the record that name the customer, ``fields`` all others."""

    text: str
    language: str
    names: Mapping[str, str]
    fields: Mapping[str, Any]


def message_for(floor: Floor, row: Mapping[str, Any]) -> Message:
    """Return the message of a call-list entry: first and last name, or the name, as the record has them.

    The language is that of the record, else the configured one, else the document's.
    """
    spec = floor.book.speech
    where = {name: row[name] for name in ("tenant", "process", "customercode")}
    customer = None if row["customercode"] is None else floor.store.first("customers", **where)
    fields: Mapping[str, Any] = (customer[1]["fields"] or {}) if customer is not None else {}
    names: dict[str, str] = {}
    for group in spec["names"]:
        names = {each: _text(fields, each) for each in group if _text(fields, each)}
        if names:
            break
    chosen = floor.rules.outgoing.get("speech", {}).get("language", spec["language"])
    language = _text(fields, spec["language_field"]) or chosen
    texts = spec["texts"]
    text = texts.get(language.partition("-")[0].lower(), texts["en"])
    spoken = text.replace("{name}", " ".join(names.values()) or spec["nobody"])
    rest = {name: value for name, value in fields.items() if name not in names}
    return Message(spoken.replace("{process}", row["process"]), language, names, rest)


def _text(fields: Mapping[str, Any], name: str) -> str:
    """Return a member of a record as text, whatever the case of its name; empty when there is none."""
    found = fields.get(name)
    if found is None:
        found = next((value for key, value in fields.items() if key.casefold() == name), None)
    return "" if found is None else str(found).strip()
