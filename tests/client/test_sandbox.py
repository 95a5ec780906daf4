"""``from mockserver import Sandbox``: commands, controls and isolation, over a real server."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests

from mockserver import Sandbox
from mockserver.client import AdminError

if TYPE_CHECKING:
    from mockserver.client import Reply, Server

METHODS = (
    "ImportProcessData", "getProcessData", "reallocatedata", "saveDisposition", "customer_recording",
    "customer_multiple_recordings", "addEditUser", "deleteUser", "userStatus", "getActiveUserList",
)  # fmt: skip
NUMBER = "9876500001"


def push(jodo: Sandbox, **more: Any) -> Reply:
    """Push one customer."""
    fields = {"media": "12", "updateparam": "mobilenumber", "data": [{"mobilenumber": NUMBER}], **more}
    return jodo.call("ImportProcessData", **fields)


def test_a_push_in_a_fresh_sandbox_gets_the_first_ids(jodo: Sandbox) -> None:
    """Customer 125 and call 796, as documented; the reply is what a test wants to look at."""
    reply = push(jodo)
    assert (reply.http_status, reply.status, reply.warnings) == (200, 1, ())
    assert reply.body["statusdata"][0]["customercode"] == 125
    assert reply.body["statusdata"][0]["calllistid"] == 796
    assert reply.request_id == "r000001"
    assert reply.rule
    assert reply.headers["x-mock-sandbox"] == jodo.key
    assert json.loads(reply.raw) == reply.body


def test_sandboxes_do_not_see_each_other(server: Server) -> None:
    """The same push in two sandboxes at once gets the same ids in both."""
    with Sandbox(server.url) as one, Sandbox(server.url) as other:
        assert push(one).body["statusdata"] == push(other).body["statusdata"]
        assert len(one.requests()) == len(other.requests()) == 1


def test_the_keys_alone_lead_to_the_sandbox(server: Server, jodo: Sandbox) -> None:
    """A client under test needs nothing but other credentials: its URL stays the server's (AM-10)."""
    command = {
        "method": "ImportProcessData", "apikey": jodo.apikey, "servicekey": jodo.servicekey, "media": "12",
        "updateparam": "mobilenumber", "data": [{"mobilenumber": NUMBER}],
    }  # fmt: skip
    reply = requests.post(server.endpoint, data={"data": json.dumps(command)}, timeout=10)
    assert reply.headers["X-Mock-Sandbox"] == jodo.key
    assert [each["contact"] for each in jodo.state("calls")][-1] == NUMBER


@pytest.mark.parametrize("method", METHODS)
def test_only_what_a_method_takes_is_filled_in(jodo: Sandbox, method: str) -> None:
    """No command of the client has a key that the documents do not have there (AM-08)."""
    reply = jodo.call(method)
    assert reply.request_id is not None
    sent = jodo.request(reply.request_id)
    assert [warning["ledger"] for warning in sent["warnings"]] == []
    command = json.loads(sent["request"]["body"].removeprefix("data="))
    assert command["reqdatetime"] == "2026-01-02 09:00:00"
    assert command["apikey"] == jodo.apikey


def test_a_command_goes_out_as_the_documents_print_it(jodo: Sandbox) -> None:
    """``data=`` and raw JSON under text/html (TRN-03); what is given stays as it is given."""
    jodo.call("userStatus", loginids=["ä"], apikey="mine", reqdatetime="")
    request = jodo.request("r000001")["request"]
    assert request["headers"]["content-type"] == "text/html"
    sent = {
        "method": "userStatus", "servicekey": jodo.servicekey, "loginids": ["ä"], "apikey": "mine",
        "reqdatetime": "",
    }  # fmt: skip
    assert request["body"] == f"data={json.dumps(sent, ensure_ascii=False, separators=(',', ':'))}"


def test_an_unknown_method_gets_all_keys(jodo: Sandbox) -> None:
    """A test may send nonsense; it is refused by the server, not by the client."""
    assert jodo.call("nonsense").status == 2


def test_send_changes_nothing(jodo: Sandbox) -> None:
    """Text is the whole body, and headers are the caller's."""
    reply = jodo.send("data={", {"X-Mock-Edition": "web"})
    assert reply.status == 2
    assert jodo.request("r000001")["request"]["body"] == "data={"


def test_a_reply_without_a_status_of_its_own_has_none(jodo: Sandbox) -> None:
    """userStatus has one for each user; a proxy's page has no JSON."""
    assert jodo.call("userStatus", loginids=["user1"]).status is None
    jodo.fault("http_status", code=503, body="Service Unavailable")
    page = jodo.call("userStatus", loginids=["user1"])
    assert (page.http_status, page.body, page.status) == (503, None, None)
    assert page.raw == b"Service Unavailable"


def test_failures_on_purpose(jodo: Sandbox) -> None:
    """A status is forced for so many commands of a method, and a fault breaks a connection for good."""
    jodo.fail(38, method="ImportProcessData", times=2)
    assert [push(jodo).status for _ in range(3)] == [38, 38, 1]
    jodo.fail(38, match={"mobilenumber": NUMBER})
    assert jodo.call("getActiveUserList").status != 38
    assert push(jodo).status == 38
    jodo.fault("connection_reset", method="ImportProcessData")
    with pytest.raises(requests.ConnectionError):
        push(jodo)
    assert push(jodo).status == 1


def test_time_travel(server: Server, jodo: Sandbox) -> None:
    """Time moves on by a span or until a time, in this sandbox alone, and requests say so."""
    with Sandbox(server.url, clock="2026-01-02 09:00:00") as other:
        assert jodo.advance(days=1, hours=2)["now"] == "2026-01-03 11:00:00"
        assert jodo.advance(until=datetime(2026, 2, 1))["now"] == "2026-02-01 00:00:00"  # noqa: DTZ001
        assert jodo.advance(until="2026-02-02 00:00:00").items() >= jodo.clock.items()
        assert jodo.advance(until="idle")["reached"]
        waited = jodo.advance(until={"login": "user1", "status": "Talking", "within": 0}, must=False)
        assert (waited["now"], waited["reached"]) == ("2026-02-02 00:00:00", False)
        assert push(jodo).body["resdatetime"] == "2026-02-02 00:00:00"
        assert push(other).body["resdatetime"] == "2026-01-02 09:00:00"
    assert jodo.set_clock(now="2027-01-01 00:00:00", mode="frozen")["now"] == "2027-01-01 00:00:00"
    jodo.call("userStatus", loginids=["user1"])
    body = jodo.request("r000002")["request"]["body"]
    assert '"reqdatetime":"2027-01-01 00:00:00"' in body


def test_advance_says_how_it_is_used(jodo: Sandbox) -> None:
    """Neither nothing nor both; and time never moves backwards."""
    with pytest.raises(TypeError, match="until="):
        jodo.advance()
    with pytest.raises(TypeError):
        jodo.advance(until="2026-02-02 00:00:00", days=1)
    with pytest.raises(AdminError):
        jodo.advance(days=-1)


def test_journal_state_and_agents(jodo: Sandbox) -> None:
    """The journal is filtered, tables are rows, and an agent can be put into any status."""
    push(jodo)
    jodo.call("userStatus", loginids=["user1"])
    assert [each["id"] for each in jodo.requests()] == ["r000002", "r000001"]
    assert [each["id"] for each in jodo.requests(method="ImportProcessData", status=1)] == ["r000001"]
    assert any(row["contact"] == NUMBER for row in jodo.state("calls"))
    assert jodo.set_user_status("user1", "Talking")["name"] == "Talking"
    told = jodo.call("userStatus", loginids=["user1"]).body["statusdata"][0]
    assert told["currentstatusdesc"] == "Talking"
    with pytest.raises(AdminError) as refused:
        jodo.set_user_status("user1", "Ready", strict=True)
    assert refused.value.http_status == 409


def test_reset_goes_back_to_the_beginning(jodo: Sandbox) -> None:
    """State, ids, journal and clock are as they were: the same push is answered with the same bytes."""
    first = push(jodo)
    jodo.advance(days=3)
    jodo.reset()
    assert jodo.requests() == []
    assert push(jodo).raw == first.raw


def test_the_end_drops_the_sandbox(server: Server) -> None:
    """Nothing is left on the server; the handle says that it is not open, and may be opened again."""
    sandbox = Sandbox(server.url)
    assert "not open" in repr(sandbox)
    with sandbox:
        key = sandbox.key
        assert key in repr(sandbox)
    gone = requests.get(f"{server.admin}/sandboxes/{key}", timeout=10)
    assert gone.status_code == 404
    with pytest.raises(RuntimeError, match="not open"):
        sandbox.call("userStatus")
    sandbox.close()
    with sandbox:
        assert push(sandbox).status == 1


def test_a_sandbox_that_is_gone_is_closed_in_peace(server: Server) -> None:
    """Dropping what somebody else has dropped is no error."""
    with Sandbox(server.url) as sandbox:
        requests.delete(f"{server.admin}/sandboxes/{sandbox.key}", timeout=10).raise_for_status()


def test_an_exception_carries_the_journal(server: Server) -> None:
    """unittest and plain Python print the notes of an exception: there stands what happened before it."""

    def failing() -> None:
        with Sandbox(server.url) as jodo:
            push(jodo, dat="a misspelt key")
            raise AssertionError

    with pytest.raises(AssertionError) as failed:
        failing()
    (note,) = failed.value.__notes__
    assert "r000001  ImportProcessData  status 1" in note
    assert "warning: GEN-10 /dat undocumented key" in note


def test_an_open_sandbox_is_not_opened_again(server: Server) -> None:
    """Else the first one would stay on the server with nobody to drop it."""
    with Sandbox(server.url) as jodo:
        with pytest.raises(RuntimeError, match=f"open already, as {jodo.key}"):
            jodo.open()
        assert push(jodo).status == 1


def test_what_is_waited_for_and_does_not_come_about_fails(jodo: Sandbox) -> None:
    """A test must not go on thirty days later as if nothing were wrong; who wants to know may ask."""
    with pytest.raises(AssertionError, match=r"did not come about: it is .* and the dialler is off"):
        jodo.advance(until={"login": "user1", "status": "Talking", "within": 60})
    found = jodo.advance(until={"login": "user1", "status": "Talking", "within": 60}, must=False)
    assert found["reached"] is False


def test_a_misspelt_span_names_the_right_one(jodo: Sandbox) -> None:
    """What timedelta would say helps nobody."""
    with pytest.raises(TypeError, match=r"not hour; did you mean hours\?"):
        jodo.advance(hour=1)


def test_the_path_of_an_admin_request_needs_no_slash(jodo: Sandbox) -> None:
    """A path without one would be glued to the sandbox's key."""
    assert jodo.admin("GET", "clock") == jodo.admin("GET", "/clock")


def test_a_record_that_failed_is_told_from_its_command(jodo: Sandbox) -> None:
    """The command has status 1, the record 043: record_status says what was meant (IPD106-27)."""
    jodo.call("ImportProcessData", media="12", updateparam="mobilenumber", data=[{"mobilenumber": "12345"}])
    jodo.assert_called("ImportProcessData", status=1, record_status=43, mobilenumber="12345")
    with pytest.raises(AssertionError, match=r"record status 1.*\n.*record_status: expected 1, got 43"):
        jodo.assert_called("ImportProcessData", record_status=1, mobilenumber="12345")
