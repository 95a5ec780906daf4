"""What an install takes on disk: the package, its documents and every distribution it needs."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from bench.model import OURS, Figure
from bench.processes import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.model import Bench

_TLS_ONLY = frozenset({"cryptography", "cffi", "pycparser"})
_SHIPPED = ("mockserver", "schemas", "scenarios")


def measure(_: Bench) -> Iterator[Figure]:
    """Yield the megabytes of the files, without those of the tls extra."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    names = [
        name for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE) if name not in _TLS_ONLY
    ]
    sizes: dict[str, int] = {}
    missing = []
    for name in names:
        try:
            sizes[name] = distribution_bytes(metadata.distribution(name))
        except metadata.PackageNotFoundError:
            missing.append(name)
    own = sum(_tree(ROOT / folder) for folder in _SHIPPED)
    largest = ", ".join(sorted(sizes, key=lambda name: -sizes[name])[:3])
    note = f"compiled bytecode counted; largest: {largest}"
    if missing:
        note += f"; not installed here: {', '.join(missing)}"
    yield Figure(
        "size", "install with all dependencies", "MB", {OURS: (sum(sizes.values()) + own) / 1e6}, note
    )


def distribution_bytes(found: metadata.Distribution) -> int:
    """Return the bytes of the files a distribution lists that are there."""
    paths = (Path(str(found.locate_file(file))) for file in found.files or ())
    return sum(path.stat().st_size for path in paths if path.is_file())


def _tree(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
