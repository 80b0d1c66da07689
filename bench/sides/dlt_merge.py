"""dlt: its merge of the same records, decoded by the same code from the same bytes, in its own environment.

It writes one table and keeps no journal, no baselines and no limits. It is given whole pages, and its
telemetry is off. It is measured as it loads by itself and, on PostgreSQL, by CSV too, which is COPY.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import dlt  # type: ignore[import-not-found,unused-ignore]  # only in the environment that bench makes for it
from dlt.destinations import (  # type: ignore[import-not-found,unused-ignore]  # as above
    postgres,
    sqlalchemy,
)

from bench.recording import Listed, Recording, bodies, read_recording
from bench.task import Clock, read_task, tell
from customary.connectors.syspro.codec import KEY, decode_page, unwrap

TABLE = "customer"


def main() -> None:
    """Merge all records into the database by their key, and count the table's rows."""
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    os.environ["CREDENTIALS__PASSWORD"] = "-"  # noqa: S105  # it wants one, and the server asks for none
    task = read_task()
    folder = Path(task.recording)
    recording = read_recording(folder)
    listed = recording.listed(task.scenario)
    to = postgres if task.url.startswith("postgresql") else sqlalchemy
    file_format = "csv" if task.csv else None
    pipeline = dlt.pipeline(
        "bench", pipelines_dir=task.folder, destination=to(credentials=task.url), dataset_name="bench"
    )
    merged = dlt.resource(
        records, name=TABLE, write_disposition="merge", primary_key=KEY, columns={KEY: {"data_type": "text"}}
    )
    with Clock() as clock:
        done = pipeline.run(merged(folder, recording, listed), loader_file_format=file_format)
    done.raise_on_failed_jobs()
    with pipeline.sql_client() as client:
        rows = client.execute_sql(f"SELECT COUNT(*) FROM {client.make_qualified_table_name(TABLE)}")
    tell(clock, {"rows": int(rows[0][0])})


def records(folder: Path, recording: Recording, listed: Listed) -> Iterator[list[dict[str, str]]]:
    """Give the records page by page."""
    for raw in bodies(folder, listed):
        body, encoding = unwrap(raw, "auto")
        yield [dict(record.native) for record in decode_page(body, recording.columns, encoding).records]


if __name__ == "__main__":
    main()
