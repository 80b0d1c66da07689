"""Durable runs: planned and applied page by page, resumed, scheduled, one agent at a time."""
