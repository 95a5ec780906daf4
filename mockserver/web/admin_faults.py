"""Admin routes about failures on purpose: queued statuses, and the magic values that provoke some."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.documents import known, shown
from mockserver.contract.values import escaped
from mockserver.errors import InvalidDocument, Problem
from mockserver.faults.base import ReplyFault
from mockserver.faults.registry import fault_kinds, names, settings_of
from mockserver.gate import GATE, Keys
from mockserver.magic import forcible, magic_fields, magic_records, magic_servicekeys
from mockserver.model import NOTHING
from mockserver.scenarios.answering import Answering
from mockserver.web.admin_http import check_calendar, unfit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from mockserver.contract.methodspec import MethodSpec, StatusRow
    from mockserver.faults.forced import ForcedStatus
    from mockserver.magic import Magic
    from mockserver.model import Level
    from mockserver.regime import Regime
    from mockserver.sandbox import Sandbox
    from mockserver.web.admin_http import Ask

_NO_TEXT: Final = "fail"
_LEVELS: Final[tuple[Level, ...]] = ("request", "record")


def faults(ask: Ask) -> dict[str, Any]:
    """Return the queued statuses that are neither used up nor too old, oldest first."""
    sandbox = ask.sandbox
    with sandbox.lock:
        return {"faults": [_shown(wish) for wish in sandbox.forced.waiting(sandbox.clock.now())]}


def _shown(wish: ForcedStatus) -> dict[str, Any]:
    return {
        "id": wish.id,
        "status": wish.status,
        "fault": wish.fault[0] if wish.fault else None,
        "settings": dict(wish.fault[1]) if wish.fault else {},
        "method": wish.method,
        "level": wish.level,
        "times": wish.times,
        "until": wish.until.isoformat(" ", "seconds") if wish.until else None,
        "match": dict(wish.match),
    }


def add_fault(ask: Ask) -> dict[str, Any]:
    """Queue a status (SIM-26), if a method can fail with it (AM-14), or a fault for the next commands that fit."""
    body, sandbox = ask.body, ask.sandbox
    level: Level = "record" if body.get("level") == "record" else "request"
    method, fault = body.get("method"), _fault(ask)
    code = int(body["status"]) if "status" in body else None
    _check_method(ask, method)
    _check_match(ask, method)
    with sandbox.lock:
        if code is not None:
            _check_code(ask, code, method, level)
        wish = sandbox.forced.add(
            code,
            method=method,
            level=level,
            times=body.get("times", 1),
            until=_until(body.get("ttl"), sandbox.clock.now()),
            match=body.get("match"),
            fault=fault,
        )
        return _shown(wish)


_COMMON: Final = ("status", "fault", "method", "level", "times", "ttl", "match")


def _fault(ask: Ask) -> tuple[str, Mapping[str, Any]] | None:
    """Return name and settings of the fault a body asks for, checked; None when it asks for a status."""
    body = ask.body
    settings = {name: value for name, value in body.items() if name not in _COMMON}
    if "fault" in body and "status" in body:
        raise unfit(
            Problem("", "/fault", "a status is asked for as well", "one of the two", shown(body["fault"]))
        )
    if "fault" not in body:
        if "status" not in body:
            raise unfit(Problem("", "/status", "a member is missing", "a member status, or fault", "none"))
        if settings:
            name = next(iter(settings))
            raise unfit(Problem("", f"/{name}", "this member is not known", known(_COMMON, name), name))
        return None
    word = body["fault"]
    if word.casefold() not in names():
        raise unfit(
            Problem("", "/fault", "there is no such fault", known(sorted(names()), word), shown(word))
        )
    if not issubclass(fault_kinds()[names()[word.casefold()]], ReplyFault) and not ask.service.wire:
        problem = Problem("", "/fault", "this server has no access to its connections", "a reply fault", word)
        raise unfit(problem)
    try:
        return word, settings_of(word, settings)
    except InvalidDocument as error:
        raise unfit(*error.problems) from None


def _check_method(ask: Ask, method: str | None) -> None:
    methods = ask.service.catalogue.methods
    if method is not None and method not in methods:
        raise unfit(
            Problem("", "/method", "there is no such method", known(list(methods), method), shown(method))
        )


def _check_match(ask: Ask, method: str | None) -> None:
    """Refuse fields that no command of the method, nor any record of one, can bring: nothing would ever fit."""
    match, methods = ask.body.get("match", {}), ask.service.catalogue.methods
    pairs = [
        (name, edition)
        for name in (methods if method is None else [method])
        for edition in methods[name]["editions"]
    ]
    answering = Answering(ask.service.catalogue, pairs)
    names = [*answering.names("request"), *answering.names("record")] if match else []
    folded = {name.casefold() for name in names}
    errors = [
        Problem(
            "", f"/match/{escaped(name)}", "no command that it is about has this field",
            known(list(dict.fromkeys(names)), name), name,
        )
        for name in match
        if name.casefold() not in folded and not any(answering.has(name, level) for level in _LEVELS)
    ]  # fmt: skip
    if errors:
        raise unfit(*errors)


def _until(seconds: float | None, now: datetime) -> datetime | None:
    if seconds is None:
        return None
    try:
        until = now + timedelta(seconds=seconds)
    except OverflowError:
        got = shown(seconds)
        raise unfit(Problem("", "/ttl", "this time is too far away", "a time up to 8999", got)) from None
    check_calendar(until, "/ttl")
    return until


def _check_code(ask: Ask, status: int, method: str | None, level: Level) -> None:
    methods = ask.service.catalogue.methods
    regime = _regime(ask, ask.sandbox)
    specs = [regime.spec(name) for name in ([method] if method is not None else methods)]
    if any(spec.can_force(status, level) for spec in specs):
        return
    codes = sorted({row.code for spec in specs for row in forcible(spec, ask.service.catalogue, level)})
    what = f"{method or 'no method'} {'cannot fail' if method else 'can fail'} so"
    where = f"in edition {regime.quirks['edition']}, at level {level}"
    expected = f"one of {', '.join(map(str, codes))}" if codes else "level request: its records have no codes"
    raise unfit(Problem("", "/status", f"{what} {where}", expected, str(status)))


def clear_faults(ask: Ask) -> None:
    """Forget all queued statuses."""
    with ask.sandbox.lock:
        ask.sandbox.forced.clear()


def magic(ask: Ask) -> dict[str, Any]:
    """Return the values that provoke a failure, and which: made from the documents that carry them out."""
    sandbox, catalogue = ask.sandbox, ask.service.catalogue
    with sandbox.lock:
        regime = _regime(ask, sandbox)
        specs = [regime.spec(name) for name in catalogue.methods]
        seeded = list(_seeded(ask, sandbox))
    forced = catalogue.common["forced"]
    takes_key = [spec for spec in specs if magic_servicekeys(spec, catalogue) is not None]
    return {
        "edition": regime.quirks["edition"],
        "servicekeys": {
            "about": "a service key of this form, with any valid API key, refuses the command with the code",
            "pattern": forced["servicekey"],
            "ledger": forced["ledger"],
            "methods": {spec.name: _shown_values(magic_servicekeys(spec, catalogue)) for spec in takes_key},
        },
        "fields": {
            "about": "a command with such a value in the field is refused with the code",
            "methods": {spec.name: _shown_fields(magic_fields(spec, catalogue)) for spec in specs},
        },
        "records": {
            "about": "a record with such a value in the field fails with the code; the other records do not",
            "methods": {spec.name: _shown_fields(magic_records(spec, catalogue)) for spec in specs},
        },
        "refused": {
            "about": "a command with this value in the field is refused with the code",
            "methods": {spec.name: _refused_values(spec) for spec in specs},
        },
        "seeded": {
            "about": "keys of the sample data that every command of the method is refused for",
            "keys": seeded,
        },
        "telephony": _telephony(catalogue.floor),
    }


def _telephony(floor: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers that decide how a call to them goes (AM-54)."""
    magic = floor["magic"]
    return {
        "about": "a call that is dialled to such a number goes as it says; a trunk prefix before it changes nothing",
        "ledger": magic["ledger"],
        "numbers": [
            {"number": magic["prefix"] + each["number"], "outcome": name, "about": each["about"]}
            for name, each in floor["outcomes"].items()
            if "number" in each
        ],
    }


def _regime(ask: Ask, sandbox: Sandbox, process: Mapping[str, Any] | None = None) -> Regime:
    """Return the settings a request without headers meets; hold the sandbox's lock."""
    return sandbox.regime(None if process is None else dict(process), {}, ask.service.settings.edition)


def _shown_values(magic: Magic | None) -> list[dict[str, Any]]:
    """Return what each magic value of a field answers."""
    values = magic.values.items() if magic is not None else ()
    return [{"value": value, **_shown_row(row)} for value, row in values]


def _shown_fields(found: Iterable[Magic]) -> list[dict[str, Any]]:
    return [
        {"field": each.field, "pattern": each.pattern, "ledger": each.ledger, "values": _shown_values(each)}
        for each in found
    ]


def _shown_row(row: StatusRow) -> dict[str, Any]:
    return {"status": row.code, "text": row.text or _NO_TEXT, "rule": row.ledger}


def _refused_values(spec: MethodSpec) -> list[dict[str, Any]]:
    """Return the values that a field's document refuses by name, with what refuses them."""
    return [
        {"field": name, "value": value, **_shown_row(spec.status(node["x-status"]["x-refuses"]))}
        for name, node in spec.head.properties.items()
        for value in node.get("x-refuses", ())
    ]


def _seeded(ask: Ask, sandbox: Sandbox) -> Iterator[dict[str, Any]]:
    """Yield each process's keys that the gate refuses, with what it answers to each method."""
    now = sandbox.clock.now()
    for _, process in sandbox.store.rows("processes"):
        keys = Keys(sandbox.tenant(process["tenant"]) or NOTHING, process, now)
        regime = _regime(ask, sandbox, process)
        answers = {}
        for method in ask.service.catalogue.methods:
            row = _refusal(keys, regime.spec(method))
            if row is not None:
                answers[method] = {"status": row.code, "text": row.text, "rule": row.ledger}
        if answers:
            yield {"apikey": process["tenant"], "servicekey": process["servicekey"], "methods": answers}


def _refusal(keys: Keys, spec: MethodSpec) -> StatusRow | None:
    failed = (step for step in spec.gate if not GATE[step["rule"]](keys))
    step = next(failed, None)
    return None if step is None else spec.status(step["status"])
