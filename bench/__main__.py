"""``./run bench``: the corridor against the floor under it and against dlt."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.databases import Database, databases
from bench.dlt_environment import dlt_python
from bench.measuring import measure
from bench.record import recorded
from bench.recording import read_recording
from bench.report import BY_CSV, DLT, FLOOR, OURS, Sample, growth, lines, table
from bench.task import Scenario, Task

WORK = Path(__file__).resolve().parent / ".work"


def main(arguments: Sequence[str]) -> int:
    """Measure and print; gives the exit code."""
    options = parser().parse_args(arguments)
    WORK.mkdir(exist_ok=True)
    python = None if options.no_dlt else dlt_python(WORK)
    machine = f"{os.cpu_count()} processors, Python {platform.python_version()}, {platform.system()}"
    print(f"{options.customers:,} customers, {options.rounds} rounds; {machine}", flush=True)
    few = max(options.customers // 10, 1)
    with databases(options.databases, WORK) as found:
        samples: list[Sample] = []
        for number in range(options.rounds):
            samples += one_round(options.customers, found, python if options.dlt_all and not number else None)
        small = one_round(few, found, None if options.dlt_all else python)
    summary = list(lines([*samples, *(sample for sample in small if sample.side in (DLT, BY_CSV))]))
    print(table(summary))
    if python and not options.dlt_all:
        print(f"dlt was measured with {few:,} customers: its merge is slower the more there are")
    print(f"\nmost memory with {options.customers:,} customers, as a multiple of that with {few:,}:")
    print("\n".join(f"  {line}" for line in growth(samples, small)))
    if options.out:
        told = {
            "machine": machine,
            "customers": options.customers,
            "lines": summary,
            "samples": samples,
            "few": small,
        }
        Path(options.out).write_bytes(msgspec.json.format(msgspec.json.encode(told), indent=1))
    return 0


def parser() -> argparse.ArgumentParser:
    """What can be said on the command line."""
    made = argparse.ArgumentParser(prog="./run bench", description="Measure the corridor, as ratios.")
    made.add_argument("--customers", type=int, default=200_000, help="customers at the source (200,000)")
    made.add_argument("--rounds", type=int, default=3, help="how often to measure; dlt is measured once (3)")
    made.add_argument(
        "--dlt-all",
        action="store_true",
        help="measure dlt with all customers too, not with a tenth of them; at 200,000 it may take an hour",
    )
    made.add_argument(
        "--databases",
        nargs="+",
        choices=("sqlite", "postgresql"),
        default=["sqlite", "postgresql"],
        help="where the hub is (both)",
    )
    made.add_argument("--no-dlt", action="store_true", help="leave dlt out")
    made.add_argument("--out", metavar="FILE.json", help="also write all that was measured into a file")
    return made


def one_round(customers: int, found: Sequence[Database], python: str | None) -> list[Sample]:
    """Measure all scenarios in order, the sides in turn, on fresh databases; dlt if its Python is given."""
    folder = recorded(WORK, customers)
    recording = read_recording(folder)
    own = WORK / "sides"
    shutil.rmtree(own, ignore_errors=True)
    sides: list[tuple[str, str, str, Database | None, str]] = [
        (FLOOR, "floor", sys.executable, None, ""),
        *((OURS, "ours", sys.executable, database, database.fresh()) for database in found),
    ]
    if python:
        sides += [(DLT, "dlt_merge", python, each, each.fresh()) for each in found]
        sides += [(BY_CSV, "dlt_merge", python, each, each.fresh()) for each in found if each.server]
    samples = []
    for scenario in Scenario:
        listed = recording.listed(scenario).customers
        for side, module, program, database, url in sides:
            name = database.name if database else ""
            task = Task(
                scenario=scenario,
                recording=str(folder),
                folder=str(own / f"{side}-{name}"),
                url=url,
                csv=side == BY_CSV,
            )
            measured = measure(module, task, program, database.server if database else None)
            check(side, measured.done.outcomes, recording.expected(scenario), listed)
            print(f"  {scenario}: {side} {name} {measured.done.seconds:.1f} s", flush=True)
            samples.append(
                Sample(scenario=scenario, side=side, database=name, customers=listed, measured=measured)
            )
    return samples


def check(side: str, outcomes: dict[str, int], expected: dict[str, int], listed: int) -> None:
    """Make sure that a side did all its work. Raises ``SystemExit``."""
    wrong = outcomes != expected if side == OURS else sum(outcomes.values()) != listed
    if wrong:
        raise SystemExit(f"bench: {side} ended with {outcomes} instead of {expected}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
