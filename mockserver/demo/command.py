"""The command ``jodo-mock demo``."""

from __future__ import annotations

import _thread
import contextlib
import os
import sys
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from mockserver.demo.playing import Demo
    from mockserver.service import Service


class _Speed(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    name = "speed"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | None:
        """Return seconds of the sandbox in a real one; infinity for max."""
        try:
            speed = float("inf") if value == "max" else float(value)
        except (TypeError, ValueError):
            speed = 0.0
        if not speed > 0 or (value != "max" and speed > 100_000):
            self.fail(f"{value!r} is no speed: expected a number over 0, up to 100000, or max", param, ctx)
        return speed


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("story", default="busy-morning", metavar="[STORY]")
@click.option("--speed", type=_Speed(), default="30", show_default=True, metavar="N|max",
              help="Seconds of the floor in a real one; max: as fast as possible, and without a server.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, metavar="N",
              help="People and chance follow from it.")  # fmt: skip
@click.option("--agents", type=click.IntRange(1, 200), default=8, show_default=True, metavar="N",
              help="Made-up agents.")  # fmt: skip
@click.option("--customers", type=click.IntRange(0, 5000), default=40, show_default=True, metavar="N",
              help="Made-up customers, whom a campaign pushes bit by bit.")  # fmt: skip
@click.option("--minutes", type=click.IntRange(1, 10_000), default=180, show_default=True, metavar="N",
              help="Minutes of the floor after which it ends at the latest.")  # fmt: skip
@click.option("--serve/--no-serve", default=None,
              help="Whether a server answers meanwhile, so that the API can be used; it does, but with --speed max.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, metavar="PORT",
              help="Port of that server; 0 picks a free one.")  # fmt: skip
@click.option("--numbers", type=click.Choice(("masked", "plain")), default="masked", show_default=True,
              help="How telephone numbers are shown.")  # fmt: skip
def demo(*, speed: float, serve: bool | None, port: int, **given: Any) -> int:
    """Play a STORY, by name or file, with made-up agents and customers, and print what happens.

    Without one it is busy-morning. Ctrl-C ends it with the summary.
    """
    fast = speed == float("inf")
    made, service = _made(None if fast else speed, **given)
    with contextlib.closing(service):
        if serve if serve is not None else not fast:
            _play_served(made, service, port, given)
        else:
            _play(made, given)
    return 0


def _made(speed: float | None, *, story: str, seed: int, minutes: int, **_: Any) -> tuple[Demo, Service]:
    from mockserver.demo.autopilot import script
    from mockserver.demo.playing import Demo
    from mockserver.scenarios.library import Library
    from mockserver.service import Service
    from mockserver.settings import Settings

    at = datetime.fromisoformat(script()["at"])
    settings = Settings(seed=seed, clock="frozen", at=at, dialler="auto", log_level="error")
    service = Service.start(settings, wire=True)
    library = Library(service.catalogue, (story,), wire=True)
    scenario = library.get(library.chosen[0]) if library.chosen else None
    if scenario is None or not scenario.story:
        tellers = [name for name in library.names() if _tells(library, name)]
        raise click.UsageError(f"{story} tells no story; these do: {', '.join(tellers)}")
    longest = timedelta(minutes=minutes)
    return Demo(service, scenario, seed=seed, speed=speed, longest=longest), service


def _tells(library: Any, name: str) -> bool:
    from mockserver.errors import InvalidDocument

    with contextlib.suppress(InvalidDocument):
        return bool(library.get(name).story)
    return False


def _play(made: Demo, given: dict[str, Any]) -> None:
    stdout = sys.stdout
    reconfigure = getattr(stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", newline="\n")
    tty = stdout.isatty()

    def write(text: str) -> None:
        stdout.write(text)
        stdout.flush()

    made.play(
        write,
        staff=given["agents"],
        crowd=given["customers"],
        tty=tty,
        colour=tty and "NO_COLOR" not in os.environ,
        masked=given["numbers"] == "masked",
    )


def _play_served(made: Demo, service: Service, port: int, given: dict[str, Any]) -> None:
    """Play in a thread while the main one serves; whichever ends first ends the other."""
    from mockserver.edge import server

    failed: list[BaseException] = []

    def play() -> None:
        try:
            _play(made, given)
        except BaseException as error:  # noqa: BLE001 - told by the main thread
            failed.append(error)
        finally:
            _thread.interrupt_main()

    sock = server.bind("127.0.0.1", port)
    thread = threading.Thread(target=play, name="demo", daemon=True)
    with sock:
        url = server.base_url(sock, tls=False)
        click.echo(f"The floor is at {url}, its admin API at {url}/__admin. Ctrl-C ends the demo.", err=True)
        with contextlib.suppress(KeyboardInterrupt):
            server.run(service, sock, None, thread.start)
        made.stop()
        with contextlib.suppress(KeyboardInterrupt):
            thread.join()
    if failed:
        raise failed[0]
