"""What a failing test's report gets: journal, near misses, and a file that plays it all again."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from mockserver.client.admin import AdminError
from mockserver.client.sandbox import JOURNAL_TOLD
from mockserver.client.server import NoServer
from mockserver.client.telling import near_miss

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from mockserver.client import Sandbox

_LONGEST_NAME: Final = 120
_DIGEST: Final = 8
_UNFIT: Final = re.compile(r"[^A-Za-z0-9._-]+")


def sections(item: pytest.Item, shown: str, sandbox: Sandbox) -> Iterator[tuple[str, str]]:
    """Yield title and text of what to add to the report of a failed test; ``shown`` is what it says already."""
    try:
        yield f"jodo journal of sandbox {sandbox.key}, the last {JOURNAL_TOLD}", "\n".join(sandbox.journal())
        missed = [text for text in map(near_miss, sandbox.misses) if text.splitlines()[0] not in shown]
        if missed:
            yield "jodo near misses", "\n".join(missed)
        yield "jodo reproduction", _reproduction(item, sandbox)
    except (AdminError, NoServer) as error:
        yield "jodo", f"the server tells no more of this test: {error}"


def _reproduction(item: pytest.Item, sandbox: Sandbox) -> str:
    try:
        document = sandbox.raw("/reproduction")
    except AdminError as error:
        if error.http_status == HTTPStatus.NOT_FOUND:
            return "none: this server makes no reproduction files"
        raise
    path = item.config.rootpath / item.config.getini("jodo_reproductions") / f"{file_name(item.nodeid)}.json"
    try:
        _write(path, document)
    except OSError as error:
        return f"none: cannot write {path}: {error.strerror or error}"
    shown = os.path.relpath(path, item.config.invocation_params.dir)
    return f"{shown}\nplay it again: jodo-mock replay {shlex.quote(shown)}"


def _write(path: Path, document: bytes) -> None:
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True)
        # As pytest's own cache does it: a folder of results is nobody's source.
        (path.parent / ".gitignore").write_text("*\n", encoding="utf-8")
    path.write_bytes(document)


def file_name(node_id: str) -> str:
    """Return a file name for a test: readable, fit for every system, another one for every test."""
    plain = node_id.replace("::", "-").replace("/", ".")
    if len(plain) <= _LONGEST_NAME and not _UNFIT.search(plain):
        return plain
    plain = _UNFIT.sub("_", plain)
    digest = hashlib.sha256(node_id.encode()).hexdigest()[:_DIGEST]
    return f"{plain[: _LONGEST_NAME - _DIGEST]}-{digest}"
