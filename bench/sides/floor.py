"""The floor: what no program can do without. The same bytes parsed in the same way, each record's hash
computed in the same way and compared with the one stored before; no journal, no database."""

from __future__ import annotations

from pathlib import Path

import msgspec

from bench.record import mapping_rows
from bench.recording import bodies, read_recording
from bench.task import Clock, Scenario, read_task, tell
from customary.connectors.syspro.codec import decode_page, unwrap
from customary.mapping.spec import FieldMapping
from customary.stages.normalize import native_hash


def main() -> None:
    """Compare all records; the stored hashes are in memory before the clock starts."""
    task = read_task()
    folder = Path(task.recording)
    recording = read_recording(folder)
    natives = FieldMapping(rows=mapping_rows()).natives
    stored = Path(task.folder) / "hashes.json"
    stored.parent.mkdir(parents=True, exist_ok=True)
    hashes: dict[str, str] = {}
    if task.scenario is not Scenario.FIRST:
        hashes = msgspec.json.decode(stored.read_bytes(), type=dict[str, str])
    created = updated = unchanged = 0
    with Clock() as clock:
        for raw in bodies(folder, recording.listed(task.scenario)):
            body, encoding = unwrap(raw, "auto")
            for record in decode_page(body, recording.columns, encoding).records:
                now = native_hash(record.native, natives)
                before = hashes.get(record.key)
                if before == now:
                    unchanged += 1
                    continue
                if before is None:
                    created += 1
                else:
                    updated += 1
                hashes[record.key] = now
    stored.write_bytes(msgspec.json.encode(hashes))
    tell(clock, {"created": created, "updated": updated, "unchanged": unchanged})


if __name__ == "__main__":
    main()
