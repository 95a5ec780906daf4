"""The settings table, the parsers of its values, and the config file."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver import values
from mockserver.errors import InvalidSetting
from mockserver.options import CONTEXT, setting_options, settings_of
from mockserver.paths import data_dir
from mockserver.settings import ROWS, Settings, build, read_config, strangers

if TYPE_CHECKING:
    from pathlib import Path

    from mockserver.settings import Row


def written(folder: Path, text: str) -> str:
    file = folder / "jodo.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_every_field_has_its_row() -> None:
    """A setting exists once: the fields of Settings and the rows are the same, names unlike."""
    assert [row.attribute for row in ROWS] == [field.name for field in dataclasses.fields(Settings)]
    assert len({row.name for row in ROWS}) == len({row.variable for row in ROWS}) == len(ROWS)
    assert all(row.help.endswith(".") and row.since for row in ROWS)


def test_the_defaults() -> None:
    """Out of the box: loopback 8080, edition 1.0.6, golden data, Indian time, 10 MiB (GEN-15, GEN-19, TRN-30)."""
    found = Settings()
    assert (found.host, found.port, found.edition, found.preset) == ("127.0.0.1", 8080, "1.0.6", "golden")
    assert (found.timezone, found.max_body, found.seed) == ("Asia/Kolkata", 10 * 1024 * 1024, 0)
    assert dict(found.edition_map) == {"9443": "web", "demo2.avhan.com": "web"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_defaults_pass_their_own_parser(row: Row) -> None:
    """A default written out as text is read back as itself."""
    if row.default == ():
        return
    pairs = [f"{name}={value}" for name, value in row.default.items()] if row.repeatable else []
    assert dict(map(row.parse, pairs)) == (row.default if row.repeatable else {})
    if not row.repeatable and row.default is not None:
        assert row.parse(str(row.default)) == row.default


def test_settings_do_not_change() -> None:
    """Neither a field nor a mapping of settings can be changed."""
    found: Any = build({"quirks": [("a", "b")]})
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.port = 1
    with pytest.raises(TypeError):
        found.quirks["a"] = "c"


def test_mappings_are_laid_over_their_defaults() -> None:
    """A given pair joins the default ones or replaces the one of its name (GEN-19)."""
    found = build({"edition_map": [("9443", "1.0.6"), ("jodo.test", "web")]})
    assert dict(found.edition_map) == {"9443": "1.0.6", "demo2.avhan.com": "web", "jodo.test": "web"}


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (values.size, "512", 512),
        (values.size, "4K", 4096),
        (values.size, "2mb", 2 * 1024 * 1024),
        (values.moment, "2026-10-02 05:07:09", datetime(2026, 10, 2, 5, 7, 9)),  # noqa: DTZ001 - wall clock
        (values.moment, "2026-10-02T05:07:09", datetime(2026, 10, 2, 5, 7, 9)),  # noqa: DTZ001
        (values.pair, "name = a=b", ("name", "a=b")),
        (values.edition_of(("1.0.6", "web")), "Demo.TEST=WEB", ("demo.test", "web")),
        (values.certificate, "a.pem, b.pem", "a.pem,b.pem"),
        (values.certificate, "Self-Signed", "self-signed"),
        (values.zone, "Asia/Kolkata", "Asia/Kolkata"),
        (values.hosts, "Mock.Test, [::1],10.0.0.7", "mock.test,::1,10.0.0.7"),
        (values.token, " s3cret-token ", "s3cret-token"),
        (values.integer(0, 9), " 9 ", 9),
        (values.integer(), "-7", -7),
    ],
)
def test_what_is_taken(parse: Any, text: str, value: Any) -> None:
    """Each kind of value reads its documented spellings."""
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "text", "says"),
    [
        (values.size, "0", "10m"),
        (values.size, "-1", "10m"),
        (values.size, "10g", "10m"),
        (values.moment, "2026-02-30 00:00:00", "YYYY-MM-DD hh:mm:ss"),
        (values.moment, "2026-02-03 00:00:00+05:30", "--timezone"),
        (values.moment, "yesterday", "yesterday"),
        (values.pair, "name", "NAME=VALUE"),
        (values.pair, "=x", "NAME=VALUE"),
        (values.edition_of(("1.0.6", "web")), "9443", "HOST_OR_PORT=EDITION"),
        (values.edition_of(("1.0.6", "web")), "9443=wbe", "did you mean web?"),
        (values.certificate, "only.pem", "CERT,KEY"),
        (values.zone, "Asia/Kolkatta", "did you mean Asia/Kolkata?"),
        (values.zone, "../../etc/passwd", "time zone"),
        (values.integer(0, 9), "10", "from 0 to 9"),
        (values.integer(1), "0", "at least 1"),
        (values.integer(), "1.5", "whole number"),
        (values.integer(), "१२", "whole number"),
        (values.one_of("golden", "demo"), "goldn", "did you mean golden?"),
        (values.clock, "scaled", "got 'scaled'$"),
        (values.clock, "scaled:0", "got 'scaled:0'$"),
        (values.clock, "scale:60", "did you mean scaled?"),
        (values.text, "  ", "blank"),
        (values.hosts, "mock.test:8080", "without ports"),
        (values.hosts, "a,,b", "separated by commas"),
        (values.token, "short", "8 or more"),
        (values.token, "eight or more", "without blanks"),
    ],
)
def test_what_is_refused(parse: Any, text: str, says: str) -> None:
    """What does not fit is refused in words that say what would."""
    with pytest.raises(ValueError, match=says.replace("?", r"\?").replace("+", r"\+")):
        parse(text)


@settings(deadline=None)
@given(text=st.text(max_size=40), row=st.sampled_from(ROWS))
def test_no_text_breaks_a_parser(text: str, row: Row) -> None:
    """Any text either becomes a value or is a ValueError in one line."""
    try:
        row.parse(text)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either outcome is right


@given(number=st.integers(1, 10**9), suffix=st.sampled_from(["", "k", "K", "m", "M"]))
def test_sizes_are_multiples(number: int, suffix: str) -> None:
    """A size is its number times its suffix."""
    assert values.size(f"{number}{suffix}") == number * {"": 1, "k": 1024, "m": 1024**2}[suffix.lower()]


def test_a_config_file_is_read(tmp_path: Path) -> None:
    """Keys are option names with dashes or underscores, values TOML types or texts."""
    file = written(
        tmp_path,
        'port = 0\nmax_body = "2k"\nadmin = false\nat = 2026-10-02 05:07:09\nedition-map = ["x=web"]\n[quirk]\na = "b"\n',
    )
    assert read_config(file) == {
        "port": 0,
        "max_body": 2048,
        "admin": "off",
        "at": datetime(2026, 10, 2, 5, 7, 9),  # noqa: DTZ001 - wall clock
        "edition_map": [("x", "web")],
        "quirks": [("a", "b")],
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("prot = 1", "unknown setting prot; did you mean port"),
        ("zzzzzz = 1", "unknown setting zzzzzz; known are admin"),
        ("config = 'x'", "unknown setting config"),
        ("port = 'x'", "port: expected a whole number, got the text 'x'"),
        ("port = true", "port: expected a whole number, got the truth value"),
        ("port = 70000", "port: expected a whole number from 0 to 65535"),
        ("host = 1", "host: expected a text, got the number"),
        ("quirk = 'a=b'", "quirk: expected a table or a list"),
        ("quirk = [1]", "quirk: expected a table or a list"),
        ("[quirk]\na = 1", "quirk: expected a table or a list"),
        ("[edition-map]\nx = 'wbe'", "edition-map: expected 1.0.6 or web"),
        ("port = ", "is not TOML"),
    ],
)
def test_a_config_file_with_a_mistake(tmp_path: Path, text: str, says: str) -> None:
    """A wrong key, type or syntax is one sentence with the file's name in it."""
    file = written(tmp_path, text)
    with pytest.raises(InvalidSetting) as caught:
        read_config(file)
    assert says in str(caught.value)
    assert file in str(caught.value)


def test_a_config_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file, a folder and bytes that are no UTF-8 are one sentence each."""
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b"host = '\xff'")
    for path in (tmp_path / "none.toml", tmp_path, latin):
        with pytest.raises(InvalidSetting, match=path.name):
            read_config(str(path))


def test_data_files_of_a_wheel_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """_data of an installed package wins over the checkout's folder; with neither the error names both."""
    package = tmp_path / "mockserver"
    package.mkdir()
    monkeypatch.setattr("mockserver.paths.__file__", str(package / "paths.py"))
    with pytest.raises(InvalidSetting, match="schemas folder is missing"):
        data_dir("schemas")
    (tmp_path / "schemas").mkdir()
    assert data_dir("schemas") == tmp_path.resolve() / "schemas"
    (package / "_data" / "schemas").mkdir(parents=True)
    assert data_dir("schemas") == package.resolve() / "_data" / "schemas"


def test_variables_that_are_no_settings_are_named_with_the_nearest() -> None:
    """A misspelt variable would otherwise be ignored without a word; those of others are not ours to judge."""
    found = strangers(["JODO_MOCK_PROT", "JODO_MOCK_PORT", "JODO_MOCK_URL", "PATH", "JODO_MOCK_XYZZY"])
    assert found == ["JODO_MOCK_PROT (did you mean JODO_MOCK_PORT?)", "JODO_MOCK_XYZZY"]


SAMPLES = (
    "elsewhere.test", "7", "2026-01-02 03:04:05", "Europe/Berlin", "a=b", "x.test=web", "http://x.test/y/", "self-signed",
    "long-enough-token", "frozen",
)  # fmt: skip
"""Texts of which every setting that is no choice takes one that is not its default."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_setting_can_be_given_by_the_environment(
    row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Service containers take no command: JODO_MOCK_<SETTING> alone sets each of them, and only it."""
    monkeypatch.chdir(tmp_path)
    if row.attribute == "config":
        text: str | None = written(tmp_path, "seed = 7\n")
    else:
        text = next(filter(partial(_is_news, row), (*row.choices, *SAMPLES)), None)
    assert text is not None, f"no sample is a value of {row.name}: SAMPLES needs one"
    found: list[Settings] = []

    @click.command(context_settings=CONTEXT)
    @setting_options()
    def command(**given: Any) -> None:
        found.append(settings_of(given))

    command.main([], standalone_mode=False)
    monkeypatch.setenv(row.variable, text)
    command.main([], standalone_mode=False)
    before, after = ({row.attribute: getattr(each, row.attribute) for row in ROWS} for each in found)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == ({"config", "seed"} if row.attribute == "config" else {row.attribute})


def _is_news(row: Row, text: str) -> bool:
    """Whether a text is a value of the setting other than its default."""
    try:
        return bool(row.parse(text) != row.default)
    except ValueError:
        return False
