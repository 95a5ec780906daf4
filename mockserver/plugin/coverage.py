"""Contract coverage at the end of a run: printed, saved, and required."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from mockserver.client.admin import Admin, AdminError
from mockserver.client.server import NoServer

if TYPE_CHECKING:
    import pytest
    import requests

    from mockserver.client.server import Server

_PATH: Final = "/coverage"
_REACHED: Final = "X-Mock-Coverage"
"""The header that tells the percentage."""

_FILES: Final = {"jodo_coverage_html": "html", "jodo_coverage_junit": "junit"}


def limit(config: pytest.Config) -> float | None:
    """Return the percentage that is required, or None."""
    found: float | None = config.getoption("jodo_fail_under")
    return found


def collect(config: pytest.Config, server: Server | None) -> tuple[list[str], bool]:
    """Save the files and return what to print, and whether the run reached what is required of it."""
    if server is None:
        return ["no test has used the sandbox"], limit(config) is None
    admin = Admin(server)
    try:
        lines = _told(admin, "text").text.splitlines() if config.getoption("jodo_coverage") else []
        lines += _saved(config, admin)
        short = _shortfall(config, admin)
        return lines + short, not short
    except (AdminError, NoServer) as error:
        return [f"the server tells no coverage: {error}"], limit(config) is None
    except OSError as error:
        return [f"cannot write the coverage: {error}"], False
    finally:
        admin.close()


def _told(admin: Admin, form: str) -> requests.Response:
    return admin.ask("GET", _PATH, query={"scope": "all", "format": form})


def _saved(config: pytest.Config, admin: Admin) -> list[str]:
    lines = []
    for option, form in _FILES.items():
        name = config.getoption(option)
        if name:
            path = Path(config.invocation_params.dir) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_told(admin, form).content)
            lines.append(f"{form.upper()}: {name}")
    return lines


def _shortfall(config: pytest.Config, admin: Admin) -> list[str]:
    """Return a line when less of the contract was touched than is required."""
    required = limit(config)
    if required is None:
        return []
    reached = _told(admin, "text").headers.get(_REACHED, "0")
    if float(reached) >= required:
        return []
    return [f"contract coverage is {reached} %, less than the {required:g} % that are required"]
