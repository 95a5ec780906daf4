"""Recording links that lead somewhere: the documented host of a stored link, swapped when it is answered.

Stored links keep the documented base (REC-09, MREC-11), whatever the server is set to; so the same
state gives links that work on every server it is loaded into. Pure functions.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

SELF: Final = "self"
"""Value of the setting ``recording_base`` that stands for the address the client reached the server at."""

RECORDINGS: Final = "/recordings"
"""Where a server has its recordings, its own and (behind ``/sandboxes/<key>``) those of each sandbox."""

_HOST: Final = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


def base_for(setting: str | None, sandbox: str | None, scheme: str, host: str) -> str | None:
    """Return the URL below which a client finds the recordings of a sandbox; it ends with a slash.

    ``setting`` is the setting ``recording_base``: None, ``self`` or a URL as
    :func:`mockserver.values.recording_base` returns it. ``sandbox`` is the key, None for the default
    one. ``scheme`` and ``host`` are those of the request: ``http`` or ``https``, and the Host header.
    ``/sandboxes/<key>`` goes before ``/recordings`` at the end of the URL's path, else to the path's
    beginning. None means that the documented base stays: nothing is set, or the Host is no host.
    """
    if setting == SELF:
        setting = f"{scheme}://{host}{RECORDINGS}/" if _HOST.fullmatch(host) else None
    if setting is None or sandbox is None:
        return setting
    parts = urlsplit(setting)
    path = parts.path.rstrip("/")
    at = len(path) - len(RECORDINGS) if path.endswith(RECORDINGS) else 0
    return parts._replace(path=f"{path[:at]}/sandboxes/{sandbox}{path[at:]}/").geturl()


def public_url(stored: str, documented: str, base: str | None) -> str:
    """Return a stored link with ``base`` in the place of the documented base; all else stays as it is.

    Both bases end with a slash, so that a second slash after them is kept (REC-09). A link that does
    not begin with the documented base is returned untouched, and so is any when ``base`` is None.
    """
    if base is None or not stored.startswith(documented):
        return stored
    return base + stored[len(documented) :]
