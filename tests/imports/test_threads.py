"""Many clients at once, and very large batches: nothing lost, nothing given twice."""

from __future__ import annotations

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import TYPE_CHECKING, Any

from mockserver.model import Inbound
from mockserver.settings import ENDPOINT
from tests.imports.helpers import TENANT, command, record
from tests.server_process import PAGES, running

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.imports.helpers import Box

HTML = {"Content-Type": "text/html"}


def number(n: int) -> str:
    """A good number that is no magic one."""
    return f"70000{n:05d}"


def body(*records: dict[str, Any], **fields: Any) -> bytes:
    return b"data=" + json.dumps(command(*records, **fields)).encode()


def test_eight_threads_in_one_sandbox(make: Callable[..., Box]) -> None:
    """8 x 500 pushes of distinct numbers give 4,000 customers with codes and call ids of their own (IPD106-77, IPD106-78)."""
    box = make()
    headers = {"content-type": "text/html", "x-mock-sandbox": box.sandbox.key}

    def push(thread: int) -> list[tuple[str, int, int]]:
        found = []
        for n in range(thread * 500, (thread + 1) * 500):
            reply = box.service.answer(
                Inbound("POST", ENDPOINT, b"", headers, body(record(mobilenumber=number(n))))
            )
            (entry,) = json.loads(reply.body)["statusdata"]
            found.append((entry["mobilenumber"], entry["customercode"], entry["calllistid"]))
        return found

    with ThreadPoolExecutor(8) as threads:
        found = [entry for entries in threads.map(push, range(8)) for entry in entries]
    assert sorted(entry[0] for entry in found) == [number(n) for n in range(4000)]
    assert sorted(entry[1] for entry in found) == list(range(125, 4125))
    assert sorted(entry[2] for entry in found) == list(range(796, 4796))
    rows = box.table("customers", tenant=TENANT)
    assert {(row["contact1"], row["customercode"]) for row in rows} == {entry[:2] for entry in found}
    assert {row["calllistid"]: row["contact"] for row in box.table("calls") if row["calllistid"] > 795} == {
        call_id: contact for contact, _, call_id in found
    }


def test_eight_threads_on_one_customer(make: Callable[..., Box]) -> None:
    """Pushes of the same number at once insert it once and update it ever after (IPD106-75)."""
    box = make()
    headers = {"content-type": "text/html", "x-mock-sandbox": box.sandbox.key}
    inbound = Inbound("POST", ENDPOINT, b"", headers, body(record()))

    def push(_: int) -> str:
        info: str = json.loads(box.service.answer(inbound).body)["statusdata"][0]["info"]
        return info

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(push, range(400)))
    assert (found.count("##NEW_CUSTOMER"), found.count("##EXISTING_CUSTOMER")) == (1, 399)
    assert len(box.table("customers", tenant=TENANT)) == 1


def ask(address: tuple[str, int], sent: bytes, connection: http.client.HTTPConnection | None = None) -> Any:
    """Send a body and return the reply's JSON."""
    own = connection or http.client.HTTPConnection(*address, timeout=60)
    own.request("POST", ENDPOINT, sent, HTML)
    response = own.getresponse()
    assert response.status == 200
    read = response.read()
    assert len(read) == int(response.headers["Content-Length"])
    if connection is None:
        own.close()
    return json.loads(read)


def test_the_real_server() -> None:
    """Eight kept-alive clients at once, then 10,000 records in one push, over real sockets (TRN-30, IPD106-27)."""
    with running(*PAGES) as server:
        numbers = count()

        def push(_: int) -> list[tuple[int, int]]:
            connection = http.client.HTTPConnection(*server.address, timeout=60)
            found = []
            for _ in range(25):
                reply = ask(server.address, body(record(mobilenumber=number(next(numbers)))), connection)
                found.append((reply["statusdata"][0]["customercode"], reply["statusdata"][0]["calllistid"]))
            connection.close()
            return found

        with ThreadPoolExecutor(8) as threads:
            found = [pair for pairs in threads.map(push, range(8)) for pair in pairs]
        assert sorted(code for code, _ in found) == list(range(125, 325))
        assert sorted(call_id for _, call_id in found) == list(range(796, 996))

        batch = [record(mobilenumber=number(n), sr_number=str(n)) for n in range(10_000)]
        reply = ask(server.address, body(*batch))
        entries = reply["statusdata"]
        assert [entry["mobilenumber"] for entry in entries] == [number(n) for n in range(10_000)]
        assert {entry["statuscode"] for entry in entries} == {"001"}
        assert [entry["calllistid"] for entry in entries] == list(range(996, 10_996))
        infos = [entry["info"] for entry in entries]
        assert infos == ["##EXISTING_CUSTOMER"] * 200 + ["##NEW_CUSTOMER"] * 9_800
        # The state counts them all: the next customer and call have the numbers after theirs.
        after = ask(server.address, body(record()))["statusdata"][0]
        assert (after["customercode"], after["calllistid"]) == (125 + 10_000, 796 + 10_200)


def test_ten_thousand_records_in_the_state(make: Callable[..., Box]) -> None:
    """A push of 10,000 records stores as many customers and entries; one bad field stores none (GEN-07, IPDWEB-30)."""
    box = make("web")
    batch = [record(mobilenumber=number(n)) for n in range(10_000)]
    batch[-1]["calltype"] = "99"
    assert box.push(*batch).code == 5
    assert not box.table("customers", tenant=TENANT)
    batch[-1]["calltype"] = "71"
    answer = box.push(*batch)
    assert answer.inserted == {"customers": 10_000, "calls": 10_000}
    rows = box.table("customers", tenant=TENANT)
    assert sorted(row["customercode"] for row in rows) == list(range(125, 10_125))
    assert box.table("calls")[-1]["calltype"] == 71
