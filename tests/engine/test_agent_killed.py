"""A process that carries a run out is killed at every boundary in turn; the next completes the run."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec import Struct
from sqlalchemy import Engine, text

from customary.model.run import Request, State
from customary.store.database import Store, open_store
from tests.support import children, processes, runs
from tests.support.children import Moment
from tests.support.postgres import Postgres
from tests.support.runs import ALL, INITIAL, Hub, MemorySource, Names

PAGE = 20
BEFORE: Names = {f"{number:04d}": f"Customer {number}" for number in range(100)}
AFTER: Names = {
    **{key: f"{name} & Sons" if int(key) % 10 == 3 else name for key, name in BEFORE.items()},
    **{f"{number:04d}": f"New {number}" for number in range(100, 110)},
    "0050": "x" * 151,
}
"""Ten updated, ten created, one rejected for its length, the others unchanged."""
AT_ONCE = 6
"""So many runs are killed and carried on side by side; each spends most of its time waiting."""


class Case(Struct, frozen=True):
    """A run that is killed: what the hub holds before, what the source has, and what is asked for."""

    before: Names
    names: Names
    request: Request
    outcomes: dict[str, int]


FIRST = Case({}, BEFORE, INITIAL, {"created": 100})
MIXED = Case(BEFORE, AFTER, ALL, {"created": 10, "updated": 10, "unchanged": 89, "rejected": 1})


class Hubs:
    """Copies of one hub, each with a run that is queued, to be killed once each."""

    def __init__(self, folder: Path, case: Case, server: Postgres | None = None) -> None:
        self.folder = folder
        self.case = case
        self.run_id = 0
        self._server = server
        self._template = self._make()

    def _make(self) -> str:
        url = (
            self._server.url(self._server.create()) if self._server else _sqlite(self.folder / "template.db")
        )
        store = open_store(url)
        runs.ensure_unit(store)
        if self.case.before:
            agent = runs.agent(store, self.folder / "template", MemorySource(self.case.before, PAGE))
            runs.see_through(agent, runs.begin(store, INITIAL))
            if self._server:
                _drop_durable_state(store.engine)
        self.run_id = runs.begin(store, self.case.request)
        store.close()
        return url

    def copy(self, name: str) -> str:
        """Make a copy of the hub; gives its address."""
        if self._server:
            return self._server.url(self._server.create(self._template.rpartition("/")[2]))
        file = self.folder / f"{name}.db"
        shutil.copyfile(self.folder / "template.db", file)
        return _sqlite(file)

    def undisturbed(self, moment: Moment) -> tuple[int, Hub]:
        """Let the run end; gives how often a moment came, and what the hub holds then."""
        data = self.folder / "undisturbed"
        hub = self._completed(self.copy("undisturbed"), data, moment)
        return _met(data), hub

    def met(self, moment: Moment, time: int) -> int:
        """How often the moment came to the process that completed a killed run."""
        return _met(self.folder / f"{moment.value}-{time}")

    def killed(self, fault: tuple[Moment, int]) -> tuple[int, Hub]:
        """Have the run killed at a fault, and completed by the next process; gives the first's exit code."""
        name = f"{fault[0].value}-{fault[1]}"
        url, data = self.copy(name), self.folder / name
        code = processes.run(children.carry, url, data, (self.case.names, PAGE), self.run_id, fault)
        return code, self._completed(url, data, fault[0])

    def _completed(self, url: str, data: Path, moment: Moment) -> Hub:
        code = processes.run(children.carry, url, data, (self.case.names, PAGE), self.run_id, (moment, 0))
        assert code == 0
        store = open_store(url)
        try:
            self._check_sums(store)
            return runs.look(store)
        finally:
            store.close()

    def _check_sums(self, store: Store) -> None:
        run = runs.read_run(store, self.run_id)
        assert run.state is State.SUCCEEDED
        assert run.exit_code == (1 if "rejected" in self.case.outcomes else 0)
        assert run.enumerated == len(self.case.names)
        assert runs.counts(store, self.run_id) == self.case.outcomes


def _met(data: Path) -> int:
    return int((data / "met").read_text(encoding="utf-8"))


def _sqlite(file: Path) -> str:
    return f"sqlite:///{file.as_posix()}"


def _drop_durable_state(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA dbos CASCADE"))
    engine.dispose()


@pytest.fixture(params=[FIRST, MIXED], ids=["the initial load", "a mixed run"])
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


def kill_at(hubs: Hubs, moment: Moment, every: int = 1) -> int:
    """Kill a run at each ``every``-th time of a moment, in a hub of its own; gives how often it comes.

    However it was killed, the next process leaves what nobody would have disturbed.
    """
    times, expected = hubs.undisturbed(moment)
    faults = [(moment, time) for time in range(1, times + 1, every)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for fault, (code, hub) in zip(faults, pool.map(hubs.killed, faults), strict=True):
            assert code != 0, fault
            assert hub == expected, fault
    return times


def test_killed_before_any_commit_of_the_hub(tmp_path: Path, case: Case) -> None:
    assert kill_at(Hubs(tmp_path, case), Moment.COMMIT) >= len(case.names) // PAGE + 3


def test_killed_at_a_statement_in_the_middle_of_a_transaction(tmp_path: Path, case: Case) -> None:
    assert kill_at(Hubs(tmp_path, case), Moment.STATEMENT, every=23) >= 50


def test_killed_before_a_page_is_read(tmp_path: Path, case: Case) -> None:
    pages = -(-len(case.names) // PAGE)
    assert kill_at(Hubs(tmp_path, case), Moment.READ, every=2) == pages


def test_killed_before_the_engine_notes_the_end(tmp_path: Path) -> None:
    assert kill_at(Hubs(tmp_path, FIRST), Moment.RECORD) >= 2


def test_killed_before_what_follows_the_end_of_a_run(tmp_path: Path) -> None:
    hubs = Hubs(tmp_path, FIRST)
    assert kill_at(hubs, Moment.FOLLOW_UP) == 1
    assert hubs.met(Moment.FOLLOW_UP, 1) == 1, "the next process does not do what follows"


def test_killed_on_postgresql(tmp_path: Path, case: Case, postgres: Postgres) -> None:
    assert kill_at(Hubs(tmp_path, case, postgres), Moment.COMMIT, every=5) >= len(case.names) // PAGE + 3
