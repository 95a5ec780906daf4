"""Documents of our own: where they lie, how they are read, and what is wrong with them.

A document is a JSON file that ships with the sandbox or that a user writes for it: a schema, a
reference, a preset. Whatever is wrong with one comes out as :class:`mockserver.errors.Problem`,
never as an exception of a library.
"""

from __future__ import annotations

import difflib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.values import is_moment
from mockserver.errors import InvalidDocument, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from mockserver.model import Json

_SHOWN = 80  # characters of a wrong value that a message repeats


def read_json(path: Path, file: str | None = None) -> Json:
    """Return what a JSON file holds.

    ``file`` is the name the problems give it (the path itself by default). A file that cannot be
    read, is not UTF-8, is not JSON or names a member twice raises InvalidDocument; a fault of
    syntax comes with line and column.
    """
    name = file or str(path)
    try:
        text = path.read_text(encoding="utf-8")
        return json.loads(text, object_pairs_hook=_members, parse_constant=_constant)
    except OSError as error:
        problem = Problem(
            name, "", "the file cannot be read", "a readable file", error.strerror or str(error)
        )
    except json.JSONDecodeError as error:
        problem = Problem(
            name, "", "the file is not JSON", "JSON", error.msg, line=error.lineno, column=error.colno
        )
    except UnicodeDecodeError as error:
        got = f"byte 0x{error.object[error.start]:02x} at offset {error.start}"
        problem = Problem(name, "", "the file is not UTF-8 text", "UTF-8", got)
    except (ValueError, RecursionError) as error:
        problem = Problem(name, "", "the file cannot be used", "JSON without surprises", str(error))
    raise InvalidDocument([problem])


def pointer(path: Sequence[str | int]) -> str:
    """Return the JSON pointer (RFC 6901) of a path of member names and element numbers."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def shown(value: Json) -> str:
    """Return a value as compact JSON for a message, cut to a readable length."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def known(names: Sequence[str], got: str) -> str:
    """Return the text "one of …" for a message, with the nearest name first when one is near."""
    near = nearest(names, got)
    return (f"{near}? One of " if near else "one of ") + ", ".join(names)


def nearest(names: Iterable[str], got: str, alike: float = 0.6) -> str:
    """Return the name that is most like a wrong one, whatever the case; empty when none is near.

    ``alike`` is how near it must be: 1 is the same, 0 anything.
    """
    folded = {name.casefold(): name for name in names}
    found = difflib.get_close_matches(got.casefold(), folded, n=1, cutoff=alike)
    return folded[found[0]] if found else ""


def check_against(schema: Mapping[str, Any], document: Json, file: str) -> list[Problem]:
    """Check a document against a JSON Schema (2020-12) and return every problem found.

    ``file`` is the name the problems give the document. The pointer of a problem leads to the
    offending value; a missing or unknown member is named by its own pointer, not by its parent's.
    Besides the standard formats ``"format": "moment"`` stands for :func:`is_moment`.
    """
    return Checker(schema).problems(document, file)


class Checker:
    """Checks many documents against one JSON Schema, as :func:`check_against` does one.

    ``"format": "regex"`` is for editors alone: whoever uses an expression knows in which dialect it is.
    With ``hints`` the nearest name stands in the problem's ``hint`` and no longer in ``expected``.
    """

    def __init__(self, schema: Mapping[str, Any], *, hints: bool = False) -> None:
        # Imported here because it costs tens of milliseconds that `--help` should not pay.
        import jsonschema_rs  # noqa: PLC0415

        self._schema = dict(schema)
        self._hints = hints
        self._validator = jsonschema_rs.Draft202012Validator(
            self._schema, formats={"moment": is_moment, "regex": lambda _: True}, validate_formats=True
        )

    def problems(self, document: Json, file: str) -> list[Problem]:
        """Return every problem of a document; ``file`` is the name they give it."""
        return [
            _hinted(problem, names) if self._hints else problem
            for error in self._validator.iter_errors(document)
            for problem, names in _problems(error, self._schema, file)
        ]


def _hinted(problem: Problem, names: Sequence[str]) -> Problem:
    """Return the problem with the nearest of the names beside what was expected."""
    if not names:
        return problem
    hint = nearest(names, problem.got.strip('"'))
    return replace(problem, expected="one of " + ", ".join(names), hint=hint)


def _problems(error: Any, schema: Mapping[str, Any], file: str) -> Iterator[tuple[Problem, Sequence[str]]]:
    """Yield what a broken keyword says, each with the names of which one was expected."""
    keyword: str = error.kind.name
    details: dict[str, Any] = error.kind.as_dict()
    path = list(error.instance_path)
    if keyword in ("oneOf", "anyOf") and (inner := _meant(error)) is not None:
        for each in inner:
            yield from _problems(each, schema, file)
    elif keyword == "required":
        missing = details["property"]
        place = pointer([*path, missing])
        yield Problem(file, place, "a member is missing", f"a member {missing}", "none"), ()
    elif keyword == "additionalProperties":
        names = sorted(_subschema(schema, error.schema_path).get("properties", {}))
        for name in details["unexpected"]:
            place = pointer([*path, name])
            yield Problem(file, place, UNKNOWN_MEMBER, known(names, name), name), names
    elif keyword in ("minProperties", "maxProperties") and (names := _one_of(schema, error.schema_path)):
        expected, got = " or ".join(names), shown(error.instance)
        yield Problem(file, pointer(path), f"give {expected}", f"one of the two, {expected}", got), ()
    else:
        options = details["options"] if keyword == "enum" else ()
        yield (
            Problem(
                file, pointer(path), _MESSAGES.get(keyword, "this value does not fit"),
                _expected(keyword, details, error.message), shown(error.instance),
            ),
            [option for option in options if isinstance(option, str)],
        )  # fmt: skip


def _one_of(schema: Mapping[str, Any], path: Sequence[str | int]) -> list[str]:
    """Return the two members of an object that has exactly one of them; nothing for any other object."""
    node = _subschema(schema, path)
    names = list(node.get("properties", {}))
    return names if len(names) == 2 and node.get("minProperties") == node.get("maxProperties") == 1 else []


def _meant(error: Any) -> Sequence[Any] | None:
    """Return what is wrong by that alternative which the value was probably meant for; None when no one is."""
    branches = [branch for branch in error.kind.as_dict().get("context", ()) if branch]
    depth = len(error.instance_path)
    likely = [
        branch
        for branch in branches
        if not any(
            each.kind.name in ("type", "enum", "const") and len(each.instance_path) == depth
            for each in branch
        )
    ]
    return likely[0] if len(likely) == 1 else None


def _alternatives(branches: Iterable[Sequence[Any]]) -> str:
    """Return what the alternatives ask of a value that fits none of them."""
    texts = [
        _expected(each.kind.name, each.kind.as_dict(), each.message)
        for branch in branches
        for each in branch[:1]
    ]
    return " or ".join(dict.fromkeys(texts))


def _subschema(schema: Mapping[str, Any], path: Sequence[str | int]) -> Mapping[str, Any]:
    """Return the schema object that holds the keyword a schema path ends in."""
    node: Any = schema
    for part in path[:-1]:
        node = node[part]
    return node if isinstance(node, dict) else {}


UNKNOWN_MEMBER: Final = "this member is not known"
"""The message about a member that an object does not have: it is the name that is wrong, not the value."""

_MESSAGES: Mapping[str, str] = {
    "type": "this value is of the wrong type",
    "enum": "this value is not one of those known",
    "format": "this text has the wrong form",
    "pattern": "this text has the wrong form",
    "uniqueItems": "an element stands there twice",
}

_LIMITS: Mapping[str, str] = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} elements",
    "maxItems": "at most {} elements",
    "minProperties": "at least {} members",
    "maxProperties": "at most {} members",
}


def _expected(keyword: str, details: Mapping[str, Any], message: str) -> str:
    if keyword in _LIMITS:
        return _LIMITS[keyword].format(details["limit"])
    match keyword:
        case "type":
            return " or ".join(details["types"])
        case "enum":
            return "one of " + ", ".join(shown(option) for option in details["options"])
        case "pattern":
            return f"text that matches {details['pattern']}"
        case "format" if details["format"] == "moment":
            return "YYYY-MM-DD hh:mm:ss"
        case "format":
            return str(details["format"])
        case "uniqueItems":
            return "different elements"
        case "const":
            return shown(details["expected_value"])
        case "oneOf" | "anyOf" if details.get("context"):
            return _alternatives(details["context"])
        case _:
            return message


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the member {twice!r} stands twice in one object")
    return members


def _constant(text: str) -> float:
    raise ValueError(f"{text} is no JSON number")
