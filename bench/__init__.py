"""Measurements of the sandbox, each beside a yardstick of the same run: ``python -m bench``."""
