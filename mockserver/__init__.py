"""A sandbox for the Jodo Customer Web Service: validates, answers, remembers and explains."""

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["Sandbox", "__version__"]

if TYPE_CHECKING:
    from mockserver.client import Sandbox
else:

    def __getattr__(name):
        """Import the client when it is first asked for: ``import mockserver`` alone stays quick."""
        if name == "Sandbox":
            import importlib  # noqa: PLC0415 - see above

            return importlib.import_module("mockserver.client").Sandbox
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
