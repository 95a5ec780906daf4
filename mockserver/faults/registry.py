"""All kinds of faults, found by looking into :mod:`mockserver.faults.kinds`: one file each."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from mockserver.faults import kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.faults.base import Fault


@cache
def fault_kinds() -> Mapping[str, type[Fault]]:
    """Return every kind by its name, in order of names; each file's class is called ``FAULT`` there."""
    modules = sorted(module.name for module in pkgutil.iter_modules(kinds.__path__))
    found = [import_module(f"{kinds.__name__}.{name}").FAULT for name in modules]
    return MappingProxyType({kind.name: kind for kind in found})


@cache
def names() -> Mapping[str, str]:
    """Return the name of every kind by each word for it, other tools' words included (lower case)."""
    words = {word.casefold(): kind.name for kind in fault_kinds().values() for word in kind.aliases}
    return MappingProxyType(words | {name: name for name in fault_kinds()})
