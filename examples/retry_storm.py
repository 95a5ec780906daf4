"""What retries cost: a push whose reply is lost, tried again blindly and tried again with care.

A reply that never comes says nothing about the command: it may have taken effect. The scenario
``retry-storm`` loses the reply of the first attempt of every push after it has taken effect. A client
that just tries again has people called twice; one that looks first does not. It needs nothing but
``requests``; start the server and run this beside it::

    jodo-mock serve
    python examples/retry_storm.py

Each client works in a sandbox of its own, in which the scenario plays, and removes it at the end. The
exit code is 0 when the careful client made no call twice, and the naive one showed why that matters.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from typing import Any

import requests

PROCESS = "VoiceProcess"
NUMBERS = ("9876500001", "9876500002", "9876500003")
ATTEMPTS = 3
TIMEOUT = 10  # seconds


class Surprise(Exception):
    """Something did not go as it should."""


class Sandbox:
    """A sandbox in which replies are lost, and what its state says afterwards."""

    def __init__(self, url: str, token: str | None) -> None:
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.home = f"{url.rstrip('/')}/__admin/sandboxes"
        made = self.admin("POST", "", {"scenarios": ["retry-storm"]})
        self.home = f"{self.home}/{made['key']}"
        self.endpoint: str = made["endpoint"]
        self.keys = {"apikey": made["apikey"], "servicekey": made["servicekeys"][PROCESS]}

    def admin(self, verb: str, path: str, body: Any = None) -> Any:
        """Ask the admin API, and return what it answers."""
        reply = requests.request(verb, self.home + path, json=body, headers=self.headers, timeout=TIMEOUT)
        if not reply.ok:
            raise Surprise(f"{verb} {path}: HTTP {reply.status_code}: {reply.text}")
        return reply.json() if reply.content else None

    def calls(self) -> Counter[str]:
        """Return how often each of the numbers is going to be called."""
        rows = self.admin("GET", "/state/calls")["rows"]
        return Counter(row["contact"] for row in rows if row["contact"] in NUMBERS)

    def close(self) -> None:
        """Remove the sandbox."""
        self.admin("DELETE", "")


class Naive:
    """Tries again until there is a reply."""

    name = "naive"

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def send(self, method: str, **fields: Any) -> dict[str, Any]:
        """Send one command once; a reply that is lost is a ConnectionError."""
        command = {"method": method, **self.sandbox.keys, **fields}
        reply = requests.post(self.sandbox.endpoint, data={"data": json.dumps(command)}, timeout=TIMEOUT)
        answer: dict[str, Any] = reply.json()
        return answer

    def push(self, number: str) -> None:
        """Have a number called."""
        for attempt in range(1, ATTEMPTS + 1):
            if attempt > 1 and self.there(number):
                say(self.name, number, "the push took effect, its reply was lost: nothing to repeat")
                return
            try:
                answer = self.send(
                    "ImportProcessData",
                    media="12",
                    updateparam="mobilenumber",
                    data=[{"mobilenumber": number}],
                )
            except requests.ConnectionError:
                say(self.name, number, f"attempt {attempt}: no reply")
                continue
            say(self.name, number, f"attempt {attempt}: status {answer['status']}")
            return
        raise Surprise(f"no reply for {number} after {ATTEMPTS} attempts")

    def there(self, number: str) -> bool:  # noqa: ARG002 - the careful client looks at it
        """Tell whether the push is known to have taken effect: this client never asks."""
        return False


class Careful(Naive):
    """Asks, before it tries again, whether the push took effect."""

    name = "careful"

    def there(self, number: str) -> bool:
        """Tell whether the customer is in the process by now."""
        found = self.send("getProcessData", searchparam="mobilenumber", mobilenumber=[number])
        return bool(found.get("data"))


def say(*parts: str) -> None:
    """Print one line: who, about which number, what."""
    who, what, text = parts
    print(f"{who:<8} {what:<11} {text}", flush=True)


def play(client: type[Naive], url: str, token: str | None) -> int:
    """Let a client push every number, and return how many calls there are too many."""
    sandbox = Sandbox(url, token)
    try:
        pushing = client(sandbox)
        for number in NUMBERS:
            pushing.push(number)
        calls = sandbox.calls()
    finally:
        sandbox.close()
    if set(calls) != set(NUMBERS):
        raise Surprise(f"{client.name}: calls are missing: {dict(calls)}")
    twice = sum(calls.values()) - len(calls)
    say(client.name, "calls", f"{sum(calls.values())} for {len(calls)} numbers, {twice} too many")
    return twice


def main() -> int:
    """Play both clients and return the exit code."""
    parser = argparse.ArgumentParser(description="Retries against a server that loses replies.")
    parser.add_argument(
        "--url",
        default=os.environ.get("JODO_MOCK_URL", "http://127.0.0.1:8080"),
        help="where the sandbox runs",
    )
    parser.add_argument(
        "--admin-token",
        default=os.environ.get("JODO_MOCK_ADMIN_TOKEN"),
        help="token of its admin API, if it has one",
    )
    options = parser.parse_args()
    try:
        twice = [play(client, options.url, options.admin_token) for client in (Naive, Careful)]
    except (Surprise, requests.RequestException) as error:
        print(f"It went wrong: {error}", file=sys.stderr)
        return 1
    return 0 if twice == [len(NUMBERS), 0] else 1


if __name__ == "__main__":
    sys.exit(main())
