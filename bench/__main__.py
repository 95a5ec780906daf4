"""``python -m bench``: measure this machine and print one report."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
from pathlib import Path
from time import perf_counter

from bench import profiling, report, wiremock
from bench.measurements import MEASUREMENTS
from bench.model import Bench, Figure
from bench.processes import choose_cores


def _parser() -> argparse.ArgumentParser:
    listed = "\n".join(f"  {row.name:11} {row.about}" for row in MEASUREMENTS)
    parser = argparse.ArgumentParser(
        "bench",
        description="Measure the sandbox, each figure beside a yardstick of the same run.",
        epilog=f"measurements:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="everything in less than a minute, less exactly")
    parser.add_argument(
        "--only", action="append", metavar="NAME", choices=[row.name for row in MEASUREMENTS],
        help="one measurement; may be given again",
    )  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there as JSON too")
    parser.add_argument("--wiremock", action="store_true", help="install WireMock first, with npm")
    parser.add_argument("--profile", action="store_true", help="profile the push in process, nothing else")
    return parser


def main(words: list[str] | None = None) -> int:
    """Run what was asked for; return the exit code: 0, or 2 when a yardstick cannot be installed."""
    chosen = _parser().parse_args(words)
    if chosen.profile:
        print(profiling.profile())
        return 0
    if chosen.wiremock and wiremock.find_jar() is None:
        try:
            wiremock.install()
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 2
    bench = Bench(chosen.quick, shutil.which("wrk"), wiremock.find_jar(), choose_cores())
    about = report.machine(bench)
    started = perf_counter()
    figures = run(bench, chosen.only)
    print(report.text(about, figures))
    print(f"\nTook {perf_counter() - started:.0f} s.")
    if chosen.json is not None:
        chosen.json.write_text(json.dumps(report.as_json(about, figures), indent=2) + "\n", encoding="utf-8")
    return 0


def run(bench: Bench, only: list[str] | None = None) -> list[Figure]:
    """Run the measurements; one that breaks becomes a line that says how, and the others go on."""
    figures: list[Figure] = []
    for row in MEASUREMENTS:
        if only and row.name not in only:
            continue
        started = perf_counter()
        try:
            figures.extend(row.run(bench))
        except Exception as error:  # noqa: BLE001 - minutes of other figures must not be lost with it
            figures.append(Figure(row.name + ".broken", row.about, "", {}, f"broke off: {error}"))
        bench.say(f"{row.name} took {perf_counter() - started:.1f} s")
    return figures


if __name__ == "__main__":
    # So that the servers are ended too when somebody ends the run.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
