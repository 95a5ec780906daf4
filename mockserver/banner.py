"""What people see on stderr once the server answers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mockserver.settings import ENDPOINT, strangers

if TYPE_CHECKING:
    from mockserver.service import Service
    from mockserver.settings import Settings

_TRY = (
    '{"method":"ImportProcessData","servicekey":"MUMBAI_CRM_OBD","apikey":"test_org","media":"12",'
    '"updateparam":"mobilenumber","data":[{"sr_number":"1458","mobilenumber":"8850014998"}]}'
)


def _mapped(settings: Settings) -> str:
    return ", ".join(f"{edition} on {place}" for place, edition in settings.edition_map.items())


def banner(service: Service, url: str) -> str:
    """Return the banner of a started service: where it is, whom to log in as, what is loaded, what to try."""
    settings = service.settings
    loaded = ", ".join(f"{count} {name}" for name, count in service.loaded().items())
    rows = {
        "endpoint": url + ENDPOINT,
        "admin": f"{url}/__admin" if settings.admin == "on" else "off",
        "health": f"{url}/readyz",
        "credentials": "apikey test_org, servicekey MUMBAI_CRM_OBD",
        "edition": f"{settings.edition} ({_mapped(settings)})" if settings.edition_map else settings.edition,
        "sample data": f"preset {settings.preset}, seed {settings.seed}",
        "loaded": loaded or "nothing",
    }
    if service.kept():
        rows["state"] = service.kept()
    if service.playing():
        rows["scenarios"] = ", ".join(service.playing())
    ignored = strangers(os.environ)
    if ignored:
        rows["ignored"] = ", ".join(ignored)
    if settings.quirks:
        rows["quirks"] = ", ".join(f"{name}={value}" for name, value in settings.quirks.items())
    if settings.admin == "on" and service.access.token is not None:
        rows["admin token"] = service.access.token if service.access.minted else "as given by --admin-token"
    width = max(map(len, rows))
    lines = ["", f"  Jodo sandbox at {url}", ""]
    lines += [f"  {name:<{width}}  {value}" for name, value in rows.items()]
    insecure = "-k " if url.startswith("https:") else ""
    lines += [
        "",
        f"  curl {insecure}-H 'Content-Type: text/html' --data-raw 'data={_TRY}' {url}{ENDPOINT}",
        "",
    ]
    return "\n".join(lines)
