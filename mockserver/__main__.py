"""``python -m mockserver`` is ``jodo-mock``."""

import sys

from mockserver.cli import main

if __name__ == "__main__":
    sys.exit(main())
