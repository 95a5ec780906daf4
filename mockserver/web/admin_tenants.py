"""Which tenant is meant where an admin request names none (AM-11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.sandbox import MINTED_FROM

if TYPE_CHECKING:
    from mockserver.sandbox import Sandbox
    from mockserver.store.interface import Store


def likely_tenants(sandbox: Sandbox) -> list[str]:
    """Return the API keys that may be meant, the likeliest first; hold the sandbox's lock.

    A client reaches a sandbox by its minted keys, or by its URL with the golden ones. Which of them it uses its
    latest command in the journal tells; until there is one, both are meant.
    """
    own = sandbox.own_apikey
    both = [own] if own == MINTED_FROM else [own, MINTED_FROM]
    used = (each.apikey for each in sandbox.journal.newest_first() if not each.story and each.apikey in both)
    latest = next(used, None)
    return both if latest is None else [latest]


def in_order(sandbox: Sandbox) -> list[str]:
    """Return the API keys of all tenants, the likeliest first, there or not; hold the sandbox's lock."""
    likely = likely_tenants(sandbox)
    return [*likely, *(each for each in apikeys(sandbox.store) if each not in likely)]


def apikeys(store: Store) -> list[str]:
    """Return the API keys of the tenants there are, oldest first."""
    return [row["apikey"] for _, row in store.rows("tenants")]
