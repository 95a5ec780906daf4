"""Every setting, once: its name, type, default and help are a row on the field that holds it.

The command line, the environment (``JODO_MOCK_<NAME>``) and the config file are all made from
:data:`ROWS`; adding a setting is adding a field here. Precedence: command line, environment, config
file, default.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from mockserver import values
from mockserver.errors import InvalidSetting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

ENV_PREFIX = "JODO_MOCK"
"""Prefix of every setting's environment variable."""

ADMIN = "/__admin"
"""Path of the admin API."""

ENDPOINT = "/CustomerWebServices/handleCustomerWS"
"""Where the API stands on every host and port (TRN-01)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One setting as users meet it.

    ``attribute`` is the field of :class:`Settings`, ``name`` the option and the config key;
    ``parse`` turns text into the value (ValueError says what was expected); ``types`` are the TOML
    types taken besides text; ``default`` is the value that holds when nobody says anything.
    """

    attribute: str
    name: str
    parse: Callable[[str], Any]
    default: Any
    help: str
    choices: tuple[str, ...]
    repeatable: bool
    metavar: str
    types: tuple[type, ...]
    since: str

    @property
    def variable(self) -> str:
        """The environment variable of the setting."""
        return f"{ENV_PREFIX}_{self.name.upper().replace('-', '_')}"


def _row(
    default: Any,
    parse: Callable[[str], Any],
    text: str,
    *,
    name: str = "",
    choices: tuple[str, ...] = (),
    repeatable: bool = False,
    metavar: str = "TEXT",
    types: tuple[type, ...] = (str,),
    since: str = "0.1.0",
) -> Any:
    detail = {
        "name": name, "parse": parse, "help": text, "choices": choices, "repeatable": repeatable,
        "metavar": f"[{'|'.join(choices)}]" if choices else metavar, "types": types, "since": since,
    }  # fmt: skip
    if repeatable and default != ():
        return field(default_factory=lambda: MappingProxyType(dict(default)), metadata=detail)
    return field(default=default, metadata=detail)


def _choice(default: str, text: str, *choices: str) -> Any:
    # A config file may say true or false where the choices are on and off.
    types = (str, bool) if choices == ("on", "off") else (str,)
    return _row(default, values.one_of(*choices), text, choices=choices, types=types)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one server, checked. Build it with keywords in Python; all have defaults."""

    host: str = _row("127.0.0.1", values.text, "Address to listen on.", metavar="HOST")
    port: int = _row(
        8080, values.integer(0, 65535), "Port to listen on; 0 picks a free one.", metavar="PORT", types=(int,)
    )
    edition: str = _choice(
        "1.0.6", "Edition of the API unless a request or process says otherwise.", "1.0.6", "web"
    )
    quirks: Mapping[str, str] = _row(
        {}, values.pair, "Another reading of the documents (repeatable).",
        name="quirk", repeatable=True, metavar="NAME=VALUE",
    )  # fmt: skip
    seed: int = _row(
        0, values.integer(), "Number every random choice follows from.", metavar="N", types=(int,)
    )
    preset: str = _choice("golden", "Sample data to begin with.", "golden", "demo")
    customers: int | None = _row(
        None, values.integer(0), "Sample customers of the demo tenant; the preset decides unless given.",
        metavar="N", types=(int,),
    )  # fmt: skip
    clock: str = _row(
        "real", values.clock, "How the sandbox's time runs: with the machine's, not at all, or N times as fast.",
        metavar="[real|frozen|scaled:N]",
    )  # fmt: skip
    dialler: str = _choice("off", "Whether calls that are queued are dialled by themselves.", "off", "auto")
    at: datetime | None = _row(  # noqa: RUF009 - makes a field
        None, values.moment, "Time the sandbox's clock starts at, 'YYYY-MM-DD hh:mm:ss' in --timezone.",
        metavar="DATETIME", types=(str, values.MOMENT_TYPE),
    )  # fmt: skip
    timezone: str = _row("Asia/Kolkata", values.zone, "Time zone of the sandbox's clock.", metavar="ZONE")
    state: str | None = _row(
        None, values.state_file,
        "File that keeps every sandbox through restarts and kills; made if it is not there.", metavar="FILE",
    )  # fmt: skip
    admin: str = _choice("on", "Whether /__admin is served.", "on", "off")
    admin_token: str | None = _row(
        None,
        values.token,
        "Token /__admin asks for; off loopback one is made up unless given.",
        metavar="TOKEN",
    )
    admin_hosts: str = _row(
        "localhost,127.0.0.1,::1", values.hosts,
        "Names /__admin answers to in the Host header, beside --host; on any port.", metavar="NAME[,NAME]",
    )  # fmt: skip
    delivery_hosts: str | None = _row(
        None, values.hosts, "Hosts that speech engines, screen-pops and hooks may be on; unless given any on loopback, "
        "none off it.", metavar="NAME[,NAME]",
    )  # fmt: skip
    diagnostics: str = _choice("on", "Whether replies carry X-Mock headers.", "on", "off")
    max_body: int = _row(
        10 * values.MEBI, values.size, "Longest request body taken; suffixes k and m (beyond it: 413).",
        metavar="BYTES", types=(str, int),
    )  # fmt: skip
    edition_map: Mapping[str, str] = _row(
        {"9443": "web", "demo2.avhan.com": "web"}, values.edition_of(("1.0.6", "web")),
        "Edition of a Host or a port (repeatable, beside 9443=web and demo2.avhan.com=web).",
        repeatable=True, metavar="HOST_OR_PORT=EDITION",
    )  # fmt: skip
    recording_base: str | None = _row(
        None, values.recording_base,
        "Where recording links lead: a URL, or 'self' for the address the client reached the server at; "
        "the documented host unless given.", metavar="[self|URL]",
    )  # fmt: skip
    scenarios: tuple[str, ...] = _row(
        (), values.text, "Scenario that plays from the start, by name or file (repeatable); of a folder all are known.",
        name="scenario", repeatable=True, metavar="NAME|FILE",
    )  # fmt: skip
    watch: str = _choice("off", "Whether scenario files are read again when they change.", "on", "off")
    tls: str = _row(
        "off", values.certificate, "Serve https: 'self-signed', or the files CERT,KEY.",
        metavar="[off|self-signed|CERT,KEY]",
    )  # fmt: skip
    journal: int = _row(
        1000,
        values.integer(1),
        "Exchanges a sandbox remembers; the oldest go first.",
        metavar="N",
        types=(int,),
    )
    idle: float | None = _row(
        None, values.seconds, "Seconds after which a sandbox that nobody uses is dropped, unless it says otherwise; "
        "never unless given. The default sandbox stays.", metavar="SECONDS", types=(int, float),
    )  # fmt: skip
    log_level: str = _choice("info", "What is logged on stderr.", "debug", "info", "warning", "error")
    log_format: str = _choice(
        "text", "Form of what is logged: for people, or a JSON object a line.", "text", "json"
    )
    log_requests: str = _choice(
        "auto", "Whether each exchange is logged; auto: in JSON, at level info or debug.", "auto", "on", "off"
    )
    config: str | None = _row(None, values.text, "TOML file with settings under these names.", metavar="FILE")

    @property
    def logs_exchanges(self) -> bool:
        """Whether a line is logged for each exchange."""
        if self.log_requests != "auto":
            return self.log_requests == "on"
        return self.log_format == "json" and self.log_level in ("debug", "info")


def _rows() -> tuple[Row, ...]:
    found = []
    for item in fields(Settings):
        default = item.default_factory() if item.default_factory is not MISSING else item.default
        detail = dict(item.metadata)
        detail["name"] = detail["name"] or item.name.replace("_", "-")
        found.append(Row(attribute=item.name, default=default, **detail))
    return tuple(found)


ROWS: tuple[Row, ...] = _rows()
"""All settings in the order ``--help`` shows them."""


def strangers(environment: Iterable[str]) -> list[str]:
    """Return the environment variables that look like settings and are none, each with the nearest one."""
    known = [row.variable for row in ROWS]
    found = []
    for name in sorted(environment):
        if name.startswith(f"{ENV_PREFIX}_") and name not in (*known, f"{ENV_PREFIX}_URL"):
            near = get_close_matches(name, known, 1, 0.8)
            found.append(f"{name} (did you mean {near[0]}?)" if near else name)
    return found


def build(given: Mapping[str, Any]) -> Settings:
    """Make settings of parsed values by attribute; None stands for the default.

    Repeatable settings come as sequences: of pairs, laid over the default's pairs, or of texts.
    """
    chosen: dict[str, Any] = {}
    for row in ROWS:
        value = given.get(row.attribute)
        if value is None:
            continue
        if not row.repeatable:
            chosen[row.attribute] = value
        elif isinstance(row.default, tuple):
            chosen[row.attribute] = (*row.default, *value)
        else:
            chosen[row.attribute] = MappingProxyType({**row.default, **dict(value)})
    return Settings(**chosen)


def read_config(path: str) -> dict[str, Any]:
    """Read a TOML file of settings into parsed values by attribute.

    Keys are the option names, with dashes or underscores. Raises InvalidSetting in one sentence
    for a file that cannot be read, an unknown key (naming the nearest) and a value of a wrong type.
    """
    import tomllib  # noqa: PLC0415 - only servers with a config file pay for the parser

    try:
        with open(path, "rb") as file:  # noqa: PTH123 - the path is the user's own text, shown as given
            content = tomllib.load(file)
    except OSError as error:
        raise InvalidSetting(f"cannot read the config file {path}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidSetting(f"{path} is not TOML: {error}") from None
    known = {row.name: row for row in ROWS if row.attribute != "config"}
    return dict(_config_value(path, key, value, known) for key, value in content.items())


def _config_value(path: str, key: str, value: Any, known: Mapping[str, Row]) -> tuple[str, Any]:
    row = known.get(key.replace("_", "-"))
    if row is None:
        near = get_close_matches(key.replace("_", "-"), known, 1, 0.5)
        hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(sorted(known))}"
        raise InvalidSetting(f"{path}: unknown setting {key}{hint}")
    try:
        return row.attribute, _repeated(row, value) if row.repeatable else _single(row, value)
    except ValueError as error:
        raise InvalidSetting(f"{path}: {key}: {error}") from None


def _repeated(row: Row, value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = [f"{name}={text}" if isinstance(text, str) else text for name, text in value.items()]
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"expected a table or a list of {row.metavar} texts, got {values.shown(value)}")
    return [row.parse(item) for item in value]


def _single(row: Row, value: Any) -> Any:
    # bool is an int in Python, never in a config file
    if type(value) not in row.types:
        raise ValueError(f"expected {values.named(row.types)}, got {values.shown(value)}")
    if isinstance(value, bool):
        return row.parse("on" if value else "off")
    return row.parse(str(value))
