"""A store is not safe for threads by itself; under one lock it is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, RLock
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from mockserver.store.interface import Store

    Undone = Callable[[Store], AbstractContextManager[None]]

THREADS = 8
ROUNDS = 60


def test_eight_threads_under_one_lock_lose_nothing(store: Store, undone: Undone) -> None:
    """Each works on rows of its own in units, every third of which fails; ids and counters are unique."""
    lock, together = RLock(), Barrier(THREADS)

    def work(thread: int) -> list[tuple[int, int]]:
        made = []
        together.wait()
        for number in range(ROUNDS):
            with lock, undone(store) if number % 3 == 2 else store.unit():
                row_id = store.insert("dnc", {"tenant": f"t{thread}", "number": str(number)})
                pair = (row_id, store.take("c"))
            if number % 3 != 2:
                made.append(pair)
            with lock:
                store.update("dnc", made[-1][0], {"number": f"again {number - (number % 3 == 2)}"})
        return made

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(work, range(THREADS)))
    everything = [pair for made in results for pair in made]
    kept = THREADS * ROUNDS * 2 // 3
    assert (
        {row_id for row_id, _ in everything} == {taken for _, taken in everything} == set(range(1, kept + 1))
    )
    assert store.count("dnc") == kept
    for thread, made in enumerate(results):
        for number, (row_id, _) in zip((n for n in range(ROUNDS) if n % 3 != 2), made, strict=True):
            want = {"tenant": f"t{thread}", "number": f"again {number}"}
            assert store.find("dnc", **want) == [(row_id, want)]


def test_forks_in_eight_threads_need_no_common_lock(store: Store) -> None:
    """What forks share never changes, so each is used by its thread alone without any lock."""
    for number in range(200):
        store.insert("dnc", {"tenant": "t", "number": str(number)})
    before = store.dump()
    forks = [store.fork() for _ in range(THREADS)]
    together = Barrier(THREADS)

    def work(thread: int) -> None:
        together.wait()
        for number in range(200):
            forks[thread].update("dnc", number + 1, {"number": f"{thread}/{number}"})

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    assert store.dump() == before
    for thread, fork in enumerate(forks):
        assert all(fork.exists("dnc", tenant="t", number=f"{thread}/{number}") for number in range(200))
        assert not fork.exists("dnc", tenant="t", number="7")


@pytest.mark.parametrize("threads", [THREADS])
def test_forks_of_one_template_are_made_by_many_threads(store: Store, threads: int) -> None:
    """Under the template's lock, while other threads write to forks made before."""
    store.insert("dnc", {"tenant": "t", "number": "1"})
    lock, together = RLock(), Barrier(threads)

    def work(thread: int) -> int:
        together.wait()
        with lock:
            fork = store.fork()
        for _ in range(ROUNDS):
            with lock:
                fork = store.fork()
            fork.update("dnc", 1, {"number": str(thread)})
            fork.insert("dnc", {})
        return fork.count("dnc")

    with ThreadPoolExecutor(threads) as pool:
        assert list(pool.map(work, range(threads))) == [2] * threads
    assert store.find("dnc", tenant="t", number="1") == [(1, {"tenant": "t", "number": "1"})]
