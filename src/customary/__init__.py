"""Customary keeps customer master data in step between business systems, and records why."""

__version__ = "0.1.0"
