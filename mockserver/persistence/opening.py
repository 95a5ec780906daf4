"""The sandboxes a server begins with: those of its state file, and the default one."""

from __future__ import annotations

import logging
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from mockserver.sandbox import DEFAULT, Plan

if TYPE_CHECKING:
    from mockserver.persistence.keeper import Keeper
    from mockserver.registry import SandboxRegistry
    from mockserver.sandbox import Sandbox, World
    from mockserver.scenarios.shelf import Shelf
    from mockserver.settings import Settings

_log = logging.getLogger(__name__)


def keeper_of(settings: Settings) -> Keeper | None:
    """Return who keeps the sandboxes, with the state file taken; None when nothing is kept.

    Raises InvalidSetting (in use, cannot be written) and InvalidDocument (not ours, newer, damaged).
    """
    if settings.state is None:
        return None
    from mockserver.persistence.keeper import Keeper  # noqa: PLC0415 - only servers with a state file pay for it

    return Keeper.open(settings.state)


def populate(
    registry: SandboxRegistry, keeper: Keeper | None, world: World, plan: Plan, shelf: Shelf
) -> None:
    """Bring back the sandboxes that were kept; make the default one of ``plan`` if it was not among them.

    What the plan asks for otherwise than the file has it is warned of: the file holds, and nothing is lost.
    When this raises, the file is free again.
    """
    if keeper is None:
        registry.create(plan, DEFAULT, mint=False)
        return
    try:
        kept, numbered = keeper.revive(world, shelf.defined)
        registry.revive(kept, numbered)
        for sandbox in kept:
            with sandbox.lock:
                sandbox.outbound.resume()
        default = next((sandbox for sandbox in kept if sandbox.key == DEFAULT), None)
        if default is None:
            registry.create(plan, DEFAULT, mint=False)
        else:
            _tell_differences(plan, default)
    except BaseException:
        keeper.close()
        raise


def _tell_differences(asked: Plan, kept: Sandbox) -> None:
    usual = Plan()
    for item in fields(Plan):
        if item.name == "scale" and asked.clock != "scaled":
            continue  # it goes with the clock, and nobody asked for it
        wanted, found = getattr(asked, item.name), getattr(kept.plan, item.name)
        if _plain(wanted) not in (_plain(found), _plain(getattr(usual, item.name))):
            _log.warning(
                "the state file was made with %s %s, which holds; %s was asked for",
                item.name, _plain(found), _plain(wanted),
            )  # fmt: skip


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(scenario.name for scenario in value) or "none"
    return "none" if value is None else str(value)
