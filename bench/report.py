"""What was measured, to be read: medians of the rounds, and ratios, which carry over to other machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from bench.measuring import Measured, median
from bench.task import Scenario

FLOOR = "floor"
OURS = "Customary"
DLT = "dlt"
BY_CSV = "dlt by CSV"


class Sample(Struct, frozen=True, kw_only=True):
    """One side in one scenario, in one round."""

    scenario: Scenario
    side: str
    database: str
    """``""`` for the floor."""
    customers: int
    """Customers that the source listed."""
    measured: Measured


class Line(Struct, frozen=True, kw_only=True):
    """One side in one scenario: medians over the rounds, the most of the memory."""

    scenario: Scenario
    side: str
    database: str
    rate: float
    """Customers a second."""
    of_floor: float
    """The rate as a share of the floor's."""
    of_processor: float
    """The same by the seconds of a processor that the processes took, the database server's left out."""
    of_dlt: float | None
    """The rate as a multiple of dlt's on the same database; ``None`` where dlt was not measured."""
    of_csv: float | None
    """The same of dlt's when it loads by CSV."""
    peak: int
    server: int


def lines(samples: Sequence[Sample]) -> Iterator[Line]:
    """Sum the samples up, scenario by scenario, in the order in which they were measured."""
    for scenario in Scenario:
        here = [sample for sample in samples if sample.scenario is scenario]
        floor = [sample for sample in here if sample.side == FLOOR]
        for side, database in dict.fromkeys((sample.side, sample.database) for sample in here):
            found = [sample for sample in here if (sample.side, sample.database) == (side, database)]
            rate = _rate(found)
            dlt, by_csv = (
                [sample for sample in here if (sample.side, sample.database) == (side, database)]
                for side in (DLT, BY_CSV)
            )
            yield Line(
                scenario=scenario,
                side=side,
                database=database,
                rate=rate,
                of_floor=rate / _rate(floor),
                of_processor=_processor(floor) / _processor(found),
                of_dlt=rate / _rate(dlt) if dlt else None,
                of_csv=rate / _rate(by_csv) if by_csv else None,
                peak=max(sample.measured.peak for sample in found),
                server=max(sample.measured.server for sample in found),
            )


def table(found: Sequence[Line]) -> str:
    """Write lines as a table."""
    text = [
        f"{'':<24}{'customers/s':>12}{'of floor':>10}{'(processor)':>12}{'of dlt':>8}"
        f"{'by CSV':>8}{'MB':>7}{'server MB':>11}"
    ]
    scenario = None
    for line in found:
        if line.scenario is not scenario:
            scenario = line.scenario
            text.append(f"{scenario}:")
        name = f"  {line.side} {line.database}".rstrip()
        of_dlt, of_csv = ("" if of is None else f"{of:.1f}" for of in (line.of_dlt, line.of_csv))
        server = f"{line.server / 2**20:.0f}" if line.server else ""
        text.append(
            f"{name:<24}{line.rate:>12,.0f}{line.of_floor:>10.2f}{line.of_processor:>12.2f}{of_dlt:>8}"
            f"{of_csv:>8}{line.peak / 2**20:>7.0f}{server:>11}"
        )
    return "\n".join(text)


def growth(many: Sequence[Sample], few: Sequence[Sample]) -> Iterator[str]:
    """Tell, for each of our lines, how much more memory many customers take than few do."""
    for line in lines([sample for sample in few if sample.side in (FLOOR, OURS)]):
        if line.side != OURS:
            continue
        peaks = [
            sample.measured.peak
            for sample in many
            if (sample.scenario, sample.side, sample.database) == (line.scenario, OURS, line.database)
        ]
        yield f"{line.scenario}, {line.database}: {max(peaks) / line.peak:.2f}"


def _rate(samples: Sequence[Sample]) -> float:
    return median(sample.customers / sample.measured.done.seconds for sample in samples)


def _processor(samples: Sequence[Sample]) -> float:
    return median(sample.measured.done.processor / sample.customers for sample in samples)
