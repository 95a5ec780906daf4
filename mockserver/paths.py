"""Where the data files are: inside an installed package, else at the top of the checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from mockserver.errors import InvalidSetting

Kind = Literal["schemas", "scenarios"]


def data_dir(kind: Kind) -> Path:
    """Return the folder of the data files of that kind.

    A wheel carries them in ``mockserver/_data``; an editable install has no such folder and uses
    the checkout's own. Raises InvalidSetting when neither is there.
    """
    package = Path(__file__).resolve().parent
    candidates = (package / "_data" / kind, package.parent / kind)
    for folder in candidates:
        if folder.is_dir():
            return folder
    places = " nor ".join(str(folder) for folder in candidates)
    raise InvalidSetting(f"the {kind} folder is missing: neither {places} exists; install the package again")
