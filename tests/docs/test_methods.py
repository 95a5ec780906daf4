"""docs/methods.md and the table of identities: every method, its command, its fields, as the documents have them."""

from __future__ import annotations

import json
import re

import pytest

from mockserver.paths import data_dir
from scripts.generated import filled
from scripts.method_docs.__main__ import IDENTITIES, PAGE, main, pages
from tests.docs.test_readme import transcripts

METHODS = [path.stem for path in sorted((data_dir("schemas") / "methods").glob("*.json"))]


def section(method: str) -> str:
    """Return what the page says of a method, up to the next heading."""
    found = re.search(rf"(?ms)^## {method}$(.*?)(?=^## )", PAGE.read_text(encoding="utf-8"))
    assert found is not None
    return found[1]


def test_the_tables_are_those_of_the_documents(capsys: pytest.CaptureFixture[str]) -> None:
    """GEN-02: made anew both pages are what they are."""
    assert main(["--check"]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("place", [PAGE, IDENTITIES])
def test_a_changed_table_is_noticed(place: object) -> None:
    """A table that somebody edited is not what is made anew."""
    (parts,) = (parts for page, parts in pages().items() if page == place)
    text = next(page for page in pages() if page == place).read_text(encoding="utf-8")
    changed = text.replace("| `saveDisposition` |", "| `saveDispositions` |").replace("| yes |", "| no |")
    assert changed != text
    assert filled(changed, parts) == text


@pytest.mark.parametrize("method", METHODS)
def test_each_method_is_there_whole(method: str) -> None:
    """A command with its answer, every field and every status of its documents, with what forces it."""
    text = section(method)
    assert f'{{"method":"{method}"' in text
    assert "--data-urlencode" in text
    document = json.loads((data_dir("schemas") / "methods" / f"{method}.json").read_bytes())
    for variant in document["editions"].values():
        shown = set(variant["request"]["properties"]) - {"customfilter"}
        assert {name for name in shown if f"| `{name}` |" not in text} == set()
        for level, rows in variant["statuses"].items():
            suffix = " of a record" if level == "record" else ""
            assert {code for code in rows if f"| {code}{suffix} |" not in text} == set()


def test_the_page_runs_a_command_of_each_method() -> None:
    """GEN-01: no method is shown without its transcript, and each answer printed is a success but where it says so."""
    said = [command for command, _ in transcripts(PAGE) if "handleCustomerWS" in command]
    assert {re.search(r'"method":"(\w+)"', command)[1] for command in said} == set(METHODS)  # type: ignore[index]


def test_every_method_has_an_identity_in_the_table() -> None:
    """The members that make a retry the same command stand in docs/scenarios.md, all of them."""
    text = IDENTITIES.read_text(encoding="utf-8")
    for method in METHODS:
        identity = json.loads((data_dir("schemas") / "methods" / f"{method}.json").read_bytes())["identity"]
        (row,) = re.findall(rf"(?m)^\| `{method}` \|.*$", text)
        named = re.findall(r"`(\w+)`", row)
        assert named == [method, *identity["command"], *identity.get("record", ())]


def test_a_place_that_nobody_fills_is_noticed() -> None:
    """Neither a part without a place nor a place without a part goes unseen."""
    page = "<!-- begin one: made -->\nold\n<!-- end -->\n"
    assert filled(page, {"one": lambda: "new\n"}) == "<!-- begin one: made -->\nnew\n<!-- end -->\n"
    for parts in ({}, {"one": str, "two": str}):
        with pytest.raises(LookupError):
            filled(page, parts)
