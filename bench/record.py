"""Recording: the SYSPRO sandbox's customers, written by its own writer, as COMFND lists them page by page."""

from __future__ import annotations

import shutil
from hashlib import blake2b
from pathlib import Path

import msgspec

from bench.recording import INDEX, Answer, Listed, Recording
from customary.connectors.syspro.codec import KEY
from customary.mapping.load import load_rows
from customary.mapping.spec import FieldMapping, Row
from customary.protocols import enet_columns
from customary.sandboxes import locales
from customary.sandboxes.syspro import changes, seed, settings, table, writer

PAGE = 1000
"""Customers on a page: what ``page`` of a SYSPRO system is by default."""
SEED = 2
CHANGED = 0.10
NEW = 0.05
INITIAL_ONLY = "TermsCode"
"""The column whose change is told and not written."""

MAPPING = Path(changes.__file__).parents[2] / "connectors" / "syspro" / "mapping.toml"


def recorded(work: Path, customers: int) -> Path:
    """Give the folder of a recording with so many customers, making it where it is not there yet."""
    folder = work / f"recorded-{customers}-{_fingerprint()}"
    if not (folder / INDEX).exists():
        record(folder, customers)
    return folder


def record(folder: Path, customers: int) -> Recording:
    """Record so many customers, then with a tenth of them changed and a twentieth more."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    listed = table.CustomerTable(customers, SEED)
    columns = (KEY, *(name for name in FieldMapping(rows=mapping_rows()).natives if name != KEY))
    before = _listed(folder, "before", listed, columns)
    changed = changes.change(listed, int(customers * CHANGED), SEED)
    new = listed.new(int(customers * NEW))
    recording = Recording(
        columns=columns,
        before=before,
        after=_listed(folder, "after", listed, columns),
        created=len(new),
        updated=sum(1 for each in changed if each.fields.keys() - {INITIAL_ONLY}),
    )
    (folder / INDEX).write_bytes(msgspec.json.encode(recording))
    return recording


def mapping_rows() -> tuple[Row, ...]:
    """Read the rows of the SYSPRO connector's own mapping."""
    return load_rows(MAPPING.read_text(encoding="utf-8"), MAPPING.name)


def _listed(folder: Path, name: str, customers: table.CustomerTable, columns: tuple[str, ...]) -> Listed:
    writing = writer.Writer(settings.Settings())
    keys = list(customers)
    answers: list[Answer] = []
    after = None
    for start in range(0, len(keys) + PAGE, PAGE):
        page = keys[start : start + PAGE]
        text = writing.rows([customers[key] for key in page], columns, (KEY,))
        file = f"{name}-{len(answers):05}.xml"
        (folder / file).write_bytes(writing.body(text)[0])
        answers.append(Answer(after, file))
        if not page:
            break
        after = page[-1]
    return Listed(customers=len(keys), answers=tuple(answers))


def _fingerprint() -> str:
    """Digest of what a recording is made from, so that an old one is not taken for a new one."""
    digest = blake2b(digest_size=6)
    for module in (changes, enet_columns, locales, seed, settings, table, writer):
        digest.update(Path(str(module.__file__)).read_bytes())
    digest.update(MAPPING.read_bytes() + Path(__file__).read_bytes())
    return digest.hexdigest()
