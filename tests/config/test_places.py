import tomllib
from typing import Any

import pytest

from customary.config.places import Place, find_lines, line_of, written

TEXT = '''
data = "here"
[hub]
url = "x"   # comment = 1

[systems.syspro]
connector = "syspro"
currencies = { "$" = "USD" }
[systems."a.b"]
connector = "syspro"

[[operation]]
name = "one"
parameters = """
Customers: 1
name = 7
[hub]
"""
schedule.cron = "* * * * *"

[[operation]]
name = "two"
notify = { when = "always", to = [
  "a@example.com",
  "b=c@example.com",
] }
  [operation.limits]
  create = 5
  text = """one line"""
  update = 6
'''


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("data",), 2),
        (("hub",), 3),
        (("hub", "url"), 4),
        (("systems", "syspro", "connector"), 7),
        (("systems", "syspro", "currencies", "$"), 8),
        (("systems", "a.b", "connector"), 10),
        (("operation", 1), 12),
        (("operation", 1, "name"), 13),
        (("operation", 1, "schedule", "cron"), 19),
        (("operation", 2, "name"), 22),
        (("operation", 2, "notify", "to", 2), 23),
        (("operation", 2, "limits", "create"), 28),
        (("operation", 2, "limits", "update"), 30),
        (("operation", 2, "missing"), 21),
        (("nowhere",), 0),
    ],
)
def test_the_line_of_a_setting_is_found_or_that_of_what_it_stands_in(place: Place, line: int) -> None:
    assert line_of(find_lines(TEXT), place) == line


def test_every_place_that_has_a_line_is_one_that_toml_knows() -> None:
    document: dict[str, Any] = tomllib.loads(TEXT)
    for place in find_lines(TEXT):
        value: Any = document
        for part in place:
            value = value[part - 1] if isinstance(part, int) else value[part]
        assert value is not None


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (("operation", 2, "schedule", "cron"), "operation[2].schedule.cron"),
        (("systems", "a.b", "url"), 'systems."a.b".url'),
        ((), ""),
    ],
)
def test_a_place_is_written_as_a_path(place: Place, text: str) -> None:
    assert written(place) == text
