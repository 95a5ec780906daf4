"""The report: one table of figures beside their yardsticks, one of targets, and a header about the machine."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from importlib import metadata
from typing import TYPE_CHECKING, Any

from bench.figures import ratio, ratio_text, value_text
from bench.model import OURS
from bench.targets import judge
from mockserver import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.model import Bench, Figure

_LIBRARIES = ("uvicorn", "httptools", "uvloop", "orjson", "jsonschema-rs", "flask")


def machine(bench: Bench) -> dict[str, Any]:
    """Return what the figures depend on: date, cores, versions and the client used."""
    versions = {name: _version(name) for name in _LIBRARIES}
    wiremock = None if bench.jar is None else re.sub(r"^.*-standalone-|\.jar$", "", bench.jar.name)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "mode": "quick" if bench.quick else "full",
        "cores": os.cpu_count(),
        "bound": "server and client on a core each" if bench.cores else "not bound to cores",
        "client": "wrk" if bench.wrk else "the bundled Python client",
        "system": f"{platform.system()} {platform.machine()}",
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "versions": {
            "sandbox": __version__,
            "python": platform.python_version(),
            **versions,
            "WireMock": wiremock or "not there",
        },
    }


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not there"


def header_lines(about: dict[str, Any]) -> list[str]:
    """Return the header as text."""
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    load = "unknown" if about["load"] is None else f"{about['load']:.1f}"
    return [
        f"{about['date']}, {about['mode']} run, {about['system']}, {about['cores']} cores, {about['bound']}",
        f"client: {about['client']}; load average at the start {load}",
        f"versions: {versions}",
        "Only ratios within this run mean anything.",
    ]


def figure_rows(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    """Return the table of figures: one row for each yardstick, a lone row where there is none."""
    rows: list[tuple[str, ...]] = []
    for figure in figures:
        ours = figure.values.get(OURS)
        shown = f"{value_text(ours)} {figure.unit}" if ours is not None else "–"
        first = (figure.title, shown)
        others = [(name, value) for name, value in figure.values.items() if name != OURS]
        if not others:
            rows.append((*first, "", "", "", figure.note))
        for number, (name, value) in enumerate(others):
            beside = (name, f"{value_text(value)} {figure.unit}", ratio_text(ratio(ours, value)))
            rows.append((*first, *beside, figure.note) if number == 0 else ("", "", *beside, ""))
    return rows


def target_rows(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    """Return the table of targets with their verdicts."""
    return [
        (target.text, f"{target.sign} {target.shown(target.limit)}", target.shown(value), verdict)
        for target, value, verdict in judge(figures)
    ]


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a Markdown table with its columns in line."""
    cells = [heads, *rows]
    widths = [max(3, *(len(row[column]) for row in cells)) for column in range(len(heads))]

    def line(row: tuple[str, ...]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"

    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([line(heads), rule, *map(line, rows)])


def text(about: dict[str, Any], figures: Sequence[Figure]) -> str:
    """Return the whole report."""
    heads = ("figure", "sandbox", "beside", "its figure", "sandbox / it", "note")
    measured = table(heads, figure_rows(figures))
    targets = table(("target", "limit", "measured", "verdict"), target_rows(figures))
    return "\n".join([*header_lines(about), "", measured, "", targets])


def as_json(about: dict[str, Any], figures: Sequence[Figure]) -> dict[str, Any]:
    """Return the report as plain JSON."""
    return {
        "machine": about,
        "figures": [
            {"key": figure.key, "title": figure.title, "unit": figure.unit, "better": figure.better}
            | {"values": dict(figure.values), "note": figure.note}
            for figure in figures
        ],
        "targets": [
            {"text": target.text, "sign": target.sign, "limit": target.limit}
            | {"measured": value, "verdict": verdict}
            for target, value, verdict in judge(figures)
        ],
    }
