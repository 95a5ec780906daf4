"""The report as one HTML page: no scripts, nothing loaded from elsewhere, light or dark as the reader has it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from mockserver.coverage.report import FORCED, UNTOUCHED, described
from mockserver.coverage.style import STYLE
from mockserver.coverage.text import counted, span, times

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_STATES: Final[Mapping[str, str]] = {
    "touched": "touched", FORCED: "by force only", UNTOUCHED: "not touched",
}  # fmt: skip
_FIGURES: Final = frozenset(
    {"Rows", "Touched", "By force only", "Fields", "Statuses", "Percent", "Times", "By force"}
)
_NUMBER: Final = ' class="n"'
_TITLE: Final = "Contract coverage"


def page(document: Mapping[str, Any]) -> str:
    """Return the report as a page; every text in it is escaped."""
    parts = (
        f"<h1>{_TITLE}</h1>",
        f"<p>{escape(_about(document))}</p>",
        *_summary(document),
        *_findings(document),
        *_methods(document),
        *_beyond(document),
    )
    head = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_TITLE} – {document['totals']['percent']:.1f} %</title>\n<style>{STYLE}</style>\n</head>\n"
    )
    return f"{head}<body>\n<main>\n" + "\n".join(parts) + "\n</main>\n</body>\n</html>\n"


def _about(document: Mapping[str, Any]) -> str:
    totals, natural = document["totals"], document["totals"]["natural"]
    whose = "all sandboxes of this server, also those that were reset or dropped"
    if document["scope"] == "sandbox":
        whose = f"sandbox {', '.join(document['sandboxes'])}"
    return (
        f"{counted(document['requests'], 'request')} to {whose} touched {totals['touched']} of {totals['rows']} rows"
        f" of the contract ({totals['percent']:.1f} %), {totals['forced_only']} of them by force only."
        f" Of the {natural['rows']} rows that a command can touch by itself, {natural['touched']} were"
        f" ({natural['percent']:.1f} %)."
    )


def _summary(document: Mapping[str, Any]) -> Iterator[str]:
    yield '<h2 id="methods">Methods</h2>'
    heads = ("Method", "Edition", "Rows", "Touched", "By force only", "Fields", "Statuses", "Percent")
    yield _opening("What was touched of each method", heads)
    for each in (*document["methods"], {"method": "All", "edition": "", **document["totals"]}):
        name = escape(each["method"])
        link = f'<a href="#{_anchor(each)}">{name}</a>' if each["edition"] else f"<b>{name}</b>"
        shares = [
            f"{each[f'{kind}_rows']['touched']}/{each[f'{kind}_rows']['rows']}"
            for kind in ("field", "status")
        ]
        figures = (each["rows"], each["touched"], each["forced_only"], *shares)
        cells = "".join(f'<td class="n">{figure}</td>' for figure in figures)
        yield (
            f'<tr><th scope="row">{link}</th><td>{escape(each["edition"])}</td>{cells}'
            f'<td class="n"><meter min="0" max="100" value="{each["percent"]}" aria-label="{name}"></meter>'
            f' <span class="p">{each["percent"]:.1f} %</span></td></tr>'
        )
    yield _CLOSING


def _findings(document: Mapping[str, Any]) -> Iterator[str]:
    yield '<h2 id="conduct">Conduct of the client</h2>'
    if not document["findings"]:
        yield "<p>Nothing was found.</p>"
        return
    yield _opening(
        "What the client should do otherwise", ("Rule", "Method", "Ledger", "What", "How often", "Requests")
    )
    for found in document["findings"]:
        texts = (found["method"] or "–", found["ledger"] or "–")
        what = f"{escape(found['reason'] or 'and others')}<br><small>{escape(found['advice'])}</small>"
        cells = "".join(f"<td>{escape(text)}</td>" for text in texts)
        yield (
            f'<tr><th scope="row">{escape(found["rule"])}</th>{cells}<td>{what}</td>'
            f'<td>{times(found["count"])}</td><td class="i">{escape(span(found))}</td></tr>'
        )
    yield _CLOSING


def _methods(document: Mapping[str, Any]) -> Iterator[str]:
    for each in document["methods"]:
        mine = [
            row
            for row in document["rows"]
            if (row["method"], row["edition"]) == (each["method"], each["edition"])
        ]
        title = f"{each['method']} {each['edition']}"
        yield f'<h2 id="{_anchor(each)}">{escape(title)} <small>{each["percent"]:.1f} %</small></h2>'
        yield from _rows(f"Rows of {title}", mine)


def _beyond(document: Mapping[str, Any]) -> Iterator[str]:
    if document["beyond"]:
        yield '<h2 id="beyond">Beyond the documents\' defaults</h2>'
        yield "<p>Rows that only a quirk or a process brings. They count in no percentage.</p>"
        yield from _rows("Rows that count in no percentage", document["beyond"])


def _rows(caption: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield _opening(caption, ("State", "Row", "Ledger", "Times", "By force", "Requests"))
    for row in rows:
        state = row["state"]
        requests = escape(span(row)) if row["first"] else _suggestion(row)
        yield (
            f'<tr class="{state}"><td class="s">{_STATES[state]}</td><th scope="row">{escape(described(row))}</th>'
            f'<td class="i">{escape(", ".join(row["ledger"]))}</td><td class="n">{row["natural"]}</td>'
            f'<td class="n">{row["forced"]}</td><td class="i">{requests}</td></tr>'
        )
    yield _CLOSING


def _suggestion(row: Mapping[str, Any]) -> str:
    """Return what would touch a row, folded away."""
    if row["command"] is None:
        return "only by force"
    command = row["command"]
    lines = [f"{name}: {value}" for name, value in command["headers"].items()]
    lines += [*(f"before: data={data}" for data in command["before"]), f"data={command['data']}"]
    return f"<details><summary>a command</summary><pre>{escape(chr(10).join(lines))}</pre></details>"


def _anchor(each: Mapping[str, Any]) -> str:
    return escape(f"{each['method']}-{each['edition']}", quote=True)


def _opening(caption: str, heads: Iterable[str]) -> str:
    cells = "".join(f'<th scope="col"{_NUMBER if head in _FIGURES else ""}>{head}</th>' for head in heads)
    label = escape(caption, quote=True)
    return (
        f'<div class="scroll" role="region" aria-label="{label}" tabindex="0"><table><caption>{label}</caption>'
        f"<thead><tr>{cells}</tr></thead><tbody>"
    )


_CLOSING: Final = "</tbody></table></div>"
