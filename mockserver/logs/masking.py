"""What a log must not give away: keys are shown so that they can be told apart, secrets not at all."""

from __future__ import annotations

import re
import secrets
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_STARS: Final = "***"
_SHOWN: Final = 3
_LONG_ENOUGH: Final = 2 * _SHOWN + 1
_SALT_BYTES: Final = 16
_DIGEST_BYTES: Final = 3
_REMEMBERED: Final = 512

_NAMES: Final = (
    r"(?:password|passwd|secret|token|authorization|cookie|api[_-]?key|service[_-]?key)[\w-]{0,40}"
)
_QUOTED: Final = re.compile(
    rf"""({_NAMES}\\*["']?\s*[:=,]\s*b?)(\\*)(["'])(.*?)((?<!\\)\2\3|$)""", re.IGNORECASE | re.MULTILINE
)
_ENCODED: Final = re.compile(
    rf"({_NAMES}%22(?:%20|\+)*%3A(?:%20|\+)*%22)(.*?)(%22|[&\s]|$)", re.IGNORECASE | re.MULTILINE
)
_BARE: Final = re.compile(
    rf"""({_NAMES}["']?\s*(?:[:=]|%3A|%3D)\s*(?:(?:bearer|basic|digest)\s+)?)([^\s"'&,;}}%*\\]+)""",
    re.IGNORECASE,
)


class Mask:
    """Shows an API or service key as its first three characters, three stars and six digits of a hash.

    Equal keys look alike, so that lines about one can be joined. The hash is salted anew in every
    process: a list of likely keys cannot be tried against a log. Keys of fewer than seven characters
    show none of them.
    """

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(_SALT_BYTES)
        self._known: dict[str, str] = {}

    def __call__(self, key: str) -> str:
        """Return the masked key; an empty one stays empty."""
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[key] = self._made(key)
        return found

    def _made(self, key: str) -> str:
        if not key:
            return ""
        begin = key[:_SHOWN] if len(key) >= _LONG_ENOUGH else ""
        readable = begin if begin.isascii() and begin.isprintable() else ""
        digest = blake2b(key.encode("utf-8", "surrogatepass"), key=self._salt, digest_size=_DIGEST_BYTES)
        return f"{readable}{_STARS}{digest.hexdigest()}"


class Redaction:
    """Takes secrets out of texts that were not written for a log: messages of errors, warnings of libraries.

    Stars replace what follows the name of a password, key, token or credential header, in JSON, in a form, in
    a query or in a header, and the secrets that are known, wherever they stand.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = tuple(known)

    def hide(self, secret: str) -> None:
        """Take this text out from now on as well."""
        self._known = (*self._known, secret)

    def __call__(self, text: str) -> str:
        """Return the text without secrets."""
        for secret in self._known:
            text = text.replace(secret, _STARS)
        text = _ENCODED.sub(rf"\1{_STARS}\3", text)
        text = _QUOTED.sub(rf"\1\2\3{_STARS}\5", text)
        return _BARE.sub(rf"\1{_STARS}", text)
