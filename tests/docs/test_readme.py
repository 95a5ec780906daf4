"""The documents are run: every command in their transcripts, against a fresh server, with the answers they print."""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.server_process import running

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PRINTED = "http://127.0.0.1:8080"
LOOSELY = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def transcripts(page: Path) -> Iterator[tuple[str, str]]:
    """Yield each command of a page's transcripts with the output printed below it."""
    text = page.read_text(encoding="utf-8")
    for block in re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


PAGES = [
    page
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "scenarios" / "README.md")
    if any(transcripts(page))
]


@pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in ("bash", "curl", "python3")),
    reason="needs bash, curl and python3",
)
@pytest.mark.parametrize("page", [pytest.param(page, id=page.name) for page in PAGES])
def test_every_transcript_is_what_happens(page: Path) -> None:
    """A page's commands, in order, against one fresh server (GV-01, IPD106-25, IPD106-35, IPD106-64 … IPD106-68)."""
    found = list(transcripts(page))
    checker = doctest.OutputChecker()
    with running() as server:
        for command, printed in found:
            here = command.replace(PRINTED, server.ready["url"])
            if here.startswith("jodo-mock "):
                here = f"{shlex.quote(sys.executable)} -m mockserver {here.removeprefix('jodo-mock ')}"
            done = subprocess.run(
                ["bash", "-c", here], capture_output=True, text=True, timeout=30, check=True, cwd=ROOT
            )
            got = done.stdout.replace(server.ready["url"], PRINTED)
            assert checker.check_output(printed, got + "\n", LOOSELY), (
                f"{command}\nprinted\n{printed}\ngot\n{got}"
            )


def test_transcripts_are_found() -> None:
    """The pages that have some are among those that are run."""
    assert {page.name for page in PAGES} >= {"README.md", "methods.md"}
    assert all(len(list(transcripts(page))) >= 6 for page in PAGES)


def test_every_file_the_documents_link_to_is_there() -> None:
    """A link to a file of the project that nobody finds is worse than none."""
    for document in [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *(ROOT / "docs").glob("*.md"),
        ROOT / "scenarios" / "README.md",
    ]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_the_readme_names_only_options_that_exist() -> None:
    """Every --option of the README is one of the commands'."""
    from mockserver.cli import commands

    options = [option for command in commands.commands.values() for option in command.params]
    known = {spelling for option in options for spelling in option.opts} | {"--help"}
    prose = re.sub(
        r"^```console\n.*?^```",
        "",
        (ROOT / "README.md").read_text(encoding="utf-8"),
        flags=re.MULTILINE | re.DOTALL,
    )
    prose = prose.replace("docker run --rm", "")
    assert set(re.findall(r"--[a-z][a-z-]+", prose)) <= known
