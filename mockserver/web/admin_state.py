"""Admin routes about what a sandbox holds: its journal and its state.

Long lists are taken from a copy that costs nothing (a fork) and written outside the sandbox's lock,
so that commands go on being answered meanwhile.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

from mockserver.errors import NotKept, Problem
from mockserver.journal import describe, summary
from mockserver.simulation.dialler import AUTO
from mockserver.simulation.handwritten import by_hand, complete
from mockserver.simulation.speech import begin_all
from mockserver.store.interface import TABLES, StoreError
from mockserver.web.admin_filters import number_of
from mockserver.web.admin_http import encode, encode_rows, not_there, unfit
from mockserver.web.state_filling import ID, adopted, filled
from mockserver.web.state_rules import state_problems

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.model import Exchange, Inbound
    from mockserver.sandbox import Sandbox
    from mockserver.store.interface import Store
    from mockserver.web.admin_filters import Filters
    from mockserver.web.admin_http import Ask


def requests(ask: Ask) -> bytes:
    """Return the exchanges that fit the filters, newest first, and how many there are."""
    limit = ask.filters.number("limit")

    def find() -> tuple[list[Exchange], bool]:
        found = _fitting(ask)
        return found, bool(found)

    found = ask.wait(find)
    listed = encode_rows(summary(exchange) for exchange in found[:limit])
    return b'{"total":%d,"requests":%b}' % (len(found), listed)


def _fitting(ask: Ask) -> list[Exchange]:
    wanted, text = _wanted(ask.filters), ask.filters.text("contains")
    journal = ask.sandbox.journal
    with ask.sandbox.lock:
        exchanges = list(journal.newest_first())
        whole = {} if text is None else {each.number: journal.whole(each) for each in exchanges}
    if text is not None:
        wanted.append(lambda exchange: _contains(whole[exchange.number] or exchange.inbound, text.encode()))
    return [exchange for exchange in exchanges if all(fits(exchange) for fits in wanted)]


def _contains(inbound: Inbound, text: bytes) -> bool:
    """Tell whether query or body hold a text, as they were sent or percent-decoded."""
    sent = inbound.query + b"\n" + inbound.body
    return text in sent or text in unquote_to_bytes(sent.replace(b"+", b" "))


_SAME: Final = ("method", "apikey", "servicekey", "edition", "rule")
"""Filters that are members of an exchange."""


def _wanted(filters: Filters) -> list[Callable[[Exchange], bool]]:
    wanted: list[Callable[[Exchange], bool]] = []
    for name in _SAME:
        text = filters.text(name)
        if text is not None:
            wanted.append(lambda exchange, name=name, text=text: getattr(exchange, name) == text)  # type: ignore[misc]
    status, http_status = filters.number("status"), filters.number("http_status")
    since = filters.since("r", "a request")
    if status is not None:
        wanted.append(lambda exchange: exchange.status == status)
    if http_status is not None:
        wanted.append(lambda exchange: exchange.reply.http_status == http_status)
    if since is not None:
        wanted.append(lambda exchange: since(exchange.number, exchange.at))
    return wanted


def request(ask: Ask) -> dict[str, Any]:
    """Return everything that is known of one exchange (SIM-20)."""
    number = number_of(ask.name, "r")
    with ask.sandbox.lock:
        exchange = None if number is None else ask.sandbox.journal.get(number)
    if exchange is None:
        raise not_there("request", ask.name)
    return describe(exchange)


def clear_requests(ask: Ask) -> None:
    """Forget all exchanges; ids go on."""
    with ask.sandbox.lock:
        ask.sandbox.journal.clear()


def state(ask: Ask) -> bytes:
    """Return the whole state (SIM-21)."""
    dump = _fork(ask).dump()
    tables = [encode(name) + b":" + encode_rows(rows) for name, rows in dump["tables"].items()]
    return b'{"tables":{%b},"counters":%b}' % (b",".join(tables), encode(dump["counters"]))


def table(ask: Ask) -> bytes:
    """Return rows of one table, oldest first; all of them unless limited."""
    names = [spec.name for spec in TABLES]
    if ask.name not in names:
        raise not_there("table", ask.name, names)
    offset = ask.filters.number("offset") or 0
    limit = ask.filters.number("limit")
    store = _fork(ask)
    rows = encode_rows({"#": row_id, **row} for row_id, row in store.rows(ask.name, offset, limit))
    parts = (encode(ask.name), store.count(ask.name), offset, rows)
    return b'{"table":%b,"total":%d,"offset":%d,"rows":%b}' % parts


def load_state(ask: Ask) -> dict[str, Any]:
    """Replace the whole state, or nothing of it; a reset still goes back to creation.

    The keys that were minted for the sandbox stay good: a state of another one's gets them.
    """
    sandbox = ask.sandbox
    problems = state_problems(ask.body["tables"], ask.service.catalogue)
    if problems:
        raise unfit(*problems)
    state = adopted(ask.body, sandbox.minted)
    store, tables = _fork(ask), filled(state["tables"])
    try:
        store.load({**state, "tables": tables})
    except StoreError as error:
        raise unfit(Problem("", "/tables", str(error), "rows as GET …/state gives them")) from None
    with sandbox.lock:
        entries = [row[ID] for row in tables.get("calls", ()) if by_hand(row)]
        complete(store, sandbox.floor.book, sandbox.clock.now(), entries)
        # A command that is held back meanwhile was sent to another state.
        sandbox.resets += 1
        sandbox.store.restore(store)
        sandbox.forget()
        sandbox.outbound.resume()
        _go_on(sandbox)
    return {"tables": {spec.name: store.count(spec.name) for spec in TABLES}}


def _go_on(sandbox: Sandbox) -> None:
    """Begin what can be begun with the state that is there now, if the dialler runs by itself."""
    if sandbox.floor.rules.dialler == AUTO:
        with suppress(NotKept), sandbox.act() as floor:
            begin_all(floor)
        sandbox.react()


def _fork(ask: Ask) -> Store:
    with ask.sandbox.lock:
        return ask.sandbox.store.fork()
