from __future__ import annotations

from pathlib import Path

import pytest

from customary.actions.whole_file import whole_file
from customary.errors import ConfigError


def test_the_file_is_there_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.xml"
    path.write_bytes(b"before")
    with whole_file(path) as file:
        file.write(b"aft")
        assert path.read_bytes() == b"before"
        file.write(b"er")
    assert path.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_after_an_error_it_is_as_it_was(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "out.xml"
    path.write_bytes(b"before")

    def write() -> None:
        with whole_file(path) as file:
            file.write(b"half")
            raise error

    with pytest.raises(error):
        write()
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_link_leads_to_is_replaced(tmp_path: Path) -> None:
    path, link = tmp_path / "out.xml", tmp_path / "link.xml"
    path.write_bytes(b"before")
    try:
        link.symlink_to(path)
    except OSError:
        pytest.skip("this account may make no links (Windows)")
    with whole_file(link) as file:
        file.write(b"after")
    assert (path.read_bytes(), link.is_symlink()) == (b"after", True)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere" / "out.xml"):
        with pytest.raises(ConfigError, match="cannot be written"), whole_file(path):
            pass
    assert list(tmp_path.iterdir()) == []
