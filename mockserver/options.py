"""click options made from the rows of the settings table."""

from __future__ import annotations

import re
from math import isnan
from typing import TYPE_CHECKING, Any, Final

import click

from mockserver.errors import InvalidSetting
from mockserver.settings import ENV_PREFIX, ROWS, build, read_config

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mockserver.settings import Row, Settings

    _ParamType = click.ParamType[Any]
else:
    # generic only in newer releases of click
    _ParamType = click.ParamType

CONTEXT: Final = {
    "auto_envvar_prefix": ENV_PREFIX,
    "help_option_names": ["-h", "--help"],
    "max_content_width": 110,
}
"""Context settings of a command whose options are settings."""


class Percent(click.FloatRange):
    """A share in percent; what is no number is no share either."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return it, or fail as click does."""
        found: float = super().convert(value, param, ctx)
        if isnan(found):
            self.fail(f"{value!r} is no number from 0 to 100.", param, ctx)
        return found


class _Value(_ParamType):
    """The value of one row; what is parsed already (from a config file) passes."""

    name = "value"

    def __init__(self, row: Row) -> None:
        self._row = row

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return self._row.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)

    def split_envvar_value(self, rv: str) -> Sequence[str]:
        """Split a repeatable setting in the environment, at white space or commas."""
        return [part for part in re.split(r"[\s,]+", rv) if part]


def setting_options(*attributes: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator adding the options of these settings (all when none is named) to a command.

    The command receives them as keyword arguments by attribute; :func:`settings_of` makes settings of
    them. ``--config`` is always among them.
    """
    rows = [row for row in ROWS if not attributes or row.attribute in (*attributes, "config")]

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for row in reversed(rows):
            command = _option(row)(command)
        return command

    return decorate


def settings_of(given: dict[str, Any]) -> Settings:
    """Make settings of a command's keyword arguments."""
    return build(given)


def _option(row: Row) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    shown = row.default is not None and not row.repeatable
    # A switch that is off may be named without a value: --watch.
    off = row.default == "off" and "on" in row.choices
    switch: dict[str, Any] = {"is_flag": False, "flag_value": "on"} if off else {}
    return click.option(
        f"--{row.name}",
        row.attribute,
        type=_Value(row),
        default=row.default if shown else None,
        multiple=row.repeatable,
        envvar=row.variable,
        metavar=row.metavar,
        help=row.help,
        show_default=shown,
        show_envvar=True,
        is_eager=row.attribute == "config",
        callback=_load_config if row.attribute == "config" else None,
        **switch,
    )


def _load_config(ctx: click.Context, _: click.Parameter, path: str | None) -> str | None:
    if path is not None:
        try:
            read = read_config(path)
        except InvalidSetting as error:
            raise click.UsageError(str(error)) from None
        ctx.default_map = {**read, **(ctx.default_map or {})}
    return path
