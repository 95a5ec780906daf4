"""The command ``jodo-mock``: serve, check, matrix, coverage, replay, ready, demo.

Exit codes: 0 well (also after SIGTERM or SIGINT), 1 findings, 2 usage or configuration. Heavy modules
are imported inside the commands, so that ``--help`` and ``--version`` are quick.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver import __version__
from mockserver.demo.command import demo
from mockserver.errors import InvalidDocument, MockServerError
from mockserver.options import CONTEXT, Percent, setting_options, settings_of
from mockserver.settings import ENDPOINT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from ssl import SSLContext

    from mockserver.service import Service
    from mockserver.settings import Settings

    Factory = Callable[[Settings], Service]

OK, FINDINGS, USAGE = 0, 1, 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="jodo-mock", message="%(prog)s %(version)s")
def commands() -> None:
    """A sandbox for the Jodo Customer Web Service."""


@commands.command(context_settings=CONTEXT)
@setting_options()
@click.pass_obj
def serve(factory: Factory | None, /, **given: Any) -> int:
    """Run the server until SIGTERM or SIGINT."""
    return run_server(settings_of(given), factory)


@commands.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False))
def check(files: tuple[str, ...]) -> int:
    """Validate schema and scenario FILES, or all of ours when none is named."""
    from mockserver.checks import check_all

    problems, notes, summary = check_all([Path(file) for file in files])
    for found in (*problems, *notes):
        click.echo(str(found))
    if problems:
        return FINDINGS
    click.echo(summary)
    return OK


@commands.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of a table.")
@click.option("--method", metavar="NAME", help="Play this method only.")
@click.option("--failures", is_flag=True, help="Print only what was not answered as documented.")
@click.option(
    "--verbose", is_flag=True, help="Print below each status what was sent for it; --json always does."
)
def matrix(method: str | None, *, as_json: bool, failures: bool, verbose: bool) -> int:
    """Bring about every status of every method, and compare each answer with the documents."""
    from mockserver.matrix import play
    from mockserver.matrix_text import printed, summary

    lines = play(method)
    failed = [line for line in lines if line.failed]
    shown = failed if failures else lines
    if as_json:
        click.echo(json.dumps({"ok": not failed, "statuses": [line.shown() for line in shown]}, indent=2))
    else:
        for text in (*(printed(shown, how=verbose) if shown else ()), summary(lines)):
            click.echo(text)
    return FINDINGS if failed else OK


@commands.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
@click.option("--anyway", is_flag=True, help="Play a file that is not complete as far as it goes.")
def replay(file: str, *, as_json: bool, anyway: bool) -> int:
    """Play a reproduction FILE again, in process; exit code 1 tells that something was answered differently."""
    from pathlib import Path

    from mockserver.replay import play
    from mockserver.reproduction import load

    document = load(Path(file))
    if not document["complete"] and not anyway:
        reasons = "; ".join(document["reasons"]) or "it does not say why"
        raise click.UsageError(f"{file} is not complete: {reasons}. --anyway plays it as far as it goes")
    outcome = play(document, file)
    for text in [json.dumps(outcome.shown(), indent=2)] if as_json else outcome.lines():
        click.echo(text)
    return FINDINGS if outcome.difference else OK


@commands.command(context_settings=CONTEXT)
@click.option(
    "--url", metavar="URL", show_envvar=True, help="Base URL of the server; else --host and --port."
)
@setting_options("host", "port", "tls")
def ready(url: str | None, **given: Any) -> int:
    """Ask a running server whether it is ready; exit code 0 if it is, 1 if not."""
    from mockserver.edge.probe import base_of, probe

    well, text = probe(url or base_of(settings_of(given)))
    click.echo(text, err=not well)
    return OK if well else FINDINGS


@commands.command(context_settings=CONTEXT)
@click.option(
    "--url", metavar="URL", show_envvar=True, help="Base URL of the server; else --host and --port."
)
@click.option("--sandbox", metavar="KEY", help="Coverage of this sandbox; else of the default one.")
@click.option("--all", "everything", is_flag=True, help="Of all sandboxes, also those reset or dropped.")
@click.option(
    "--format", "kind", type=click.Choice(("text", "json", "html", "junit")), default="text", show_default=True,
    help="Form of the report.",
)  # fmt: skip
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the report there instead of printing it.",
)
@click.option(
    "--fail-under", metavar="PERCENT", type=Percent(0, 100),
    help="Exit with 1 when fewer percent of the rows were touched.",
)  # fmt: skip
@setting_options("host", "port", "tls", "admin_token")
def coverage(
    url: str | None, sandbox: str | None, kind: str, output: Path | None, fail_under: float | None,
    *, everything: bool, **given: Any,
) -> int:  # fmt: skip
    """Tell which rows of the contract the traffic of a running server touched, and what the client does wrong."""
    from mockserver.edge.asking import ask, coverage_path
    from mockserver.edge.probe import base_of

    if everything and sandbox is not None:
        raise click.UsageError("--sandbox and --all exclude each other")
    settings = settings_of(given)
    path = coverage_path(sandbox, kind, everything=everything)
    answer = ask(url or base_of(settings), path, settings.admin_token)
    _hand_over(answer.body, output)
    reached = float(answer.headers.get("x-mock-coverage", "nan"))
    if fail_under is None or reached >= fail_under:
        return OK
    click.echo(
        f"jodo-mock: {reached:.1f} % of the rows were touched, under the {fail_under:g} % asked for", err=True
    )
    return FINDINGS


def _hand_over(body: bytes, output: Path | None) -> None:
    """Print a report, or write it to a file; raise UsageError when that cannot be written."""
    if output is None:
        click.echo(body.removesuffix(b"\n"))
        return
    try:
        output.write_bytes(body)
    except OSError as error:
        raise click.UsageError(f"--output {output}: {error.strerror or error}") from None


commands.add_command(demo)


def run_server(settings: Settings, factory: Factory | None = None) -> int:
    """Serve with these settings until told to stop; returns the exit code.

    ``factory`` makes the service (:meth:`Service.start` when none is given). Raises InvalidSetting,
    InvalidDocument or UnknownQuirk when it cannot be started.
    """
    with contextlib.suppress(KeyboardInterrupt):
        from mockserver.edge import server
        from mockserver.logs import setup as logs

        certificate = _tls_context(settings)
        sock = server.bind(settings.host, settings.port)
        with sock, logs.opened(settings.log_format, settings.log_level) as log:
            service = (factory or _start)(settings)
            with contextlib.closing(service):
                log.hide(service.access.token)
                service.log_to(log.lines)
                url = server.base_url(sock, tls=certificate is not None)
                server.run(service, sock, certificate, lambda: _announce(service, url))
                service.log_to(None)
        server.leave(OK)
    return OK


def _tls_context(settings: Settings) -> SSLContext | None:
    if settings.tls == "off":
        return None
    from mockserver.edge import tls

    return tls.context(settings.tls, settings.host)


def _start(settings: Settings) -> Service:
    from mockserver.service import Service

    return Service.start(settings, wire=True)


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGTERM and SIGINT end every command as Ctrl-C does; while serving the server has handlers of its own.

    SIGINT too: to what a script starts in the background it comes ignored.
    """

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    names = [name for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]
    try:
        before = {name: signal.signal(getattr(signal, name), stop) for name in names}
    except ValueError:
        # not in the main thread: the one who started us there ends us
        before = {}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _announce(service: Service, url: str) -> None:
    """Print the banner for people and the one line for machines; nobody has to read either."""
    from mockserver.banner import banner, log_banner

    line: dict[str, str] = {"event": "ready", "url": url, "endpoint": url + ENDPOINT}
    if service.settings.admin == "on":
        line["admin"] = f"{url}/__admin"
        if service.access.minted and service.access.token is not None:
            line["token"] = service.access.token
    if service.settings.log_format == "json":
        log_banner(service, url)
    else:
        with contextlib.suppress(OSError, ValueError):
            print(banner(service, url), file=sys.stderr, flush=True)
    try:
        print(json.dumps(line), flush=True)
    except (OSError, ValueError):
        _give_up_stdout()


def _give_up_stdout() -> None:
    # Else the interpreter tries to flush the broken pipe once more at exit, and complains.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(arguments: Sequence[str] | None = None, factory: Factory | None = None) -> int:
    """Run the command line and return the exit code; what is wrong is told on stderr, a line for each thing, never a traceback.

    ``arguments`` default to the process's own. ``factory`` replaces :meth:`Service.start` for ``serve``.
    """
    try:
        with _interruptible():
            result = commands.main(arguments, prog_name="jodo-mock", standalone_mode=False, obj=factory)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USAGE
    except click.ClickException as error:
        return _complain(error.format_message())
    except InvalidDocument as error:
        return _complain(*map(str, error.problems))
    except MockServerError as error:
        return _complain(str(error))
    except (click.Abort, KeyboardInterrupt):
        return OK
    except BrokenPipeError:
        _give_up_stdout()
        return OK
    return result if isinstance(result, int) else OK


def _complain(*texts: str) -> int:
    with contextlib.suppress(OSError, ValueError):
        for text in texts:
            print(f"jodo-mock: {' '.join(text.split())}", file=sys.stderr, flush=True)
    return USAGE
