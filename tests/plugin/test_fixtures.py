"""Fixtures, marker and options of the plugin, in real runs of pytest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockserver.client import Server
    from tests.pretend_admin import Pretend

pytest_plugins = ["pytester"]

PUSH = """
import pytest

def push(jodo):
    fields = {"media": "12", "updateparam": "mobilenumber", "data": [{"mobilenumber": "9876500001"}]}
    (told,) = jodo.call("ImportProcessData", **fields).body["statusdata"]
    return told["customercode"], told["calllistid"]
"""


def test_every_test_has_a_sandbox_of_its_own(pytester: pytest.Pytester, server: Server, run: Any) -> None:
    """Tests that push the same numbers get the same first ids; the server that runs is used."""
    pytester.makepyfile(
        f"""{PUSH}
@pytest.mark.parametrize("_", range(3))
def test_push(jodo, jodo_server, _):
    assert push(jodo) == (125, 796)
    assert (jodo_server.url, jodo_server.pid) == ({server.url!r}, None)
    assert jodo.url.startswith(jodo_server.url)
    assert jodo_server.endpoint.endswith("/CustomerWebServices/handleCustomerWS")
    assert jodo_server.admin.endswith("/__admin")
"""
    )
    run().assert_outcomes(passed=3)


def test_the_marker_says_what_a_sandbox_is_made_with(
    pytester: pytest.Pytester, server: Server, run: Any
) -> None:
    """Markers of module, class and function add up, and the nearest has the last word."""
    pytester.makepyfile(
        """
        import pytest
        pytestmark = pytest.mark.jodo(seed=1, clock="2026-01-02 09:00:00")

        @pytest.mark.jodo(seed=2, scenarios=["calm"])
        class TestMarked:
            @pytest.mark.jodo(seed=3, process="VoiceProcess")
            def test_all(self, jodo):
                assert jodo.admin("GET", "")["seed"] == 3
                assert jodo.clock["now"] == "2026-01-02 09:00:00"
                assert jodo.admin("GET", "/scenarios")["active"][0]["name"] == "calm"
                assert jodo.servicekey == jodo.servicekeys["VoiceProcess"]

        def test_module(jodo):
            assert jodo.admin("GET", "")["seed"] == 1
        """
    )
    run("--strict-markers").assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("marker", "told"),
    [
        ("seeds=1", "*the test's sandbox cannot be made: /seeds: this member is not known*seed?*"),
        ("process='Mumbai'", "*no golden process is called 'Mumbai'; there are *"),
        ("7", "*the marker jodo takes keywords only*"),
        ("scenarios=['no.yaml']", "*no.yaml*cannot be read*"),
    ],
)
def test_a_bad_marker_is_one_line(
    pytester: pytest.Pytester, server: Server, run: Any, marker: str, told: str
) -> None:
    """What is wrong is told without a traceback."""
    pytester.makepyfile(f"import pytest\n@pytest.mark.jodo({marker})\ndef test_it(jodo): pass")
    result = run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([told])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")
    result.stdout.no_fnmatch_line("*During handling of*")


def test_sandboxes_are_dropped(pytester: pytest.Pytester, pretend: Pretend, run: Any) -> None:
    """Also that of a test that fails; the token of the environment is sent."""
    pytester.makepyfile("def test_good(jodo): pass\ndef test_bad(jodo): assert False")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JODO_MOCK_ADMIN_TOKEN", "secret")
        run().assert_outcomes(passed=1, failed=1)
    assert [each[:2] for each in pretend.asked].count(("DELETE", "/sandboxes/sb1")) == 2
    assert {headers["Authorization"] for *_, headers in pretend.asked} == {"Bearer secret"}


def test_a_test_that_is_run_again_leaves_no_sandbox(
    pytester: pytest.Pytester, pretend: Pretend, run: Any
) -> None:
    """Plugins that repeat a test do so within its protocol: each try has a sandbox, and each is dropped."""
    pytester.makeconftest(
        """
        from _pytest.runner import runtestprotocol

        def pytest_runtest_protocol(item, nextitem):
            for _ in range(3):
                item._initrequest()
                runtestprotocol(item, nextitem=nextitem)
            return True
        """
    )
    pytester.makepyfile("def test_it(jodo): pass")
    run().assert_outcomes(passed=3)
    asked = [each[:2] for each in pretend.asked]
    assert asked.count(("POST", "/sandboxes")) == asked.count(("DELETE", "/sandboxes/sb1")) == 3


def test_sandboxes_without_the_fixture_are_made_on_the_server_of_the_run(
    pytester: pytest.Pytester, run_apart: Any
) -> None:
    """Those of unittest and plain functions too, with the run's options, also in workers; and coverage counts them."""
    pytester.makeini("[pytest]\njodo_server_options = --seed 77")
    pytester.makepyfile(
        """
        import unittest
        from mockserver import Sandbox

        class TestOld(unittest.TestCase):
            def test_old(self):
                with Sandbox() as sandbox:
                    sandbox.call("getActiveUserList")
                    print("server", sandbox.url.rpartition("/sandboxes/")[0], sandbox.admin("GET", "")["seed"])

        def test_plain():
            with Sandbox() as sandbox:
                print("server", sandbox.url.rpartition("/sandboxes/")[0], sandbox.admin("GET", "")["seed"])

        def test_fixture(jodo):
            print("server", jodo.url.rpartition("/sandboxes/")[0], jodo.admin("GET", "")["seed"])
        """
    )
    for options in ([], ["-n", "2"]):
        result = run_apart("-rP", "--jodo-coverage", *options)
        result.assert_outcomes(passed=3)
        servers = re.findall(r"^server (\S+) (\d+)$", result.stdout.str(), re.MULTILINE)
        assert len(servers) == 3
        assert len(set(servers)) == 1
        assert servers[0][1] == "77"
        result.stdout.fnmatch_lines(["getActiveUserList *web * 23 * 6 *"])


def test_nothing_is_started_for_tests_that_ask_for_nothing(pytester: pytest.Pytester, run_apart: Any) -> None:
    """A project that has the package installed for other reasons pays nothing."""
    pytester.makepyfile(
        """
        import sys

        def test_nothing():
            assert not {"requests", "mockserver.client", "mockserver.plugin.run"} & set(sys.modules)
        """
    )
    run_apart().assert_outcomes(passed=1)


def test_the_servers_options(pytester: pytest.Pytester, run: Any) -> None:
    """Those of the ini file, then those of the command line; paths begin at the ini file."""
    pytester.makeini("[pytest]\njodo_server_options = --seed 3 --config mine.toml")
    pytester.makefile(".toml", mine='preset = "demo"\ncustomers = 2')
    pytester.makepyfile(
        **{
            "below/test_it": """
            import os

            def test_it(jodo, monkeypatch):
                made = jodo.admin("GET", "")
                assert (made["seed"], made["customers"], made["clock"]["mode"]) == (4, 2, "frozen")
            """
        }
    )
    run("--jodo-server-options=--seed 4 --clock frozen", "below").assert_outcomes(passed=1)


def test_a_server_that_does_not_start_is_told(pytester: pytest.Pytester, run: Any) -> None:
    """In the words of the command line."""
    pytester.makepyfile("def test_it(jodo): pass")
    result = run("--jodo-server-options=--sed 4")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*did not start: *No such option*"])


def test_unittest_and_pytest_go_together(pytester: pytest.Pytester, server: Server, run: Any) -> None:
    """A TestCase enters a sandbox by itself."""
    pytester.makepyfile(
        """
        import unittest
        from mockserver import Sandbox

        class Pushes(unittest.TestCase):
            def setUp(self):
                self.jodo = self.enterContext(Sandbox(seed=5))

            def test_seed(self):
                self.assertEqual(self.jodo.admin("GET", "")["seed"], 5)
        """
    )
    run().assert_outcomes(passed=1)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("named", [True, False])
def test_the_entry_point_loads_the_plugin(
    pytester: pytest.Pytester, server: Server, run_apart: Any, *, named: bool
) -> None:
    """Installed, the fixtures are simply there; naming the plugin as well does no harm."""
    pytester.makepyfile("def test_it(jodo): assert jodo.call('getActiveUserList').http_status == 200")
    result = run_apart() if named else pytester.runpytest_subprocess("-p", "no:randomly", timeout=90)
    result.assert_outcomes(passed=1)
    helped = pytester.runpytest_subprocess("--help", timeout=90).stdout.str()
    assert "--jodo-coverage" in helped
    assert "jodo_server_options" in helped
