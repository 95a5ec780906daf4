"""The pytest plugin: a sandbox for every test, one server for a run. docs/testing.md shows it at work.

pytest loads this before anything else, and before coverage measures, in every project of the environment:
so it imports next to nothing but pytest, and the client only when a test asks for a sandbox.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest

from mockserver.lending import LENDING

if TYPE_CHECKING:
    from collections.abc import Generator

    from mockserver.client import Sandbox, Server
    from mockserver.plugin.run import Run

_RUN: Final = pytest.StashKey["Run"]()
_SANDBOX: Final = pytest.StashKey["Sandbox"]()
_LENDER: Final = pytest.StashKey[Any]()
_COVERAGE: Final = pytest.StashKey[list[str]]()

_MARKER: Final = (
    "jodo(seed=…, clock=…, preset=…, customers=…, edition=…, quirks={…}, scenarios=[…], dialler=…, idle=…, process=…): "
    "what the test's sandbox is made with; those of function, class and module add up."
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add options and ini keys."""
    group = parser.getgroup("jodo", "the Jodo sandbox")
    group.addoption(
        "--jodo-server-options", default="", metavar="OPTIONS",
        help="options of jodo-mock serve, after those of the ini key jodo_server_options",
    )  # fmt: skip
    group.addoption(
        "--jodo-coverage", action="store_true", help="print which rows of the contract the tests touched"
    )
    group.addoption("--jodo-coverage-html", metavar="FILE", help="save the same as a page")
    group.addoption("--jodo-coverage-junit", metavar="FILE", help="save the same as JUnit XML")
    group.addoption(
        "--jodo-fail-under",
        type=_percent,
        metavar="PERCENT",
        help="fail the run when they touched less than that",
    )
    parser.addini("jodo_server_options", "options of jodo-mock serve", type="args", default=[])
    parser.addini("jodo_reproductions", "folder for the reproduction files of failed tests", default=".jodo")


def _percent(text: str) -> float:
    """Return a share in percent; nothing else can be both reached and missed."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise ArgumentTypeError(f"expected a number from 0 to 100, got {text!r}")
    return value


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, and lend the server of the run to sandboxes that are made without the fixture."""
    config.addinivalue_line("markers", _MARKER)
    config.stash[_LENDER] = partial(_server, config)
    LENDING.begin(config.stash[_LENDER])


def _run(config: pytest.Config) -> Run:
    """Return the run, made when it is first needed."""
    if _RUN not in config.stash:
        from mockserver.plugin.run import Run

        config.stash[_RUN] = Run(config)
    return config.stash[_RUN]


def _server(config: pytest.Config) -> Server:
    return _run(config).server()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where to ask for the server."""
    node.workerinput["jodo"] = _run(node.config).rendezvous()


@pytest.fixture(scope="session")
def jodo_server(request: pytest.FixtureRequest) -> Server:
    """The server of the run: ``url``, ``endpoint``, ``admin``, ``token``.

    The one ``JODO_MOCK_URL`` names; else one on a free port, started for the run and ended with it, the
    same for all workers of pytest-xdist.
    """
    from mockserver.client import NoServer

    try:
        return _run(request.config).server()
    except NoServer as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


@pytest.fixture
def jodo(request: pytest.FixtureRequest, jodo_server: Server) -> Sandbox:
    """A sandbox for this test alone, on the server of the run: see :class:`mockserver.client.Sandbox`.

    The marker ``jodo`` says what it is made with.
    """
    from mockserver.client import Sandbox
    from mockserver.errors import MockServerError

    try:
        sandbox = Sandbox(jodo_server.url, token=jodo_server.token, **_marked(request.node)).open()
    except (MockServerError, TypeError, ValueError) as error:
        text = f"the test's sandbox cannot be made: {error}"
        raise pytest.fail.Exception(text, pytrace=False) from None
    _close(request.node)  # the one of another try, where a plugin runs a test again
    request.node.stash[_SANDBOX] = sandbox
    return sandbox


def _close(item: pytest.Item) -> None:
    sandbox = item.stash.get(_SANDBOX, None)
    if sandbox is not None:
        sandbox.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Drop the test's sandbox behind all of its fixtures: one may fail when it ends, and its report asks, too."""
    try:
        return (yield)
    finally:
        _close(item)


def _marked(node: pytest.Item) -> dict[str, Any]:
    """Return what the markers of a test say; the nearest has the last word."""
    options: dict[str, Any] = {}
    for marker in reversed(list(node.iter_markers("jodo"))):
        if marker.args:
            pytest.fail("the marker jodo takes keywords only, as in jodo(seed=7)", pytrace=False)
        options |= marker.kwargs
    return options


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add journal, near misses and reproduction file to the report of a failed test."""
    report = yield
    sandbox = item.stash.get(_SANDBOX, None)
    if report.failed and call.excinfo is not None and sandbox is not None and sandbox.is_open:
        from mockserver.plugin.report import sections

        report.sections.extend(sections(item, report.longreprtext, sandbox))
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Ask for the contract coverage while the server is there; too little of it fails the run."""
    config = session.config
    if hasattr(config, "workerinput") or not _asks_for_coverage(config):
        return
    from mockserver.plugin.coverage import collect

    config.stash[_COVERAGE], enough = collect(config, _run(config).used())
    if not enough and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _asks_for_coverage(config: pytest.Config) -> bool:
    options = ("jodo_coverage", "jodo_coverage_html", "jodo_coverage_junit", "jodo_fail_under")
    return any(config.getoption(name) not in (None, False) for name in options)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the contract coverage."""
    lines = config.stash.get(_COVERAGE, None)
    if lines is not None:
        terminalreporter.section("jodo contract coverage")
        for line in lines:
            terminalreporter.line(line)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the server of the run."""
    lender = config.stash.get(_LENDER, None)
    if lender is not None:
        LENDING.end(lender)
    run = config.stash.get(_RUN, None)
    if run is not None:
        run.end()
