"""All measurements, in the order they run and are printed."""

from __future__ import annotations

from bench.measurements import (
    batches,
    crowds,
    delays,
    durability,
    flatness,
    floor,
    memory,
    methods,
    rows,
    sandboxes,
    size,
    start,
    throughput,
)
from bench.model import Measurement

MEASUREMENTS: tuple[Measurement, ...] = (
    Measurement("throughput", "requests a second and latency with 1 and 16 connections", throughput.measure),
    Measurement("start", "start of the process to its first documented answer", start.measure),
    Measurement("memory", "resident memory after 20,000 and 200,000 requests", memory.measure),
    Measurement("batches", "push of 1, 100 and 10,000 records", batches.measure),
    Measurement("crowds", "push and look-up with 100, 10,000 and 100,000 customers", crowds.measure),
    Measurement("methods", "every method beside a push of one record, in process", methods.measure),
    Measurement("flatness", "look-ups, users and recordings in a small and a large world", flatness.measure),
    Measurement(
        "floor", "a day of calls in one advance, and what an event costs in long lists", floor.measure
    ),
    Measurement("sandboxes", "create and reset through HTTP; memory of 1,000", sandboxes.measure),
    Measurement("delays", "what 500 delayed replies do to the others", delays.measure),
    Measurement("durability", "push with a state file and without", durability.measure),
    Measurement(
        "kills",
        "50 kills -9 of a server that takes pushes: what was acknowledged is found",
        durability.killed,
    ),
    Measurement("store", "the store alone beside SQLite in memory", rows.measure),
    Measurement("size", "what the install takes on disk", size.measure),
)
