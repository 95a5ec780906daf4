"""``html_error_page``: what an application server shows when the application behind it broke."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar, Final

from mockserver.faults.base import ReplyFault
from mockserver.faults.shapes import applied

if TYPE_CHECKING:
    from mockserver.model import Reply

_PAGE: Final = (
    '<!doctype html><html lang="en"><head><title>HTTP Status {code} - {word}</title>'
    "<style>body {{font-family:sans-serif;}} h1 {{color:white;background-color:#525d76;}}</style></head><body>"
    "<h1>HTTP Status {code} - {word}</h1><hr/><p><b>Type</b> Status Report</p>"
    "<p><b>Description</b> The server could not answer this request.</p><hr/><h3>Application Server</h3>"
    "</body></html>\n"
)


class HtmlErrorPage(ReplyFault):
    """Answers a page for people in place of JSON."""

    name = "html_error_page"
    about = "An application server's HTML error page comes in place of JSON."
    properties: ClassVar = {
        "code": {
            "type": "integer",
            "description": "The HTTP status; 200 is what a careless proxy makes of it.",
            "minimum": 200,
            "maximum": 599,
            "not": {"enum": [204, 304]},
            "default": 500,
            "examples": [502],
        },
        "applied": applied(),
    }

    def distort(self, reply: Reply, before: Reply | None) -> Reply:  # noqa: ARG002 - one signature for all
        """Return the page; what explains the sandbox's answer stays in the headers."""
        code = self.settings["code"]
        word = HTTPStatus(code).phrase if code in set(HTTPStatus) else "Unknown"
        kept = tuple(pair for pair in reply.headers if pair[0].lower() != "content-type")
        headers = (("Content-Type", "text/html;charset=utf-8"), *kept)
        return replace(
            reply, http_status=code, headers=headers, body=_PAGE.format(code=code, word=word).encode()
        )

    def told(self) -> str:
        """Name the status too."""
        return f"{self.name} {self.settings['code']}"


FAULT = HtmlErrorPage
