"""Who a key belongs to: the tenants and processes of one store, remembered, since every command asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mockserver.store.interface import Row, Store

_REMEMBERED: Final = 512


class Owners:
    """Finds tenants and processes by their keys. Whoever changes their rows calls :meth:`forget`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tenants: dict[str, Row | None] = {}
        self._processes: dict[tuple[str, bool], Row | None] = {}

    def forget(self) -> None:
        """Drop what was remembered."""
        self._tenants.clear()
        self._processes.clear()

    def tenant(self, apikey: str) -> Row | None:
        """Return the tenant of an API key, byte for byte (TRN-21), or None. Do not change the row."""
        if apikey not in self._tenants:
            if len(self._tenants) >= _REMEMBERED:
                self._tenants.clear()
            found = self._store.first("tenants", apikey=apikey)
            self._tenants[apikey] = None if found is None else found[1]
        return self._tenants[apikey]

    def process(self, servicekey: str, *, fold_case: bool = False) -> Row | None:
        """Return the process of a service key or alias (AUTH-11), or None. Do not change the row."""
        key = (servicekey, fold_case)
        if key not in self._processes:
            if len(self._processes) >= _REMEMBERED:
                self._processes.clear()
            self._processes[key] = self._find(servicekey, fold_case=fold_case)
        return self._processes[key]

    def _find(self, servicekey: str, *, fold_case: bool) -> Row | None:
        for column in ("servicekey", "alias"):
            found = self._store.first("processes", **{column: servicekey})
            if found is not None:
                return found[1]
        if not fold_case:
            return None
        wanted = servicekey.casefold()
        for _, row in self._store.rows("processes"):
            if wanted in ((row["servicekey"] or "").casefold(), (row["alias"] or "").casefold()):
                return row
        return None
