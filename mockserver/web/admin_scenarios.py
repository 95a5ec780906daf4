"""Admin routes about scenarios: which there are, which play, how often their rules fired and why not oftener."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.contract.documents import nearest
from mockserver.errors import InvalidDocument, UnknownScenario
from mockserver.scenarios.loading import load_document
from mockserver.web.admin_http import AdminProblem, not_there, unfit

if TYPE_CHECKING:
    from mockserver.sandbox import Sandbox
    from mockserver.scenarios.model import Rule, Scenario
    from mockserver.scenarios.playing import Play, Tally
    from mockserver.web.admin_http import Ask


def scenarios(ask: Ask) -> dict[str, Any]:
    """Return every scenario by name, and those that play with what became of their rules."""
    sandbox, shelf = ask.sandbox, ask.service.shelf
    with sandbox.lock:
        names = sorted({*shelf.names(), *sandbox.scenarios})
        return {
            "scenarios": [_brief(ask, name) for name in names],
            "active": [_played(play) for play in sandbox.stage.active],
        }


def scenario(ask: Ask) -> dict[str, Any]:
    """Return one scenario with its document, and how it plays."""
    with ask.sandbox.lock:
        return _whole(ask.sandbox, _known(ask))


def define(ask: Ask) -> dict[str, Any]:
    """Keep a scenario in the sandbox alone; one that plays begins anew. A bad one changes nothing."""
    sandbox, service = ask.sandbox, ask.service
    try:
        made, notes = load_document(ask.body, service.catalogue, name=ask.name, wire=service.wire)
        with sandbox.lock:
            if sandbox.stage.get(made.name) is not None:
                sandbox.activate(made)
            sandbox.scenarios[made.name] = made
            return {**_whole(sandbox, made), "notes": [str(note) for note in notes]}
    except InvalidDocument as error:
        raise unfit(*error.problems) from None


def forget(ask: Ask) -> None:
    """Forget a scenario of the sandbox, and end it; those of the server stay and are only ended."""
    sandbox = ask.sandbox
    with sandbox.lock:
        _known(ask)
        sandbox.scenarios.pop(ask.name, None)
        sandbox.deactivate(ask.name)


def activate(ask: Ask) -> dict[str, Any]:
    """Make the scenario's setup true and let it play; one that plays already begins anew."""
    sandbox = ask.sandbox
    with sandbox.lock:
        found = _known(ask)
        try:
            sandbox.activate(found)
            sandbox.want(found)
        except InvalidDocument as error:
            raise unfit(*error.problems) from None
        return _whole(sandbox, found)


def deactivate(ask: Ask) -> dict[str, Any]:
    """End the scenario; what its setup changed in the state stays."""
    with ask.sandbox.lock:
        found = _known(ask)
        ask.sandbox.deactivate(ask.name)
        return _whole(ask.sandbox, found)


def named(ask: Ask, names: list[str]) -> tuple[Scenario, ...]:
    """Return the scenarios a body names; 422 for one that is not there or not good."""
    try:
        return tuple(ask.service.shelf.get(name) for name in names)
    except UnknownScenario as error:
        raise AdminProblem(422, "the body cannot be used", f"/scenarios: {error}") from None
    except InvalidDocument as error:
        raise unfit(*error.problems) from None


def _known(ask: Ask) -> Scenario:
    try:
        return ask.sandbox.scenario(ask.name)
    except UnknownScenario:
        names = (*ask.service.shelf.names(), *ask.sandbox.scenarios)
        near = nearest(names, ask.name)
        if not near:
            raise not_there("scenario", ask.name, names) from None
        detail = f"there is no scenario {ask.name[:80]!r}; did you mean {near}?"
        raise AdminProblem(404, "unknown scenario", detail) from None
    except InvalidDocument as error:
        raise AdminProblem(409, "the scenario's file is bad", str(error), error.problems) from None


def _brief(ask: Ask, name: str) -> dict[str, Any]:
    """Return a scenario in a line, with what is wrong with its file, also where an earlier good one stands."""
    sandbox = ask.sandbox
    try:
        found = sandbox.scenario(name)
    except InvalidDocument:
        found = None
    own = name in sandbox.scenarios
    wrong = "" if own else "\n".join(map(str, ask.service.shelf.problems(name)))
    return {
        "name": name,
        "description": found.description if found else "",
        "of": "sandbox" if own else "server",
        "active": sandbox.stage.get(name) is not None,
        "problem": wrong or None,
    }


def _whole(sandbox: Sandbox, found: Scenario) -> dict[str, Any]:
    play = sandbox.stage.get(found.name)
    return {
        "name": found.name,
        "description": found.description,
        "of": "sandbox" if found.name in sandbox.scenarios else "server",
        "active": _played(play) if play is not None else None,
        "document": found.document,
    }


def _played(play: Play) -> dict[str, Any]:
    return {
        "name": play.scenario.name,
        "description": play.scenario.description,
        "since": play.since.isoformat(" ", "seconds"),
        "seed": play.seed,
        "state": play.state,
        "edition": play.edition,
        "quirks": dict(play.quirks),
        "rules": [_tallied(rule, play.tallies[rule.id]) for rule in play.scenario.rules],
    }


def _tallied(rule: Rule, tally: Tally) -> dict[str, Any]:
    """Return how often a rule was asked, fitted and fired, and the reasons for the rest with their counts."""
    return {
        "id": rule.id,
        "about": rule.about,
        "asked": tally.asked,
        "fitted": tally.fitted,
        "fired": tally.fired,
        "why_not": dict(tally.unmet),
    }
