"""``missing_key``: a member of the reply is not there."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from mockserver.faults.base import ReplyFault

if TYPE_CHECKING:
    from mockserver.model import Reply


class MissingKey(ReplyFault):
    """Takes a member out of the reply's JSON."""

    name = "missing_key"
    about = "A member of the reply is missing."
    properties: ClassVar = {
        "key": {
            "type": "string",
            "description": "Its name, wherever it stands; the last member of the reply when it is not given.",
            "minLength": 1,
            "examples": ["status"],
        }
    }

    def distort(self, reply: Reply, before: Reply | None) -> Reply:  # noqa: ARG002 - one signature for all
        """Return the reply without the member; one that does not have it, or is no JSON, stays as it is."""
        try:
            content = json.loads(reply.body)
            key = self.settings.get("key")
            if key is not None:
                left = _without(content, key)
            elif isinstance(content, dict):
                left = dict(list(content.items())[:-1])
            else:
                left = content
        except (ValueError, RecursionError):
            return reply
        if left == content:
            return reply
        return replace(reply, body=json.dumps(left, ensure_ascii=False, separators=(",", ":")).encode())


def _without(node: Any, key: str) -> Any:
    if isinstance(node, dict):
        return {name: _without(value, key) for name, value in node.items() if name != key}
    return [_without(value, key) for value in node] if isinstance(node, list) else node


FAULT = MissingKey
