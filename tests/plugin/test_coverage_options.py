"""The plugin's coverage options: what is asked of the server, printed, saved and required."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.pretend_admin import Pretend

pytest_plugins = ["pytester"]

PASSING = "def test_good(jodo): pass"


@pytest.fixture
def covered(pretend: Pretend) -> Pretend:
    """A server that tells a coverage in every form."""
    for form, document in {
        "text": "3 of 12 rows touched\n  userStatus  3",
        "html": "<p>25 %</p>",
        "junit": "<testsuites/>",
    }.items():
        pretend.answers["GET", f"/coverage?scope=all&format={form}"] = (200, document)
    pretend.reached = "25.0"
    return pretend


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "xdist"])
def test_the_coverage_is_printed_at_the_end(
    pytester: pytest.Pytester, covered: Pretend, run: Any, workers: tuple[str, ...]
) -> None:
    """Once, by the process that leads the run."""
    pytester.makepyfile(PASSING)
    result = run("--jodo-coverage", *workers)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*jodo contract coverage*", "3 of 12 rows touched", "  userStatus  3"])
    assert [each[1] for each in covered.asked if "coverage" in each[1]] == ["/coverage?scope=all&format=text"]


def test_the_coverage_is_saved(pytester: pytest.Pytester, covered: Pretend, run: Any) -> None:
    """As a page and as JUnit XML, where pytest was started; folders are made."""
    pytester.makepyfile(PASSING)
    result = run("--jodo-coverage-html=out/cov.html", "--jodo-coverage-junit=cov.xml")
    result.stdout.fnmatch_lines(["HTML: out/cov.html", "JUNIT: cov.xml"])
    assert (pytester.path / "out" / "cov.html").read_text("utf-8") == "<p>25 %</p>"
    assert (pytester.path / "cov.xml").read_text("utf-8") == "<testsuites/>"


@pytest.mark.parametrize("required", ["nan", "101", "-1", "half"])
def test_a_limit_that_is_no_percentage_is_refused(pytester: pytest.Pytester, run: Any, required: str) -> None:
    """What can never be reached, or never be missed, ends pytest before a test runs."""
    pytester.makepyfile(PASSING)
    result = run(f"--jodo-fail-under={required}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*--jodo-fail-under: expected a number from 0 to 100, got '{required}'"])


@pytest.mark.parametrize(("required", "code"), [("25", 0), ("25.5", 1)])
def test_too_little_coverage_fails_the_run(
    pytester: pytest.Pytester, covered: Pretend, run: Any, required: str, code: int
) -> None:
    """Exit code 1 and a line that says why, though every test passed."""
    pytester.makepyfile(PASSING)
    result = run("--jodo-fail-under", required)
    assert result.ret == code
    result.assert_outcomes(passed=1)
    told = "contract coverage is 25.0 %, less than the 25.5 % that are required"
    assert (told in result.stdout.str()) == bool(code)


def test_an_older_server_tells_none(pytester: pytest.Pytester, pretend: Pretend, run: Any) -> None:
    """One line; but a run that requires some has not got it."""
    pytester.makepyfile(PASSING)
    result = run("--jodo-coverage")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["the server tells no coverage: *"])
    assert run("--jodo-fail-under=1").ret == 1


def test_without_a_sandbox_there_is_nothing_to_cover(pytester: pytest.Pytester, run: Any) -> None:
    """No server is started for it."""
    pytester.makepyfile("def test_good(): pass")
    run("--jodo-coverage").stdout.fnmatch_lines(["no test has used the sandbox"])


def test_nothing_is_printed_unless_asked_for(pytester: pytest.Pytester, covered: Pretend, run: Any) -> None:
    """Nor asked."""
    pytester.makepyfile(PASSING)
    run().stdout.no_fnmatch_line("*coverage*")
    assert not [each for each in covered.asked if "coverage" in each[1]]


def test_a_file_that_cannot_be_written_is_told(pytester: pytest.Pytester, covered: Pretend, run: Any) -> None:
    """A report that was asked for and is not there fails the run."""
    pytester.makepyfile(PASSING, taken="")
    result = run("--jodo-coverage-html=taken.py/cov.html")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["cannot write the coverage: *"])
