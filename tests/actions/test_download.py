from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from customary.actions.download import Downloaded, Wanted, download
from customary.actions.workspace import Workspace
from customary.errors import ConfigError, NotPermitted, Unreachable
from customary.protocols.zynk_fields import CUSTOMER
from customary.protocols.zynk_types import Field, Travel, Type
from customary.sandboxes.faults import Fault
from customary.sandboxes.sage200 import Sage200Sandbox, Settings
from customary.store import truth, watermarks
from customary.store.truth import Link
from tests.support.sage import SYSTEM, local_hub, open_logged_in, write

TODAY = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def sandbox() -> Iterator[Sage200Sandbox]:
    with Sage200Sandbox(customers=20) as running:
        yield running


@pytest.fixture
def workspace(tmp_path: Path, sandbox: Sage200Sandbox, request: pytest.FixtureRequest) -> Iterator[Workspace]:
    file = write(tmp_path, sandbox, local_hub(tmp_path, request), "page = 6")
    with open_logged_in(file, sandbox) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "CUSTOMERS.xml"


def downloaded(workspace: Workspace, file: Path, **wanted: Any) -> Downloaded:
    return download(workspace, Wanted(system=SYSTEM, file=file, **wanted), pause=0.0)


def strictly(file: Path) -> etree._Element:
    """The root of a file, read by a parser that forgives nothing."""
    parser = etree.XMLParser(recover=False, resolve_entities=False, no_network=True, huge_tree=False)
    return etree.parse(str(file), parser).getroot()


def link(identity: str, system: str, folded: str, key: str) -> Link:
    return Link(system=system, folded=folded, key=key, identity=identity, created=TODAY, modified=TODAY)


def told(file: Path, name: str = "reference") -> list[str]:
    return [str(each.findtext(name)) for each in strictly(file)]


def references(sandbox: Sage200Sandbox) -> list[str]:
    return [str(row["reference"]) for row in sandbox.state.customers]


def written(field: Field, value: Any) -> str:
    """A value of the sandbox's state as the page's example writes it."""
    match field.type:
        case Type.BOOLEAN:
            return "true" if value else "false"
        case Type.DECIMAL:
            return f"{Decimal(str(value)):.{field.decimals}f}"
        case _:
            return str(value)


def same(element: etree._Element, fields: tuple[Field, ...], thing: dict[str, Any]) -> None:
    """Hold an element against what the sandbox has: every field, in order, and no other."""
    expected = [
        field for field in fields if field.travel is not Travel.NONE and thing.get(field.name) is not None
    ]
    assert [child.tag for child in element] == [field.name for field in expected]
    for child, field in zip(element, expected, strict=True):
        value = thing[field.name]
        if field.type is Type.ARRAY:
            for contact, each in zip(child, value, strict=True):
                same(contact, field.fields, each)
        elif field.fields:
            same(child, field.fields, value)
        else:
            assert (child.text or "") == written(field, value), field.name
            assert len(child) == 0


def whole(sandbox: Sage200Sandbox, row: dict[str, Any]) -> dict[str, Any]:
    """A customer of the sandbox with what it refers to."""
    tables = {
        name: {each["id"]: dict(each) for each in table.rows}
        for name, table in sandbox.state.customers.resources.items()
    }
    address, countries = row["main_address"], tables["country_codes"]
    return row | {
        "country_code": countries[row["country_code_id"]],
        "currency": tables["currencies"][row["currency_id"]],
        "default_tax_code": tables["tax_codes"][row["default_tax_code_id"]],
        "main_address": address | {"address_country_code": countries[address["address_country_code_id"]]},
        "contacts": [
            each | {"salutation": tables["salutations"][each["salutation_id"]]} for each in row["contacts"]
        ],
    }


@pytest.mark.parametrize("edition", ["extra", "standard"])
def test_2000_customers_are_field_by_field_what_sage_has(
    edition: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    site: Any = {"edition": edition, "wrapped": edition == "standard"}
    with Sage200Sandbox(customers=2000, settings=Settings(**site)) as sandbox:
        place = write(tmp_path, sandbox, local_hub(tmp_path, request), f'edition = "{edition}"')
        with open_logged_in(place, sandbox) as workspace:
            done = downloaded(workspace, tmp_path / "all.xml")
        fields = tuple(field for field in CUSTOMER if edition == "extra" or not field.extra_only)
        root = strictly(tmp_path / "all.xml")
        assert (root.tag, len(root)) == ("Customers", 2000)
        for element, row in zip(root, sandbox.state.customers, strict=True):
            assert element.tag == "Customer"
            same(element, fields, whole(sandbox, row))
    assert (done.customers, done.left_out, done.messages, done.exit_code) == (2000, 0, (), 0)


def test_each_page_and_each_table_costs_one_call(
    workspace: Workspace, sandbox: Sage200Sandbox, file: Path
) -> None:
    downloaded(workspace, file)
    calls = sandbox.state.counts().calls
    assert calls["GET customers"] == 5, "four pages of six, and the empty one"
    tables = ("currencies", "currency_iso_codes", "country_codes", "tax_codes", "salutations")
    assert [calls[f"GET {table}"] for table in tables] == [1] * 5


def test_external_ids_are_told_where_they_are_known(
    workspace: Workspace, sandbox: Sage200Sandbox, file: Path
) -> None:
    first, second, third, *_ = references(sandbox)
    with workspace.store.write() as connection:
        for number, (scope, reference) in enumerate(
            [(f"upload:{SYSTEM}", first), (f"upload:{SYSTEM}", second), ("shop", third)]
        ):
            keys = ((scope, f"x&{number}", f"x&{number}"), (SYSTEM, reference.casefold(), reference))
            truth.enter(connection, [link(f"i{number}", *key) for key in keys])
    downloaded(workspace, file)
    assert told(file, "external_id")[:4] == ["x&0", "x&1", "None", "None"]
    assert [child.tag for child in strictly(file)[0]][:2] == ["external_id", "id"]
    downloaded(workspace, file, scope="shop")
    assert told(file, "external_id")[:4] == ["None", "None", "x&2", "None"]


def test_a_key_that_an_upload_made_up_is_no_external_id(
    workspace: Workspace, sandbox: Sage200Sandbox, file: Path
) -> None:
    reference = references(sandbox)[0]
    with workspace.store.write() as connection:
        made_up = link("i1", f"upload:{SYSTEM}", f"reference:{reference}", f"reference:{reference}")
        truth.enter(connection, [made_up, link("i1", SYSTEM, reference.casefold(), reference)])
    downloaded(workspace, file)
    assert set(told(file, "external_id")) == {"None"}


def test_modified_gives_what_changed_since_and_goes_on_from_there(
    workspace: Workspace, sandbox: Sage200Sandbox, file: Path
) -> None:
    assert downloaded(workspace, file, modified=True).customers == 20
    assert downloaded(workspace, file, modified=True).customers == 0
    assert strictly(file).tag == "Customers"
    changed = next(row for row in sandbox.state.customers if row["name"].isascii())
    sandbox.state.customers.change(changed["id"], {"name": "Changed & Co"})
    done = downloaded(workspace, file, modified=True)
    assert done.since is not None
    assert told(file, "name") == ["Changed & Co"]


def test_the_overlap_gives_again_what_changed_shortly_before(
    workspace: Workspace, sandbox: Sage200Sandbox, file: Path
) -> None:
    sandbox.state.customers.change(next(iter(sandbox.state.customers))["id"], {"name": "Late Ltd"})
    downloaded(workspace, file, modified=True)
    assert downloaded(workspace, file, modified=True).customers == 1
    assert told(file, "name") == ["Late Ltd"]


def test_downloads_for_other_purposes_do_not_take_changes_from_each_other(
    workspace: Workspace, sandbox: Sage200Sandbox, file: Path
) -> None:
    downloaded(workspace, file, modified=True, purpose="shop")
    downloaded(workspace, file, modified=True, filter="balance gt 0")
    assert downloaded(workspace, file, modified=True).customers == 20
    assert downloaded(workspace, file, modified=True, purpose="shop").customers == 0
    assert downloaded(workspace, file, modified=True, filter="balance gt 0").customers == 0


def test_a_download_of_all_begins_what_modified_goes_on_from_and_never_moves_it(
    workspace: Workspace, sandbox: Sage200Sandbox, file: Path
) -> None:
    downloaded(workspace, file)
    assert downloaded(workspace, file, modified=True).customers == 0
    with workspace.store.read() as connection:
        before = watermarks.read(connection, SYSTEM, "download")
    downloaded(workspace, file)
    with workspace.store.read() as connection:
        assert watermarks.read(connection, SYSTEM, "download") == before


def test_a_download_that_fails_changes_neither_the_file_nor_how_far_it_is(
    workspace: Workspace, sandbox: Sage200Sandbox, file: Path
) -> None:
    downloaded(workspace, file, modified=True)
    before = file.read_bytes()
    for row in list(sandbox.state.customers):
        sandbox.state.customers.change(row["id"], {"website": "moved"})
    sandbox.state.faults.add(Fault(kind="gateway_timeout", call="GET customers", nth=2, times=0))
    with pytest.raises(Unreachable, match="504"):
        downloaded(workspace, file, modified=True)
    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir() if "part" in each.name] == []
    sandbox.state.faults.clear()
    assert downloaded(workspace, file, modified=True).customers == 20


def test_a_page_that_fails_once_is_read_again_and_no_customer_comes_twice(
    workspace: Workspace, sandbox: Sage200Sandbox, file: Path
) -> None:
    for kind, nth in (("gateway_timeout", 2), ("drop_half", 4), ("token_expired", 6)):
        sandbox.state.faults.add(Fault(kind=kind, call="GET customers", nth=nth))
    downloaded(workspace, file)
    assert told(file) == references(sandbox)


def test_a_page_that_repeats_stops_the_download(
    workspace: Workspace, sandbox: Sage200Sandbox, file: Path
) -> None:
    sandbox.state.faults.add(Fault(kind="repeat_page", call="GET customers", nth=2, times=0))
    with pytest.raises(Unreachable, match="a page of customers came again"):
        downloaded(workspace, file)
    assert not file.exists()


def test_codes_that_ignore_paging_do_not_stop_it(
    workspace: Workspace, sandbox: Sage200Sandbox, file: Path
) -> None:
    sandbox.state.faults.add(Fault(kind="repeat_page", object="country_codes", times=0))
    assert downloaded(workspace, file).customers == 20
    assert "None" not in told(file, "country_code/code")


def test_a_filter_is_sages_own_and_may_have_an_or(
    workspace: Workspace, sandbox: Sage200Sandbox, file: Path
) -> None:
    first, second, *_ = references(sandbox)
    downloaded(workspace, file, filter=f"reference eq '{first}' or reference eq '{second}'")
    assert told(file) == [first, second]
    downloaded(workspace, file, filter="balance gt 100")
    rich = [row["reference"] for row in sandbox.state.customers if row["balance"] > 100]
    assert told(file) == rich


def test_a_filter_that_sage_refuses_is_told_with_an_example(workspace: Workspace, file: Path) -> None:
    with pytest.raises(ConfigError, match=r"does not take the filter 'shoe_size gt 40'.*balance gt 0"):
        downloaded(workspace, file, filter="shoe_size gt 40")


def test_a_customer_that_cannot_be_written_is_told_and_left_out(
    workspace: Workspace, sandbox: Sage200Sandbox, file: Path
) -> None:
    one = next(iter(sandbox.state.customers))
    sandbox.state.customers.change(one["id"], {"name": "Bell \x07 Ltd"})
    done = downloaded(workspace, file, modified=True)
    assert (done.customers, done.left_out, done.exit_code) == (19, 1, 1)
    (note,) = done.messages
    assert note.customer == one["reference"]
    assert "U+0007" in note.text
    assert len(told(file)) == 19
    assert downloaded(workspace, file, modified=True).customers == 19, "the watermark moved on"


def test_a_resource_that_the_role_lacks_is_told_once_and_left_out(
    workspace: Workspace, sandbox: Sage200Sandbox, file: Path
) -> None:
    sandbox.state.faults.add(Fault(kind="forbidden", object="salutations", times=0))
    done = downloaded(workspace, file)
    assert [note.text for note in done.messages if "salutations" in note.text] != []
    assert len(done.messages) == 1
    assert set(told(file, "contacts/contact/salutation/code")) == {"None"}


def test_nobody_logged_in_leaves_the_file_alone(
    workspace: Workspace, sandbox: Sage200Sandbox, file: Path
) -> None:
    file.write_text("before", encoding="utf-8")
    sandbox.state.tokens.expire(refresh=True)
    with pytest.raises(NotPermitted, match="customary login sage"):
        downloaded(workspace, file)
    assert file.read_text(encoding="utf-8") == "before"


def test_a_folder_that_there_is_not_is_told_before_anything_is_read(
    workspace: Workspace, sandbox: Sage200Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        downloaded(workspace, tmp_path / "nowhere" / "CUSTOMERS.xml")
    assert sandbox.state.counts().total == 0
