"""A sandbox for the Jodo Customer Web Service: validates, answers, remembers and explains."""

__version__ = "0.1.0"
