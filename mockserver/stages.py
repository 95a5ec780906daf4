"""The stages of a command: from bytes to what a method does, each a check that may refuse it (TRN-39).

Each stage takes an exchange and returns it with something added, or raises what stops it.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.checking import FORCED, Reading, first_refusal, reason_beside
from mockserver.contract.fields import key_sent, value_sent
from mockserver.contract.transport import decode as decode_bytes
from mockserver.contract.transport import sniff_method
from mockserver.contract.values import escaped, excerpt, is_blank
from mockserver.errors import Malformed
from mockserver.gate import GATE, Keys
from mockserver.interference import Refused, act, queued, wish_for
from mockserver.key_hints import hint
from mockserver.magic import magic, magic_key
from mockserver.methods import HANDLERS
from mockserver.methods.call import Call
from mockserver.methods.explaining import WHY
from mockserver.methods.rules import RULES
from mockserver.model import NOTHING, Finding, Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.contract.catalogue import Catalogue
    from mockserver.contract.fields import Record
    from mockserver.model import Exchange
    from mockserver.sandbox import Sandbox

    Stage = Callable[[Exchange, Sandbox, Catalogue], Exchange]


def decode(exchange: Exchange, sandbox: Sandbox, catalogue: Catalogue) -> Exchange:
    """Bytes to command, by the transport rules; malformed input is refused (TRN-31)."""
    try:
        decoded = decode_bytes(exchange.inbound, exchange.regime.quirks)
    except Malformed as error:
        name = sniff_method(error.text)
        if name and exchange.regime.quirks["method_case"] == "ignore":
            name = catalogue.folded_methods.get(name.casefold(), name)
        known = name if name in catalogue.methods else None
        refused = exchange.evolve(
            method=name or "",
            finding=error.finding,
            spec=exchange.regime.spec(known) if known else None,
        )
        violation = _common_refusal(catalogue.common["malformed"], "malformed", error.finding.text)
        raise Refused(refused, violation) from error
    return exchange.evolve(command=decoded.command, notices=(*exchange.notices, *decoded.notices))


def identify(exchange: Exchange, sandbox: Sandbox, catalogue: Catalogue) -> Exchange:
    """Method name to method spec, in the edition that holds for the process (TRN-32, AM-12)."""
    quirks = exchange.regime.quirks
    names = catalogue.common["keys"]
    fold = quirks["case_insensitive_keys"] == "on"
    sent, apikey, servicekey = (
        value_sent(exchange.command, names[key], fold=fold) for key in ("method", "apikey", "servicekey")
    )
    method = sent if isinstance(sent, str) else ""
    if quirks["method_case"] == "ignore":
        method = catalogue.folded_methods.get(method.casefold(), method)
    known = method in catalogue.methods
    process = None
    takes = not known or "servicekey" in catalogue.methods[method]["keys"]
    if takes and isinstance(servicekey, str):
        process = sandbox.process(servicekey, fold_case=quirks["servicekey_case"] == "ignore")
    regime = sandbox.regime(process, *exchange.regime_source) if process else exchange.regime
    exchange = exchange.evolve(
        method=method,
        apikey=apikey if isinstance(apikey, str) else "",
        # A method without a service key ignores one, a magic one too (AUTH-10).
        servicekey=servicekey if takes and isinstance(servicekey, str) else "",
        process=process or NOTHING,
        regime=regime,
        spec=regime.spec(method) if known else None,
    )
    if not known:
        finding = _unknown_method(sent, catalogue)
        raise Refused(
            exchange.evolve(finding=finding),
            _common_refusal(catalogue.common["unknown_method"], "method", finding.text),
        )
    return exchange


def _unknown_method(sent: Any, catalogue: Catalogue) -> Finding:
    """Say whether the client or this version is to blame for a method that nobody answers (TRN-32)."""
    vendors: list[str] = catalogue.common["methods"]
    here = (
        "" if set(vendors) == set(catalogue.methods) else f" (answered here: {', '.join(catalogue.methods)})"
    )
    if not isinstance(sent, str) or is_blank(sent):
        text, mend = "the command names no method", "give one as text"
    elif sent in vendors:
        text, mend = f"{sent} is a method of the API that this version does not answer", "nothing to mend"
    else:
        near = get_close_matches(sent.casefold(), [name.casefold() for name in vendors], n=1)
        names = [name for name in vendors if name.casefold() in near]
        text = "the command names a method that the API does not have"
        mend = f"did you mean {names[0]}?" if names else f"its methods are {', '.join(vendors)}"
    return Finding("TRN-32", text, None, f"{mend}{here}")


def arrive(exchange: Exchange, sandbox: Sandbox, catalogue: Catalogue) -> Exchange:
    """What scenarios do to requests whatever they say."""
    if exchange.memo is None:
        return exchange
    return act(queued(exchange, sandbox, early=True), sandbox, "arrival")


def authenticate(exchange: Exchange, sandbox: Sandbox, catalogue: Catalogue) -> Exchange:
    """Keys to tenant and process, through the gate (AUTH-08)."""
    tenant = (sandbox.tenant(exchange.apikey) if exchange.apikey else None) or NOTHING
    forced = not exchange.process and magic_key(exchange, catalogue) is not None
    keys = Keys(tenant, exchange.process, exchange.now, forced)
    for step in exchange.spec.gate:
        if not GATE[step["rule"]](keys):
            exchange = exchange.evolve(tenant=tenant)
            meant = hint(step["rule"], exchange, sandbox, catalogue)
            raise Refused(exchange, _gate_violation(step, exchange, catalogue, meant))
    return exchange.evolve(tenant=tenant)


def _gate_violation(
    step: Mapping[str, Any], exchange: Exchange, catalogue: Catalogue, meant: str
) -> Violation:
    name: str = catalogue.common["keys"][step["field"]]
    fold = exchange.regime.quirks["case_insensitive_keys"] == "on"
    sent = key_sent(exchange.command, name, fold=fold)
    return Violation(
        pointer=f"/{escaped(sent)}",
        field=name,
        keyword=step["rule"],
        status=step["status"],
        level="request",
        ledger=step["ledger"],
        expected=f"{step['expected']} ({meant})" if meant else step["expected"],
        got=excerpt(exchange.command[sent]) if sent in exchange.command else "nothing",
        evidence=step["evidence"],
    )


def interfere(exchange: Exchange, sandbox: Sandbox, catalogue: Catalogue) -> Exchange:
    """Refuse what somebody asked to be refused: a scenario, a magic value or a queued status (SIM-27)."""
    if exchange.memo is not None:
        exchange = act(queued(exchange, sandbox, early=False), sandbox, "command")
    wanted = magic(exchange, catalogue)
    if wanted is None and len(sandbox.forced) and not exchange.story:
        wish = wish_for(exchange, sandbox)
        if wish is not None and wish.level == "record":
            return exchange.evolve(forced_record=wish)
        wanted = None if wish is None or wish.status is None else (wish.status, "SIM-26")
    if wanted is None:
        return exchange
    code, ledger = wanted
    violation = Violation("", "", FORCED, code, "request", ledger, "no forced status", str(code))
    raise Refused(exchange.evolve(forced=True), violation)


def validate(exchange: Exchange, sandbox: Sandbox, catalogue: Catalogue) -> Exchange:
    """The method's own checks in spec order: refuse the command, or mark records (GEN-06, AM-30)."""
    wish, inbound = exchange.forced_record, exchange.inbound
    reading = Reading(exchange.spec, exchange.command, wish and (wish.status, wish.wants_record))
    call = Call(
        reading,
        sandbox.store,
        exchange.tenant,
        exchange.process,
        exchange.regime.quirks,
        catalogue.references,
        exchange.now,
        exchange.at,
        sandbox.floor,
        lambda stored: sandbox.recording_url(stored, inbound.scheme, inbound.headers.get("host", "")),
    )

    def ask(rule: str, record: Record | None) -> bool:
        return RULES[rule](call, record)

    def explain(rule: str, record: Record | None) -> tuple[str, str]:
        return WHY[rule](call, record)

    refusal = first_refusal(reading, ask, explain)
    reason = reason_beside(reading, ask) if refusal is not None and "reason" in exchange.spec.rules else 0
    notices = (*exchange.notices, *reading.notices)
    failed = tuple(record.failure for record in reading.records if record.failure is not None)
    exchange = exchange.evolve(call=call, notices=notices, failed_records=failed, reason=reason)
    if refusal is not None:
        raise Refused(exchange.evolve(forced=refusal.keyword == FORCED), refusal)
    return exchange


def handle(exchange: Exchange, sandbox: Sandbox, catalogue: Catalogue) -> Exchange:
    """What the method does to the state."""
    return exchange.evolve(outcome=HANDLERS[exchange.method](exchange.call))


def _common_refusal(answer: Mapping[str, Any], keyword: str, text: str) -> Violation:
    return Violation("", "", keyword, answer["status"], "request", answer["ledger"], "a JSON command", text)


STAGES: Final[tuple[Stage, ...]] = (decode, identify, arrive, authenticate, interfere, validate, handle)
"""Every check and effect of a command, in order."""
