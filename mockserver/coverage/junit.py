"""The report as JUnit XML: a test case for each row, failed where the row was not touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from mockserver.coverage.report import UNTOUCHED, described

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAME: Final = "jodo contract coverage"


def junit(document: Mapping[str, Any]) -> bytes:
    """Return the report as XML: a suite for each method and edition, a case for each row.

    An untouched row has failed when a command can touch it, and is skipped when only force can.
    """
    rows = document["rows"]
    root = Element("testsuites", {"name": _NAME, **_figures(rows)})
    for each in document["methods"]:
        mine = [row for row in rows if (row["method"], row["edition"]) == (each["method"], each["edition"])]
        name = f"{each['method']} {each['edition']}"
        suite = SubElement(root, "testsuite", {"name": name, **_figures(mine)})
        for row in mine:
            _case(suite, name, row)
    written: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + written


def _case(suite: Element, name: str, row: Mapping[str, Any]) -> None:
    ledger = ", ".join(row["ledger"])
    title = f"{described(row)} ({ledger})" if ledger else described(row)
    case = SubElement(suite, "testcase", {"classname": f"jodo.{name}", "name": title, "time": "0"})
    if row["state"] != UNTOUCHED:
        return
    if row["command"] is None:
        SubElement(case, "skipped", {"message": "not touched; no command brings it about, force can"})
        return
    failure = SubElement(case, "failure", {"message": "not touched", "type": "untouched"})
    headers = [f"{header}: {value}" for header, value in row["command"]["headers"].items()]
    first = [f"before: data={data}" for data in row["command"]["before"]]
    failure.text = _plain("\n".join((*headers, *first, f"data={row['command']['data']}")))


def _figures(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    untouched = [row for row in rows if row["state"] == UNTOUCHED]
    skipped = sum(row["command"] is None for row in untouched)
    return {
        "tests": str(len(rows)),
        "failures": str(len(untouched) - skipped),
        "errors": "0",
        "skipped": str(skipped),
        "time": "0",
    }


def _plain(text: str) -> str:
    """Return a text without the control characters that XML cannot hold."""
    return "".join(
        letter if letter >= " " or letter in "\n\t" else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
