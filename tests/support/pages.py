"""What a source gives, taken apart: the pages, their records, and what they tell."""

from __future__ import annotations

from collections.abc import Sequence

from customary.connectors.contract import Source
from customary.model.source import Everything, Keys, Page, Record


def everything(made: Source, after: str | None = None) -> list[Page]:
    """All pages of an enumeration."""
    return list(made.read(Everything(), after))


def listed(made: Source, *keys: str) -> list[Page]:
    """All pages of listed customers."""
    return list(made.read(Keys(keys)))


def records(pages: Sequence[Page]) -> list[Record]:
    """The records of pages."""
    return [record for page in pages for record in page.records]


def keys(pages: Sequence[Page]) -> list[str]:
    """The keys of the records of pages."""
    return [record.key for record in records(pages)]


def notices(pages: Sequence[Page]) -> str:
    """All that the pages tell, as one text."""
    return "\n".join(notice.text for page in pages for notice in page.notices)
