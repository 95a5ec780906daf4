"""``jodo-mock demo``: a storyline with made-up people, as somebody at a terminal sees it."""

from __future__ import annotations

import json
import re
import signal
import sys
import threading
import urllib.request
from functools import cache
from typing import Any

import pytest

from mockserver.demo.people import agents, customers
from mockserver.demo.telling import Teller
from mockserver.simulation.events import Event
from tests.server_process import spawn

LINE = re.compile(r"\d\d:\d\d:\d\d  (— .+|[a-zA-Z][a-zA-Z ]{11}.*)")


def played(*arguments: str) -> tuple[int, str, str]:
    """Run a demo to its end in a process of its own; return exit code, stdout and stderr."""
    process = spawn("demo", *arguments)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@cache
def quick(*arguments: str) -> str:
    """Return what a demo prints at full speed."""
    code, out, err = played("--speed", "max", *arguments)
    assert (code, err) == (0, "")
    return out


def test_the_same_seed_prints_the_same_to_the_byte() -> None:
    """Two processes, one output; another seed has other people and another course."""
    small = ("--agents", "3", "--customers", "6", "--minutes", "60")
    first = quick(*small)
    assert played("--speed", "max", *small)[1] == first
    assert quick(*small, "--seed", "7") != first


def test_a_demo_is_one_line_an_event_and_a_summary() -> None:
    """Every line before the summary is aligned; nothing of a terminal's control goes into a pipe."""
    out = quick()
    told, _, summary = out.partition("\n\n")
    lines = told.splitlines()
    assert len(lines) > 200
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert lines[-1].endswith("the demo ends")
    assert "\x1b" not in out
    assert "\r" not in out
    assert re.search(r"(?m)^calls +\d+, of which \d+ are done$", summary)
    assert re.search(r"(?m)^talk time +\d+:\d\d:\d\d$", summary)
    assert re.search(r"(?m)^  [A-Z].{23} +\d+ +\d+ %$", summary)


def test_people_do_what_people_do() -> None:
    """Agents log in and take breaks, dispositions book callbacks, customers ring back, numbers are masked."""
    out = quick()
    for word in ("logged in ", "on break ", "disposition ", "ringing ", "on hold ", "dialling ", "API "):
        assert f"  {word}" in out, word
    assert re.search(r"disposition .* reason 2\n", out)
    assert re.search(r"\d\d\*{6}\d\d", out)
    assert not re.search(r"\d{10}", out)
    assert re.search(r"dialling .* \d{10}\b", quick("--numbers", "plain", "--minutes", "5"))
    assert "failed " not in out
    assert "refused " not in out


@pytest.mark.parametrize("story", ["campaign-with-screen-pop", "tts-reminder", "agent-absent-reallocate"])
def test_every_storyline_can_be_shown(story: str) -> None:
    """Each that ships plays with few people, with everything it says."""
    out = quick(story, "--agents", "2", "--customers", "0")
    assert "— " in out
    assert "failed " not in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nosuch",), "there is no scenario 'nosuch'"),
        (("calm",), "calm tells no story; these do: agent-absent-reallocate, busy-morning"),
        (("--speed", "0"), "'0' is no speed"),
        (("--speed", "nan"), "'nan' is no speed"),
        (("--agents", "0"), "--agents"),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_sentence(arguments: tuple[str, ...], told: str) -> None:
    """Exit code 2 and no traceback."""
    code, out, err = played(*arguments)
    assert (code, out) == (2, "")
    assert told in err
    assert "Traceback" not in err


@pytest.mark.skipif(sys.platform == "win32", reason="a console signal ends a Windows process otherwise")
def test_the_api_answers_while_it_plays_and_ctrl_c_ends_it_well() -> None:
    """The URL is told on stderr; an interrupt ends the demo with its summary and exit code 0."""
    process = spawn("demo", "--speed", "600", "--agents", "3", "--customers", "8")
    assert process.stderr is not None
    assert process.stdout is not None
    first = process.stderr.readline()
    url = re.search(r"http://127\.0\.0\.1:\d+", first)
    assert url is not None
    # once a line is there the demo plays, and then the server answers
    assert process.stdout.readline()
    with urllib.request.urlopen(f"{url[0]}/__admin/simulation", timeout=20) as reply:
        assert json.load(reply)["dialler"] == "auto"
    process.send_signal(signal.SIGINT)
    killer = threading.Timer(30, process.kill)
    killer.start()
    out, err = process.communicate()
    killer.cancel()
    assert process.returncode == 0, err
    assert "the demo ends" in out
    assert "Traceback" not in err


@pytest.mark.skipif(sys.platform == "win32", reason="a console signal ends a Windows process otherwise")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("background", [False, True])
def test_signals_end_it_without_a_server_too(number: signal.Signals, *, background: bool) -> None:
    """The summary is printed all the same, also when a script started it in the background, where SIGINT comes ignored."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN if background else signal.default_int_handler)
    try:
        process = spawn("demo", "--speed", "60", "--no-serve", "--agents", "2", "--customers", "0")
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(number)
        try:
            out, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (process.returncode, err) == (0, "")
    assert "the demo ends" in out


def test_a_served_demo_ends_by_itself() -> None:
    """When the story is over the server stops, with the output of a demo at full speed."""
    small = ("agent-absent-reallocate", "--agents", "1", "--customers", "0")
    code, out, _ = played("--speed", "50000", *small)
    assert code == 0
    assert out == quick(*small)


def event(kind: str, **about: Any) -> Event:
    return Event(1, "2026-03-02 09:00:00.000", 0, kind, "t", about)


def test_a_terminal_gets_colour_and_progress() -> None:
    """The line of progress is wiped before the next event; without a terminal there is neither."""
    wrote: list[str] = []
    teller = Teller(wrote.append, {"a": "Asha"}, tty=True, colour=True, masked=True)
    teller.progress("half")
    teller.event(event("call.answered", login="a", contact="9812345678"), {}, 0)
    assert wrote[0].endswith("half")
    assert wrote[1].startswith("\r\x1b[K\x1b[32m09:00:00  talking     Asha")
    assert "98******78" in wrote[1]
    assert wrote[1].endswith("\x1b[0m\n")
    plain: list[str] = []
    teller = Teller(plain.append, {}, tty=False, colour=False, masked=True)
    teller.progress("half")
    teller.event(event("call.answered", login="a", contact="123"), {}, 0)
    assert plain == ["09:00:00  talking     a                     123\n"]


def test_people_follow_from_the_seed() -> None:
    """Logins and numbers are unique, and fewer people are the beginning of more."""
    staff, crowd = agents(3, 200), customers(3, 500)
    assert len({each.login for each in staff}) == 200
    assert len({each.number for each in crowd}) == 500
    assert agents(3, 20) == staff[:20]
    assert customers(3, 7) == crowd[:7]
    assert agents(4, 20) != staff[:20]
