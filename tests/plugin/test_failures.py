"""What the report of a failed test has beside pytest's own: journal, near misses, reproduction file."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.plugin.report import file_name

if TYPE_CHECKING:
    from mockserver.client import Server
    from tests.pretend_admin import Pretend

pytest_plugins = ["pytester"]

REPRODUCTION = '{"made": "by the server", "number": "\\u00fc"}'
MISS = {"id": "r000001", "fitted": 1, "differences": [], "text": "r000001: media: expected '12', got '13'"}


def test_the_journal_stands_in_the_report(pytester: pytest.Pytester, server: Server, run: Any) -> None:
    """The last twenty exchanges, a line each, oldest first, with what is odd about them."""
    pytester.makepyfile(
        """
        import pytest

        def test_bad(jodo):
            for _ in range(20):
                jodo.call("getActiveUserList")
            jodo.call("ImportProcessData", media="99", data=[], dat=1)
            jodo.fault("http_status", code=503)
            jodo.call("userStatus")
            assert False

        @pytest.mark.xfail
        def test_expected(jodo):
            assert False

        def test_good(jodo):
            pass
        """
    )
    result = run()
    result.assert_outcomes(failed=1, passed=1, xfailed=1)
    output = result.stdout.str()
    lines = re.findall(r"^r0000\d\d  .*$", output, re.MULTILINE)
    assert [line[:7] for line in lines] == [f"r{number:06d}" for number in range(3, 23)]
    assert re.match(r"r000021  ImportProcessData  status \d+  \S+  .*warning: GEN-10 /dat ", lines[-2])
    assert "HTTP 503  fault: " in lines[-1]
    assert output.count("jodo journal of sandbox") == 1


def test_a_fixture_that_fails_at_its_end_has_the_journal_too(
    pytester: pytest.Pytester, server: Server, run: Any
) -> None:
    """Who verifies behind ``yield`` is told as much as who verifies in the test."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def tidy(jodo):
            yield
            jodo.assert_called("deleteUser")

        def test_it(jodo, tidy):
            jodo.call("getActiveUserList")
        """
    )
    result = run()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["*ERROR at teardown of test_it*", "*jodo journal of sandbox*", "r000001  getActiveUserList  *"]
    )


def test_the_reproduction_is_saved(pytester: pytest.Pytester, pretend: Pretend, run: Any) -> None:
    """Byte for byte as the server tells it, with the command that plays it; the folder is nobody's source."""
    pretend.answer("GET", "/reproduction", REPRODUCTION)
    pytester.makepyfile(test_one="def test_bad(jodo): assert False")
    result = run()
    result.stdout.fnmatch_lines(
        ["*jodo reproduction*", ".jodo/test_one.py-test_bad.json", "*jodo-mock replay .jodo/test_one.py-test_bad.json"]
    )  # fmt: skip
    assert (pytester.path / ".jodo" / "test_one.py-test_bad.json").read_bytes() == REPRODUCTION.encode()
    assert (pytester.path / ".jodo" / ".gitignore").read_text("utf-8") == "*\n"


def test_the_folder_is_chosen(pytester: pytest.Pytester, pretend: Pretend, run: Any) -> None:
    """By the ini key, from the ini file's folder; the section names the file from where pytest was started."""
    pretend.answer("GET", "/reproduction", REPRODUCTION)
    pytester.makeini("[pytest]\njodo_reproductions = out/again")
    pytester.makepyfile(**{"below/test_one": "def test_bad(jodo): assert False"})
    result = run("-n", "1", "below")
    result.stdout.fnmatch_lines(["out/again/below.test_one.py-test_bad.json"])
    assert (pytester.path / "out" / "again" / "below.test_one.py-test_bad.json").exists()


def test_an_older_server_makes_none(pytester: pytest.Pytester, pretend: Pretend, run: Any) -> None:
    """One quiet line, and no folder."""
    pytester.makepyfile("def test_bad(jodo): assert False")
    run().stdout.fnmatch_lines(["none: this server makes no reproduction files"])
    assert not (pytester.path / ".jodo").exists()


def test_a_folder_that_cannot_be_written_is_told(
    pytester: pytest.Pytester, pretend: Pretend, run: Any
) -> None:
    """The test's own failure stays what the report is about."""
    pretend.answer("GET", "/reproduction", REPRODUCTION)
    pytester.makefile("", **{".jodo": "a file"})
    pytester.makepyfile("def test_bad(jodo): assert False")
    result = run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*none: cannot write *"])


@pytest.mark.parametrize("ci", ["", "true"])
def test_near_misses_are_told_once(
    pytester: pytest.Pytester, pretend: Pretend, run: Any, environment: pytest.MonkeyPatch, ci: str
) -> None:
    """In the error of assert_called; where a test swallowed it, in a section of their own.

    On CI pytest's summary, left out here, repeats the whole error.
    """
    environment.setenv("CI", ci)
    pretend.answer("POST", "/requests/verify", {"ok": False, "matched": 0, "near_misses": [MISS]})
    pytester.makepyfile(
        """
        import pytest

        def test_plain(jodo):
            jodo.assert_called("ImportProcessData", media="12")

        def test_swallowed(jodo):
            with pytest.raises(AssertionError):
                jodo.assert_called("ImportProcessData", media="12")
            assert False
        """
    )
    result = run("--tb=short", "-rN")
    result.assert_outcomes(failed=2)
    output = result.stdout.str()
    assert output.count("jodo near misses") == 1
    assert len(re.findall(r"r000001: media: expected '12', got '13'", output)) == 2
    result.stdout.fnmatch_lines(
        ["E*expected ImportProcessData at least once, with media='12'; the journal has 0", "E*near miss r000001: *"]
    )  # fmt: skip
    result.stdout.no_fnmatch_line("*controls.py*")


def test_a_server_that_is_gone_is_told(pytester: pytest.Pytester, pretend: Pretend, run: Any) -> None:
    """A report is made all the same."""
    pretend.answer("GET", "/requests", {"title": "t", "detail": "the server is tired"}, 500)
    pytester.makepyfile("def test_bad(jodo): assert False")
    result = run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["the server tells no more of this test: the server is tired"])


def test_a_test_without_a_sandbox_is_left_alone(pytester: pytest.Pytester, run: Any) -> None:
    """No section, no server."""
    pytester.makepyfile("def test_bad(): assert False")
    assert "jodo" not in run().stdout.str().split("FAILURES")[1]


@pytest.mark.parametrize(
    ("node", "name"),
    [
        ("tests/test_a.py::test_b", r"tests\.test_a\.py-test_b"),
        ("test_a.py::TestC::test_b", r"test_a\.py-TestC-test_b"),
        ("test_a.py::test_b[x/y z]", r"test_a\.py-test_b_x\.y_z_-[0-9a-f]{8}"),
        ("test_a.py::test_" + "b" * 300, r"test_a\.py-test_b+-[0-9a-f]{8}"),
    ],
)
def test_file_names_are_readable_and_fit(node: str, name: str) -> None:
    """Letters every file system takes, never too many; what had to be changed gets a digest."""
    found = file_name(node)
    assert re.fullmatch(name, found)
    assert len(found) <= 121


def test_names_that_look_alike_stay_apart() -> None:
    """Two parameters that differ in odd characters only have two files."""
    assert file_name("test_a.py::test_b[<]") != file_name("test_a.py::test_b[>]")
    assert json.dumps(file_name("a\0b")).isascii()
