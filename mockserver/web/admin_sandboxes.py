"""Admin routes about sandboxes as a whole: making and dropping, reset, settings, health."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver import __version__
from mockserver.clock import mode_of, real_text, real_time
from mockserver.sandbox import DEFAULT, MINTED_FROM, Plan
from mockserver.settings import ENDPOINT
from mockserver.store.interface import TABLES
from mockserver.web.admin_clock import running, stands
from mockserver.web.admin_http import AdminProblem, checked_quirks, moment
from mockserver.web.admin_scenarios import named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.sandbox import Sandbox
    from mockserver.web.admin_http import Ask


def health(ask: Ask) -> dict[str, Any]:
    """Return that the server is well, since when, and how much is loaded."""
    started = ask.service.started
    loaded = ask.service.loaded()
    sandboxes = loaded.pop("sandboxes")
    return {
        "status": "ok",
        "version": __version__,
        "started": real_text(started),
        "uptime": round(max(0.0, real_time() - started), 3),
        "loaded": loaded,
        "sandboxes": sandboxes,
    }


def create(ask: Ask) -> dict[str, Any]:
    """Make a sandbox with a tenant of its own and return where it is and by which keys (AM-11)."""
    sandbox = ask.service.registry.create(_plan(ask), ask.body.get("key"))
    return _address(sandbox, ask.base)


def _plan(ask: Ask) -> Plan:
    """Return what a body asks for; the server's settings fill in what it leaves out."""
    body, settings = ask.body, ask.service.settings
    preset = body.get("preset", settings.preset)
    customers = settings.customers if preset == settings.preset else None
    clock = body.get("clock", {})
    mode, scale = running(clock, *mode_of(settings.clock), "/clock")
    return Plan(
        seed=body.get("seed", settings.seed),
        preset=preset,
        customers=body.get("customers", customers),
        edition=body.get("edition"),
        quirks=checked_quirks(ask.service.catalogue.quirks.check, body.get("quirks", {})),
        clock=mode,
        scale=scale,
        at=moment(clock, "now", "/clock") if "clock" in body else settings.at,
        scenarios=named(ask, body.get("scenarios", [])),
        dialler=body.get("dialler", settings.dialler),
        idle=body.get("idle", settings.idle),
    )


def _address(sandbox: Sandbox, base: str) -> dict[str, Any]:
    url = base if sandbox.key == DEFAULT else f"{base}/sandboxes/{sandbox.key}"
    keys = sandbox.minted or _golden(sandbox)
    return {
        "key": sandbox.key,
        "url": url,
        "endpoint": url + ENDPOINT,
        "apikey": keys["apikey"],
        "servicekeys": keys["servicekeys"],
    }


def _golden(sandbox: Sandbox) -> dict[str, Any]:
    """Return the keys to use where none were minted: the golden tenant's, as far as the state has them."""
    with sandbox.lock:
        there = sandbox.store.exists("tenants", apikey=MINTED_FROM)
        found = sandbox.store.find("processes", tenant=MINTED_FROM) if there else ()
        servicekeys = {row["name"]: row["servicekey"] for _, row in found if row["name"]}
    return {"apikey": MINTED_FROM if there else None, "servicekeys": servicekeys}


def list_all(ask: Ask) -> dict[str, Any]:
    """Return every sandbox in brief, oldest first."""
    return {"sandboxes": [_brief(sandbox, ask.base) for sandbox in ask.service.registry.all()]}


def _brief(sandbox: Sandbox, base: str) -> dict[str, Any]:
    address = _address(sandbox, base)
    del address["servicekeys"]
    with sandbox.lock:
        return {
            **address,
            "clock": stands(sandbox.clock),
            "requests": len(sandbox.journal),
            "idle": sandbox.plan.idle,
        }


def show(ask: Ask) -> dict[str, Any]:
    """Return a sandbox: where it is, what it was made of, how it stands."""
    return _describe(ask.service.registry.get(ask.name), ask.base)


def _describe(sandbox: Sandbox, base: str) -> dict[str, Any]:
    plan = sandbox.plan
    with sandbox.lock:
        return {
            **_address(sandbox, base),
            "seed": plan.seed,
            "preset": plan.preset,
            "customers": plan.customers,
            "edition": sandbox.edition,
            "quirks": dict(sandbox.quirks),
            "clock": stands(sandbox.clock),
            "dialler": sandbox.floor.rules.dialler,
            "requests": len(sandbox.journal),
            "idle": plan.idle,
            "snapshots": len(sandbox.snapshots.all()),
            "faults": len(sandbox.forced.waiting(sandbox.clock.now())),
            "tables": {spec.name: sandbox.store.count(spec.name) for spec in TABLES},
        }


def drop(ask: Ask) -> None:
    """Forget a sandbox with all it holds; the default one stays."""
    if ask.name == DEFAULT:
        raise AdminProblem(409, "not to be dropped", "the sandbox default stays; it can be reset")
    ask.service.registry.drop(ask.name)


def reset(ask: Ask) -> dict[str, Any]:
    """Bring a sandbox back to its creation exactly and return it (AM-16)."""
    ask.sandbox.reset()
    return _describe(ask.sandbox, ask.base)


def settings(ask: Ask) -> dict[str, Any]:
    """Return a sandbox's own edition and quirks, those in force, and all quirks there are."""
    sandbox, service = ask.sandbox, ask.service
    with sandbox.lock:
        own = {"edition": sandbox.edition, "quirks": dict(sandbox.quirks)}
        in_force = dict(sandbox.regime(None, {}, service.settings.edition).quirks)
    edition = in_force.pop("edition")
    return {
        **own,
        "in_force": {"edition": edition, "quirks": in_force},
        "known": [
            {
                "name": quirk.name,
                "values": list(quirk.values),
                "any_text": quirk.open,
                "ledger": quirk.ledger,
                "about": quirk.about,
            }
            for quirk in service.catalogue.quirks
        ],
    }


def change_settings(ask: Ask) -> dict[str, Any]:
    """Merge edition and quirks into a sandbox's own; null takes back (AM-12, AM-13)."""
    changes: Mapping[str, str | None] | None = ask.body.get("quirks", {})
    wanted = {name: value for name, value in (changes or {}).items() if value is not None}
    checked_quirks(ask.service.catalogue.quirks.check, wanted)
    _check_names(ask, changes or {})
    sandbox = ask.sandbox
    with sandbox.lock:
        merged = {} if changes is None else {**sandbox.quirks, **changes}
        quirks = {name: value for name, value in merged.items() if value is not None}
        sandbox.configure(ask.body.get("edition", sandbox.edition), quirks)
    return settings(ask)


def _check_names(ask: Ask, changes: Mapping[str, str | None]) -> None:
    """Refuse to take back a quirk that does not exist, as to set one: a misspelt name is no success."""
    defaults = ask.service.catalogue.quirks.defaults
    gone = {name: defaults.get(name, "") for name, value in changes.items() if value is None}
    checked_quirks(ask.service.catalogue.quirks.check, gone)
