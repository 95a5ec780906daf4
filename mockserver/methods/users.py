"""Rules about the users of a tenant (USR-24, DEL-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.contract.fields import Record
    from mockserver.methods.call import Call


def login_known(call: Call, record: Record | None) -> bool:
    """The login is one of the tenant's users (IPDWEB-09, AM-37, RAD-19, DEL-15, STAT-12)."""
    return call.user((call.head if record is None else record).get("login")) is not None


def login_free(call: Call, _: Record | None) -> bool:
    """No user of the tenant has the login yet (USR-24)."""
    return call.user(call.head.get("login")) is None


def client_login_mapped(call: Call, _: Record | None) -> bool:
    """The user has a client login beside the login (DEL-16)."""
    found = call.user(call.head.get("login"))
    return found is not None and bool(found[1]["client_login"])


def image_stored(call: Call, _: Record | None) -> bool:
    """The image is one of the tenant's store (AM-41, SEED-14)."""
    return call.head.get("image") in (call.tenant["images"] or ())
