"""What schemathesis has to know of us: our format of a moment, and that a crowd takes its time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import schemathesis  # type: ignore[import-not-found, unused-ignore]
from hypothesis import strategies as st

CROWD = 20
"""Made-up customers of a sandbox at most: a million are allowed, and take half a minute."""

_FIRST, _LAST = datetime(1900, 1, 1), datetime(8999, 12, 31)  # noqa: DTZ001 - the API knows no time zones

schemathesis.openapi.format(
    "moment", st.datetimes(_FIRST, _LAST).map(lambda moment: moment.isoformat(" ", "seconds"))
)


@schemathesis.hook  # type: ignore[untyped-decorator, unused-ignore]
def before_call(context: Any, case: Any, kwargs: Any) -> None:  # noqa: ARG001 - named by schemathesis
    """Keep crowds small, and the readings of the documents those that the described replies are for."""
    case.headers.pop("X-Mock-Quirk", None)
    if "wait" in case.query:
        # A long poll is answered late when there is nothing: that it waits is no finding.
        case.query["wait"] = 0.01
    body = case.body
    if (
        isinstance(body, dict)
        and isinstance(body.get("customers"), int | float)
        and body["customers"] > CROWD
    ):
        case.body = {**body, "customers": CROWD}
