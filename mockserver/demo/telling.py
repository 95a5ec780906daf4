"""A demo as people read it: one line an event, and on a terminal colours and a line of progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.simulation.events import Event

    Text = str | Callable[[Mapping[str, Any]], str]

_SHOWN: Final = 2
_WHAT, _WHO, _NUMBER = 12, 20, 13
_RED, _GREEN, _YELLOW, _BLUE, _DIM, _BOLD = "[31m", "[32m", "[33m", "[36m", "[2m", "[1m"
_CLEAR: Final = "\r\x1b[K"


def _attempt(about: Mapping[str, Any]) -> str:
    return "" if about["attempt"] == 1 else f"attempt {about['attempt']}"


def _outcome(about: Mapping[str, Any]) -> str:
    return str(about.get("outcome") or "").replace("_", " ")


def _ended(about: Mapping[str, Any]) -> str:
    return f"{about['seconds']} s, {about['by']} hung up" if about["seconds"] else "nobody answered"


def _failed(about: Mapping[str, Any]) -> str:
    return f"step {about['step']}: {about['reason']}"


_EVENTS: Final[dict[str, tuple[str, str, Text]]] = {
    "call.queued": ("queued", _DIM, ""),
    "call.scheduled": ("scheduled", _DIM, lambda about: f"for {str(about.get('due') or '')[11:16]}".strip()),
    "call.reallocated": ("reallocated", _BLUE, lambda about: f"was {about.get('before')}'s"),
    "call.speech": ("speech", _BLUE, "waits for text to speech"),
    "speech.converted": ("speech", _BLUE, "is there, the call may go out"),
    "speech.failed": ("speech", _RED, "could not be made"),
    "message.played": ("message", _BLUE, "is played"),
    "call.barred": ("barred", _RED, "must not be called"),
    "call.dialling": ("dialling", "", _attempt),
    "call.incoming": ("incoming", _BLUE, "a call comes in"),
    "call.ringing": ("ringing", _BLUE, ""),
    "call.answered": ("talking", _GREEN, ""),
    "call.unanswered": ("unanswered", _YELLOW, _outcome),
    "call.held": ("on hold", _YELLOW, ""),
    "call.retrieved": ("talking", _GREEN, "back from hold"),
    "call.transferred": ("transferred", _YELLOW, lambda about: f"from {about.get('sender')}"),
    "call.ended": ("ended", "", _ended),
    "key.pressed": ("key pressed", _BLUE, lambda about: str(about.get("keys"))),
    "disposition.saved": ("disposition", "", lambda about: f"reason {about.get('reason')}"),
    "story.failed": ("failed", _RED, _failed),
    "story.refused": ("refused", _RED, _failed),
    "story.sent": ("API", _DIM, lambda about: str(about["command"])),
    "floor.failed": ("failed", _RED, lambda about: str(about.get("timer"))),
}


class Teller:
    """Writes a demo to ``write``; ``tty`` says that people watch a terminal, ``colour`` that it may be coloured."""

    def __init__(
        self, write: Callable[[str], None], names: Mapping[str, str], *, tty: bool, colour: bool, masked: bool
    ) -> None:
        self._write = write
        self._names = names
        self._tty = tty
        self._colour = colour
        self._masked = masked
        self._progress = False

    def line(self, text: str, colour: str = "") -> None:
        """Write a line."""
        clear = _CLEAR if self._progress else ""
        self._progress = False
        painted = f"\x1b{colour}{text}\x1b[0m" if colour and self._colour else text
        self._write(f"{clear}{painted.rstrip()}\n")

    def progress(self, text: str) -> None:
        """Write the line of progress anew; nothing where nobody watches."""
        if self._tty:
            self._write(f"{_CLEAR}{text}")
            self._progress = True

    def event(self, event: Event, breaks: Mapping[str, bool], away: int) -> None:
        """Write an event; of agents only who comes and goes."""
        about, time = event.about, event.at[11:19]
        if event.kind == "story.said":
            self.line(f"{time}  — {about['text']}", _BOLD)
        elif event.kind == "agent.status":
            if away in (about["status"], about["before"]):
                gone = "on break" if about["login"] in breaks else "logged out"
                what = gone if about["status"] == away else "logged in"
                self.line(self._row(time, what, about, ""), _DIM)
        elif event.kind in _EVENTS:
            what, colour, text = _EVENTS[event.kind]
            self.line(self._row(time, what, about, text if isinstance(text, str) else text(about)), colour)

    def _row(self, time: str, what: str, about: Mapping[str, Any], text: str) -> str:
        login = str(about.get("login") or "")
        who = self._names.get(login, login)[:_WHO]
        number = self._number(str(about.get("contact") or ""))
        return f"{time}  {what:<{_WHAT}}{who:<{_WHO + 2}}{number:<{_NUMBER}}{text}"

    def _number(self, number: str) -> str:
        if not self._masked or len(number) <= 2 * _SHOWN:
            return number
        return f"{number[:_SHOWN]}{'*' * (len(number) - 2 * _SHOWN)}{number[-_SHOWN:]}"
