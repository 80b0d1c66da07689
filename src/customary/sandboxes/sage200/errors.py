"""What is answered instead of what was asked."""

from __future__ import annotations


class Refused(Exception):
    """An HTTP status and, with most of them, words. They tell of the first mistake only (13, client code)."""

    def __init__(self, status: int, text: str = "", retry_after: int | None = None) -> None:
        self.status = status
        self.text = text
        self.retry_after = retry_after
        """Seconds, for the header Retry-After; ``None``: no such header."""
        super().__init__(text)
