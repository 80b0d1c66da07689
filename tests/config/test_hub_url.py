from pathlib import Path

import pytest
from sqlalchemy import make_url

from customary.config.hub_url import connection_url, read_hub_url
from customary.config.settings import HubConfig
from customary.errors import ConfigError
from customary.model.secret import Secret


def test_a_sqlite_file_is_relative_to_the_data_directory_unless_it_is_absolute(tmp_path: Path) -> None:
    url, password = read_hub_url("sqlite:///sub/hub.db", tmp_path)
    assert Path(make_url(url).database or "") == tmp_path / "sub" / "hub.db"
    assert password == ""
    absolute = tmp_path / "other" / "hub.db"
    url, _ = read_hub_url(f"sqlite:///{absolute.as_posix()}", tmp_path)
    assert Path(make_url(url).database or "") == absolute


@pytest.mark.parametrize(
    ("url", "becomes", "password"),
    [
        ("postgresql://u@db:5433/hub", "postgresql+psycopg://u@db:5433/hub", ""),
        ("postgresql://u:p%40%3A@db/hub", "postgresql+psycopg://u@db/hub", "p@:"),
        ("postgresql://db/hub?sslmode=require", "postgresql+psycopg://db/hub?sslmode=require", ""),
        ("postgresql:///hub?host=/run/pg", "postgresql+psycopg:///hub?host=/run/pg", ""),
        ("postgresql://u:p@[::1]:5432/hub", "postgresql+psycopg://u@[::1]:5432/hub", "p"),
    ],
)
def test_postgresql_is_opened_by_psycopg_and_its_password_is_taken_out(
    url: str, becomes: str, password: str
) -> None:
    assert read_hub_url(url, Path("unused")) == (becomes, password)


@pytest.mark.parametrize(
    "url",
    [
        "hub.db",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///hub.db?mode=ro",
        "mysql://u:hunter2@db/hub",
        "postgres://u:hunter2@db/hub",
        "postgresql+asyncpg://u:hunter2@db/hub",
        "postgresql://u:hunter2@db",
        "postgresql://u:hunter2@db:port/hub",
        "postgresql://db/hub?password=hunter2",
        "postgresql://u:hunter2@[::1/hub",
    ],
)
def test_any_other_address_is_a_mistake_that_does_not_repeat_it(url: str) -> None:
    with pytest.raises(ConfigError, match='write "sqlite:///hub') as caught:
        read_hub_url(url, Path("unused"))
    assert "hunter2" not in str(caught.value)


def test_the_password_joins_the_address_only_to_open_it() -> None:
    hub = HubConfig(url="postgresql+psycopg://u@db:5433/hub", password=Secret(lambda: "p@:/ä"))
    assert make_url(connection_url(hub)).password == "p@:/ä"
    assert make_url(connection_url(hub)).host == "db"
    assert connection_url(HubConfig(url="sqlite:////x/hub.db")) == "sqlite:////x/hub.db"


def test_a_password_without_a_user_is_a_mistake() -> None:
    with pytest.raises(ConfigError, match="names no user"):
        connection_url(HubConfig(url="postgresql+psycopg://db/hub", password=Secret(lambda: "p")))
