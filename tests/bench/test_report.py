from __future__ import annotations

import pytest

from bench.measuring import Measured, median
from bench.report import BY_CSV, DLT, FLOOR, OURS, Sample, growth, lines, table
from bench.task import Done, Scenario


def sample(side: str, seconds: float, database: str = "", peak: int = 2**20) -> Sample:
    done = Done(seconds=seconds, processor=seconds / 2, outcomes={})
    return Sample(
        scenario=Scenario.SAME,
        side=side,
        database=database,
        customers=100,
        measured=Measured(done=done, peak=peak, server=0),
    )


SAMPLES = [
    sample(FLOOR, 1),
    sample(OURS, 2, "SQLite", 40 * 2**20),
    sample(DLT, 10, "SQLite"),
    sample(FLOOR, 1),
    sample(OURS, 4, "SQLite", 44 * 2**20),
    sample(FLOOR, 9),
    sample(OURS, 40, "SQLite"),
    sample(BY_CSV, 2, "SQLite"),
]


def test_a_line_compares_the_medians_of_the_rounds() -> None:
    floor, ours, dlt, _ = lines(SAMPLES)
    assert (floor.rate, floor.of_floor, floor.of_dlt) == (100, 1, None)
    assert (ours.rate, ours.of_floor, ours.of_dlt, ours.of_csv) == (25, 0.25, 2.5, 0.5)
    assert ours.of_processor == 0.25
    assert ours.peak == 44 * 2**20
    assert (dlt.side, dlt.of_dlt) == (DLT, 1)


@pytest.mark.parametrize(("values", "middle"), [([3.0, 1.0, 2.0], 2.0), ([1.0, 2.0], 1.0), ([5.0], 5.0)])
def test_a_median_is_one_of_the_values(values: list[float], middle: float) -> None:
    assert median(values) == middle


def test_memory_is_compared_for_each_database() -> None:
    few = [sample(FLOOR, 1), sample(OURS, 1, "SQLite", 40 * 2**20)]
    assert list(growth(SAMPLES, few)) == ["nothing changed, SQLite: 1.10"]


def test_the_table_has_a_line_for_each_side() -> None:
    text = table(list(lines(SAMPLES))).splitlines()
    assert [line.split()[0] for line in text[1:]] == ["nothing", "floor", "Customary", "dlt", "dlt"]
    assert text[3].split() == ["Customary", "SQLite", "25", "0.25", "0.25", "2.5", "0.5", "44"]
