"""The courier: carries what sandboxes send out, and brings back what came of it.

One thread with an event loop of its own, started by the first delivery. A receiver that never answers
keeps only what is meant for itself waiting: of one sandbox, one delivery to a URL is on its way at a time,
so that they arrive in order. Nothing is sent, looked up or waited for under a sandbox's lock.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Lock, Thread
from typing import TYPE_CHECKING, Final

from mockserver.access import is_loopback
from mockserver.deliveries.sending import send
from mockserver.deliveries.targets import policy_of
from mockserver.errors import NotKept
from mockserver.simulation.deliveries import Result, came_back

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mockserver.deliveries.targets import Policy, Target
    from mockserver.sandbox import Sandbox
    from mockserver.settings import Settings
    from mockserver.simulation.deliveries import Parcel

    Waiting = deque[tuple[Sandbox, int, Parcel]]

_OPEN_AT_ONCE: Final = 100
"""Connections of one server at most."""
_LOOK_UPS: Final = 4
_ENDING_SECONDS: Final = 1
_PULSE_SECONDS: Final = 0.2
"""How often the sandboxes with running clocks are asked what is due: nobody else may be asking."""

_log = logging.getLogger(__name__)


class Courier:
    """Delivers for all sandboxes of one server. :meth:`close` ends it; what was on its way stays waiting."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._lock = Lock()
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queues: dict[tuple[int, str], Waiting] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._attended: dict[int, Sandbox] = {}
        self._pulsing = False

    def take(self, sandbox: Sandbox, parcels: Sequence[Parcel]) -> None:
        """Deliver these in order, and let the sandbox's time go on by itself from now on; never waits.

        Call it under the sandbox's lock, once what caused them is kept.
        """
        with self._lock:
            if self._closed:
                return
            if self._loop is None:
                self._start()
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._enqueue, sandbox, sandbox.resets, tuple(parcels))

    def close(self) -> None:
        """End it without waiting for what is on its way."""
        with self._lock:
            self._closed = True
            loop, self._loop = self._loop, None
        if loop is not None:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(loop.stop)
            self._thread.join(_ENDING_SECONDS)

    def _start(self) -> None:
        loop = self._loop = asyncio.new_event_loop()
        self._open = asyncio.Semaphore(_OPEN_AT_ONCE)
        self._names = ThreadPoolExecutor(_LOOK_UPS, "deliveries-names")
        self._back = ThreadPoolExecutor(1, "deliveries-back")
        self._thread = Thread(target=self._run, args=(loop,), name="deliveries", daemon=True)
        self._thread.start()

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
            loop.run_until_complete(_ended(asyncio.all_tasks(loop)))
        finally:
            self._names.shutdown(wait=False, cancel_futures=True)
            self._back.shutdown(wait=False, cancel_futures=True)
            loop.close()

    def _enqueue(self, sandbox: Sandbox, resets: int, parcels: Sequence[Parcel]) -> None:
        self._attended[id(sandbox)] = sandbox
        if not self._pulsing:
            self._pulsing = True
            self._spawn(self._pulse())
        for parcel in parcels:
            key = (id(sandbox), parcel.url)
            queue = self._queues.get(key)
            if queue is None:
                queue = self._queues[key] = deque()
                self._spawn(self._work(key, queue))
            queue.append((sandbox, resets, parcel))

    def _spawn(self, work: object) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, key: tuple[int, str], queue: Waiting) -> None:
        try:
            while queue:
                await self._deliver(*queue.popleft())
        finally:
            self._queues.pop(key, None)

    async def _deliver(self, sandbox: Sandbox, resets: int, parcel: Parcel) -> None:
        """Send all copies of a parcel and bring back what came of the first; what was reset is not sent."""
        first: Result | None = None
        for _ in range(parcel.copies):
            if sandbox.outbound.gone or sandbox.resets != resets:
                return
            try:
                async with self._open:
                    result = await send(parcel, sandbox.key, self._find)
            except Exception:  # noqa: BLE001 - one bad delivery must not stop the others
                _log.exception("a delivery of sandbox %s failed", sandbox.key)
                result = Result(error="the delivery failed; the server's log says why", final=True)
            first = first or result
        if first is not None:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._back, _bring_back, sandbox, resets, parcel, first)

    async def _find(self, url: str) -> tuple[Target, list[str]]:
        target = self.policy.target(url)
        loop = asyncio.get_running_loop()
        return target, await loop.run_in_executor(self._names, self.policy.addresses, target)

    async def _pulse(self) -> None:
        """Let things happen in time where a clock runs: a hook is no use when it comes with the next question."""
        loop = asyncio.get_running_loop()
        while self._attended:
            for key, sandbox in list(self._attended.items()):
                if sandbox.outbound.gone or not sandbox.outbound.wanted:
                    del self._attended[key]
                elif sandbox.clock.mode != "frozen":
                    await loop.run_in_executor(self._back, _settle, sandbox)
            await asyncio.sleep(_PULSE_SECONDS)
        self._pulsing = False


async def _ended(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancel tasks and let them close their connections."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    # An aborted connection is closed in the loop's next round.
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def courier_of(settings: Settings) -> Courier:
    """Return the courier of a server with these settings; it starts nothing yet."""
    return Courier(policy_of(settings.delivery_hosts, loopback=is_loopback(settings.host)))


def _settle(sandbox: Sandbox) -> None:
    try:
        with sandbox.lock:
            if not sandbox.outbound.gone:
                sandbox.settle()
    except Exception:  # noqa: BLE001 - the thread goes on, the log says why
        _log.exception("sandbox %s cannot go on by itself", sandbox.key)


def _bring_back(sandbox: Sandbox, resets: int, parcel: Parcel, result: Result) -> None:
    """Note a result, unless the sandbox has gone back or away; what the state file cannot take is sent again."""
    try:
        with sandbox.lock:
            if sandbox.outbound.gone or sandbox.resets != resets:
                return
            with sandbox.act() as floor:
                came_back(floor, parcel.number, parcel.attempt, result)
            sandbox.settle()
        sandbox.bell.ring()
    except NotKept as error:
        _log.debug("%s", error)
    except Exception:  # noqa: BLE001 - the thread goes on, the log says why
        _log.exception("what became of a delivery of sandbox %s is lost", sandbox.key)
