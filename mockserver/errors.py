"""Every error this package raises on purpose, in one table.

Nothing here knows HTTP: the faces (``endpoint``, ``web``, ``cli``) decide how an error is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.model import Finding


class MockServerError(Exception):
    """Base of all errors raised on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file of ours: where it is, what was expected and what was found."""

    file: str
    pointer: str
    message: str
    expected: str = ""
    got: str = ""
    line: int | None = None
    column: int | None = None
    hint: str = ""
    """What was probably meant."""

    def __str__(self) -> str:
        meant = f"did you mean {self.hint}?" if self.hint else ""
        expected, got = (
            f"{label} {text}" if text else ""
            for label, text in (("expected", self.expected), ("got", self.got))
        )
        detail = "".join(f"; {text}" for text in (expected, meant, got) if text)
        return f"{_place(self)}: {self.pointer or '/'}: {self.message}{detail}"


@dataclass(frozen=True, slots=True)
class Note:
    """Something odd in a file of ours that may well be meant: no error."""

    file: str
    pointer: str
    message: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return f"{_place(self)}: {self.pointer or '/'}: note: {self.message}"


def _place(found: Problem | Note) -> str:
    return found.file if found.line is None else f"{found.file}:{found.line}:{found.column or 1}"


class InvalidDocument(MockServerError):
    """A document of ours (schema, reference, preset) does not hold what its metaschema asks for."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnknownScenario(MockServerError):
    """There is no scenario of that name; the message names the nearest."""


class UnknownQuirk(MockServerError):
    """A quirk, or a value of one, that the catalogue does not list; names the nearest one.

    ``title`` says in a few words what is wrong, ``expected`` what would have been right.
    """

    def __init__(self, text: str, expected: str = "", title: str = "unknown quirk") -> None:
        super().__init__(text)
        self.expected = expected
        self.title = title


class UnknownSandbox(MockServerError):
    """A sandbox key in a path or header that no sandbox has."""


class UnknownMethod(MockServerError):
    """A method that no document of the catalogue describes; names those there are."""


class SandboxExists(MockServerError):
    """A sandbox of that key is there already."""


class InvalidSetting(MockServerError):
    """A server setting that cannot be used; the text says what was expected."""


class NotKept(MockServerError):
    """A change that could not be written to the state file, and so was not made; the text says why."""


class Malformed(MockServerError):
    """The bytes of a request do not hold a JSON command (TRN-31).

    ``finding`` names the byte and the mend; ``text`` is what could be read, for the sniffing of
    the method's name (TRN-33).
    """

    def __init__(self, finding: Finding, text: str = "") -> None:
        super().__init__(finding.text)
        self.finding = finding
        self.text = text


class RawQueryRefused(MockServerError):
    """A raw ``{``, ``}`` or ``"`` stands in the query string and quirk ``raw_query`` refuses it (AM-21)."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.text)
        self.finding = finding
