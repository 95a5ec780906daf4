"""Words that explanations share: values as people write them, lists cut short, the nearest login."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from mockserver.contract.documents import nearest
from mockserver.contract.values import excerpt, is_blank

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mockserver.contract.fields import Fields
    from mockserver.methods.call import Call

_LISTED: Final = 10
"""Names that an explanation lists at most."""

_LONGEST: Final = 80
"""Characters of a value that an explanation repeats at most."""

_HINTS: Final = 4
"""Logins of one command that a nearest one is looked for: a batch of thousands is not to wait for hints."""

_LOGINS: Final = 200
"""Users of a tenant that are looked through for the nearest login: to compare one takes a fifth of a millisecond."""


def shown(value: object) -> str:
    """Return a value as people would write it; as short JSON where that could be misread."""
    if isinstance(value, str) and value.isprintable() and not is_blank(value) and len(value) <= _LONGEST:
        return value
    return "nothing" if value is None else excerpt(value)


def some(names: Iterable[object]) -> str:
    """Return the first names of several, or that there are none."""
    found = list(map(str, islice(names, _LISTED + 1)))
    more = ", …" if len(found) > _LISTED else ""
    return (", ".join(found[:_LISTED]) + more) or "none"


def called(fields: Fields, role: str) -> str:
    """Return the name of the field that plays a role, as the client spelt it."""
    name = fields.spec.used(role, fields.values)
    return fields.spelled.get(name, name)


def process_name(call: Call) -> str:
    """Return the name of the process the command is for."""
    return str(call.process["name"])


def near_login(call: Call, login: object) -> str:
    """Return the login of a user of the tenant that is most like a wrong one; empty when none is near."""
    near: dict[str, str] = call.once("near logins", lambda _: {})
    if not isinstance(login, str) or is_blank(login) or len(login) > _LONGEST:
        return ""
    if login not in near and len(near) < _HINTS:
        near[login] = nearest(call.once("logins", _logins), login)
    return near.get(login, "")


def _logins(call: Call) -> list[str]:
    users = call.store.find("users", tenant=call.apikey)
    return [row["login"] for _, row in islice(users, _LOGINS) if row["login"]]
