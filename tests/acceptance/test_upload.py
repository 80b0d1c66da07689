"""``customary upload``: files of Zynk's customer XML to a Sage 200."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from customary.model.run import EXIT_DONE, EXIT_ISSUES, EXIT_REFUSED, EXIT_SYSTEM, EXIT_USAGE
from customary.sandboxes.sage200 import Sage200Sandbox, Settings
from tests.acceptance.conftest import MakeSite, empty_hub
from tests.protocols.zynk_examples import MINIMAL
from tests.support.product import wait_until
from tests.support.sage_site import Site, Uploaded

CURRENCY = "<currency><currency_iso_code><code>{}</code></currency_iso_code></currency>"
FIRST = "JGE00001"
"""The reference of the sandbox's first customer, whose id is 27006."""


@pytest.fixture
def site(make_site: MakeSite) -> Iterator[Site]:
    """The product before a Sage 200 with 20 customers, none of them on hold."""
    with Sage200Sandbox(customers=20) as sandbox:
        for record in tuple(sandbox.state.customers):
            sandbox.state.customers.change(record["id"], {"on_hold": False})
        yield make_site(sandbox)


def shop(site: Site, more: str = "") -> str:
    """A system that names the external ids of a file."""
    file = (site.folder / "shop.xml").as_posix()
    return f'[systems.shop]\nconnector = "zynk"\nbusiness_unit = "MAIN"\nfile = "{file}"\n{more}'


def numbered(numbers: range) -> list[str]:
    """New customers whose VAT number is their external id."""
    each = "<external_id>{0}</external_id><name>Firm</name><vat_number>{0}</vat_number>"
    return [each.format(number) for number in numbers]


def named(uploaded: Uploaded) -> list[tuple[str, str]]:
    """Id and reference of the records in the success file."""
    return [(record.fields["id"], record.fields["reference"]) for record in uploaded.done]


def test_each_identifier_leads_to_its_customer_in_the_page_s_order(site: Site) -> None:
    assert site.customer(FIRST)["id"] == 27006
    one = site.upload(
        "<id>27006</id><website>by id</website>",
        "<external_id>shop-1</external_id><name>Bayside Bikes</name>",
        "<reference>mine01</reference><name>By reference</name>",
        f"<reference>{site.sandbox.state.customers.get(27009)['reference'].lower()}</reference><website>w</website>",
    )
    assert (one.exit_code, one.failed) == (EXIT_DONE, [])
    assert site.customer(FIRST)["website"] == "by id"
    assert site.customer("BAYS001")["name"] == "Bayside Bikes"
    assert site.customer("mine01")["name"] == "By reference"
    assert site.sandbox.state.customers.get(27009)["website"] == "w"
    ids = [str(site.customer(each)["id"]) for each in ("BAYS001", "mine01")]
    assert named(one)[1:3] == [(ids[0], "BAYS001"), (ids[1], "mine01")]
    again = site.upload("<external_id>shop-1</external_id><name>Bayside Bicycles</name>")
    assert named(again) == [(ids[0], "BAYS001")]
    assert site.customer("BAYS001")["name"] == "Bayside Bicycles"
    assert len(site.sandbox.state.customers) == 22


def test_what_the_page_leaves_open_goes_to_the_fail_file_with_what_to_do(site: Site) -> None:
    site.upload("<external_id>gone</external_id><name>Gone Ltd</name>")
    site.sandbox.state.customers.forget(site.customer("GONE001")["id"])
    site.configure("")  # references are not generated any more
    other = site.sandbox.state.customers.get(27009)["reference"]
    before = site.writes()
    told = site.upload(
        "<id>99</id><name>No such id</name>",
        "<external_id>gone</external_id><name>Deleted in Sage</name>",
        f"<id>27006</id><reference>{other}</reference><name>Two names</name>",
        "<external_id>new</external_id><name>Nothing tells who</name>",
        "<external_id>a</external_id><reference>AAA</reference><name>First</name>",
        "<external_id>a</external_id><name>Same external id</name>",
        "<external_id>b</external_id><reference>aaa</reference><name>Same reference</name>",
    )
    assert told.exit_code == EXIT_ISSUES
    assert [record.fields["reference"] for record in told.done] == ["AAA"]
    assert "no customer with the id 99" in told.errors["99"]
    assert "has no customer GONE001 any more" in told.errors["gone"]
    assert f"is {FIRST} in sage, and the record says {other}" in told.errors[other]
    assert "no key is made for new ones" in told.errors["new"]
    assert "same external id as record 5" in told.errors["a"]
    assert "same reference as record 5" in told.errors["b"]
    assert len(told.errors) == 6
    assert site.writes() == before + 1


def test_records_that_name_one_customer_in_two_ways_are_one_too_many(site: Site) -> None:
    site.configure(more=shop(site, "page = 2"))  # so that the two are not on one page
    told = site.upload(
        "<id>27006</id><website>first</website>",
        *numbered(range(8)),
        f"<reference>{FIRST.lower()}</reference><website>second</website>",
        options=["--from", "shop"],
    )
    assert (told.exit_code, len(told.done)) == (EXIT_ISSUES, 9)
    assert told.errors[FIRST.lower()] == "id:27006 is the same customer of sage: only one of them can be it"
    assert site.customer(FIRST)["website"] == "first"


def test_a_corrected_fail_file_is_uploaded_as_it_is(site: Site) -> None:
    wrong = f"<external_id>1</external_id><name>A</name>{CURRENCY.format('GPB')}"
    one = site.upload(wrong, "<external_id>2</external_id><name>B</name>")
    assert one.exit_code == EXIT_ISSUES
    assert "nearest: GBP" in one.errors["1"]
    mended = site.folder / "mended.xml"
    mended.write_bytes((site.folder / "fail.xml").read_bytes().replace(b"<code>GPB", b"<code>GBP"))
    two = site.upload_file(mended)
    assert (two.exit_code, len(two.done), two.failed) == (EXIT_DONE, 1, [])


@pytest.mark.parametrize("hub", ["sqlite", "postgresql"])
def test_a_second_upload_writes_nothing_and_tells_the_same(
    hub: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with Sage200Sandbox(customers=20) as sandbox:
        if hub == "sqlite":
            site = Site(tmp_path, sandbox, empty_hub(tmp_path, request.getfixturevalue("_hub_file")))
        else:
            site = Site(tmp_path, sandbox, request.getfixturevalue("postgres_url"))
        uploads_the_same_twice(site)


def uploads_the_same_twice(site: Site) -> None:
    records = numbered(range(9))
    records += ["<id>27006</id><website>w</website>", "<name>Only a name</name>"]
    one = site.upload(*records)
    before = site.writes()
    assert before == 11
    two = site.upload(*records)
    assert (one.exit_code, two.exit_code) == (EXIT_DONE, EXIT_DONE)
    assert site.writes() == before
    assert named(two) == named(one)
    assert "11 unchanged" in two.answer.out


@pytest.mark.parametrize("kind", ["commit_then_time_out", "drop_after"])
def test_writes_that_are_done_and_never_answered_leave_no_duplicate(site: Site, kind: str) -> None:
    for call in ("POST customers", "PUT customers/id"):
        site.fault(kind, call=call, times=0)
    records = [f"<external_id>{n}</external_id><name>Firm {n}</name>" for n in range(6)]
    records += ["<id>27006</id><website>w</website>"]
    one = site.upload(*records)
    assert (one.exit_code, one.failed) == (EXIT_DONE, [])
    assert (site.writes(), len(site.sandbox.state.customers)) == (7, 26)
    two = site.upload(*records)
    assert named(two) == named(one)
    assert (two.exit_code, site.writes()) == (EXIT_DONE, 7)


def test_creates_that_never_came_to_sage_are_made_by_the_next_upload(site: Site) -> None:
    site.fault("drop_before", call="POST customers", times=0)
    records = [f"<external_id>{n}</external_id><name>Firm {n}</name>" for n in range(3)]
    one = site.upload(*records)
    assert (one.exit_code, one.done) == (EXIT_ISSUES, [])
    assert all("no answer came" in text for text in one.errors.values())
    site.sandbox.state.faults.clear()
    two = site.upload(*records)
    assert [reference for _, reference in named(two)] == ["FIRM001", "FIRM002", "FIRM003"]
    assert len(site.sandbox.state.customers) == 23


def test_a_token_that_ends_in_the_middle_is_renewed(site: Site) -> None:
    site.fault("token_expired", call="POST customers", nth=5)
    told = site.upload(*(f"<external_id>{n}</external_id><name>Firm {n}</name>" for n in range(12)))
    assert (told.exit_code, len(told.done), len(site.sandbox.state.customers)) == (EXIT_DONE, 12, 32)


def test_two_uploads_of_overlapping_files_at_once_make_each_customer_once(site: Site) -> None:
    site.fault("slow", call="POST customers", seconds=0.05, times=0)
    numbers = {"a.xml": range(20), "b.xml": range(10, 30)}
    files = [site.write(*numbered(each), name=name) for name, each in numbers.items()]
    outputs = [("ok-a.xml", "fail-a.xml"), ("ok-b.xml", "fail-b.xml")]
    with (
        site.begin(*site.command(files[0], outputs[0])) as one,
        site.begin(*site.command(files[1], outputs[1])) as other,
    ):
        told = [site.results(command.answer(), to) for command, to in zip((one, other), outputs, strict=True)]
    assert [each.exit_code for each in told] == [EXIT_DONE, EXIT_DONE], [each.answer for each in told]
    assert [len(each.done) for each in told] == [20, 20]
    kept = [record["vat_number"] for record in site.sandbox.state.customers][20:]
    assert sorted(kept, key=int) == [str(number) for number in range(30)]


def test_an_upload_that_is_killed_goes_on_when_it_is_called_again(site: Site) -> None:
    site.configure(patience=3)  # what was under way is looked up when an answer is no longer to be expected
    records = numbered(range(40))
    path = site.write(*records)
    site.fault("slow", call="POST customers", seconds=0.1, times=0)
    with site.begin(*site.command(path)) as command:
        wait_until(lambda: len(site.sandbox.state.customers) >= 25, "some creates")
        command.signal(signal.SIGKILL)
        wait_until(lambda: not command.alive, "its end")
    site.sandbox.state.faults.clear()
    told = site.upload_file(path)
    assert "carried to its end first" in told.answer.err
    assert (told.exit_code, len(told.done), told.failed) == (EXIT_DONE, 40, [])
    kept = [record["vat_number"] for record in site.sandbox.state.customers][20:]
    assert sorted(kept, key=int) == [str(number) for number in range(40)]


def test_every_field_of_the_page_arrives(site: Site) -> None:
    texts = {
        "name": 60,
        "short_name": 8,
        "telephone_country_code": 5,
        "telephone_area_code": 20,
        "telephone_subscriber_number": 200,
        "fax_country_code": 5,
        "fax_area_code": 20,
        "fax_subscriber_number": 200,
        "website": 200,
        "vat_number": 30,
        **{f"analysis_code_{n}": 60 for n in range(1, 6)},
    }
    address = {**{f"address_{n}": 60 for n in range(1, 5)}, "city": 60, "county": 60, "postcode": 10}
    contact = {"first_name": 60, "middle_name": 60, "last_name": 60}

    def elements(lengths: dict[str, int]) -> str:
        return "".join(f"<{name}>{'é' * length}</{name}>" for name, length in lengths.items())

    record = (
        f"<reference>WHOLE001</reference>{elements(texts)}<on_hold>false</on_hold><credit_limit>123456.78</credit_limit>"
        "<account_status_type>AccountStatusHidden</account_status_type>"
        "<currency_id>1</currency_id><exchange_rate_type>ExchangeRatePeriod</exchange_rate_type>"
        "<country_code_id>13</country_code_id><default_tax_code_id>2</default_tax_code_id>"
        "<duns_code>123456789</duns_code><balance>77</balance><date_time_updated>2001-01-01</date_time_updated>"
        f"<main_address>{elements(address)}<address_country_code><code>GB</code></address_country_code></main_address>"
        f"<contacts><contact>{elements(contact)}<salutation><code>Mrs.</code></salutation>"
        "<default_email>ignored@example.com</default_email></contact></contacts>"
    )
    told = site.upload(record)
    assert (told.exit_code, told.failed) == (EXIT_DONE, []), told
    kept = site.customer("WHOLE001")
    assert {name: len(kept[name]) for name in texts} == texts
    assert {name: len(kept["main_address"][name]) for name in address} == address
    assert {name: len(kept["contacts"][0][name]) for name in contact} == contact
    assert kept["credit_limit"] == Decimal("123456.78")
    assert kept["account_status_type"] == "AccountStatusHidden"
    assert (kept["currency_id"], kept["country_code_id"], kept["default_tax_code_id"]) == (1, 13, 2)
    assert (kept["main_address"]["address_country_code_id"], kept["contacts"][0]["salutation_id"]) == (13, 2)
    assert (kept["duns_code"], kept["balance"]) == ("123456789", 0)
    before = site.writes()
    assert (site.upload(record).exit_code, site.writes()) == (EXIT_DONE, before)


def test_what_sage_200_standard_lacks_is_left_out_and_said(make_site: MakeSite) -> None:
    with Sage200Sandbox(customers=3, settings=Settings(edition="standard")) as sandbox:
        site = make_site(sandbox)
        contacts = "<contact><last_name>A</last_name></contact><contact><last_name>B</last_name></contact>"
        told = site.upload(
            "<reference>ONE</reference><name>One</name><telephone_area_code>191</telephone_area_code>",
            f"<reference>TWO</reference><name>Two</name><contacts>{contacts}</contacts>",
        )
        assert [record.fields["reference"] for record in told.done] == ["ONE"]
        assert "2 contacts are given; Sage 200 Standard has one" in told.errors["TWO"]
        assert "only Sage 200 Extra has telephone_area_code: left out" in told.answer.out


def test_an_id_and_a_code_that_disagree_are_refused_even_where_one_is_what_sage_has(site: Site) -> None:
    site.sandbox.state.customers.change(27006, {"currency_id": 1, "exchange_rate_type": "ExchangeRateSingle"})
    record = f"<id>27006</id><currency_id>2</currency_id>{CURRENCY.format('GBP')}"
    told = "currency_id 2 is 'EUR' in Sage, and the code given is 'GBP'"
    assert told in site.upload(record).errors["27006"]
    site.configure('prefer = "code"')
    assert site.upload(record).exit_code == EXIT_DONE
    assert site.sandbox.state.customers.get(27006)["currency_id"] == 1


def test_a_customer_on_hold_is_refused_unless_it_is_released(site: Site) -> None:
    site.sandbox.state.customers.change(27006, {"on_hold": True})
    told = site.upload("<id>27006</id><website>w</website>")
    assert "the customer is on hold" in told.errors["27006"]
    assert site.upload("<id>27006</id><website>w</website><on_hold>false</on_hold>").exit_code == EXIT_DONE
    assert site.sandbox.state.customers.get(27006)["website"] == "w"


def test_empty_elements_clear_unless_they_are_to_be_ignored(site: Site) -> None:
    site.sandbox.state.customers.change(27006, {"website": "w", "short_name": "s"})
    record = f"<id>27006</id><website/><credit_limit/>{CURRENCY.format('')}"
    assert site.upload(record, options=["--ignore-empty"]).exit_code == EXIT_DONE
    assert (site.sandbox.state.customers.get(27006)["website"], site.writes()) == ("w", 0)
    assert site.upload(record).exit_code == EXIT_DONE
    assert site.sandbox.state.customers.get(27006)["website"] == ""
    assert site.sandbox.state.customers.get(27006)["short_name"] == "s"


def test_the_page_s_minimal_file_makes_one_customer_for_ever(site: Site) -> None:
    path = site.folder / "minimal.xml"
    path.write_text(MINIMAL, encoding="utf-8")
    one, two = (site.upload_file(path) for _ in range(2))
    assert named(one) == named(two) == [(str(site.customer("BAYS001")["id"]), "BAYS001")]
    assert len(site.sandbox.state.customers) == 21


def test_a_dry_run_tells_and_writes_nothing_anywhere(site: Site) -> None:
    told = site.upload("<reference>NEW1</reference><name>N</name>", options=["--dry-run"])
    assert (told.exit_code, site.writes(), told.done, told.failed) == (EXIT_DONE, 0, [], [])
    assert "NEW1" in told.answer.out
    assert not (site.folder / "ok.xml").exists()


def test_a_broken_file_changes_nothing(site: Site) -> None:
    path = site.write("<reference>NEW1</reference><name>N</name>")
    path.write_bytes(path.read_bytes()[:-5])
    told = site.upload_file(path)
    assert (told.exit_code, site.writes()) == (EXIT_USAGE, 0)
    assert "not well-formed" in told.answer.err
    assert not (site.folder / "fail.xml").exists()


def test_a_sage_that_fails_in_the_middle_leaves_the_rest_in_the_fail_file(site: Site) -> None:
    site.fault("forbidden", call="POST customers", nth=3, times=0)
    told = site.upload(*(f"<external_id>{n}</external_id><name>Firm {n}</name>" for n in range(8)))
    assert told.exit_code == EXIT_SYSTEM
    assert len(told.done) + len(told.failed) == 8
    assert len(told.done) == len(site.sandbox.state.customers) - 20
    assert all("role lacks the right" in text for text in told.errors.values())
    site.sandbox.state.faults.clear()
    assert len(site.upload_file(site.folder / "in.xml").done) == 8
    assert len(site.sandbox.state.customers) == 28


def test_a_limit_refuses_the_whole_file(site: Site) -> None:
    records = [f"<external_id>{n}</external_id><name>Firm {n}</name>" for n in range(12)]
    told = site.upload(*records, options=["--limit", "11"])
    assert (told.exit_code, told.done, len(told.failed), site.writes()) == (EXIT_REFUSED, [], 12, 0)
    assert all("not uploaded" in text for text in told.errors.values())
    assert all("--limit" in text and "For example" not in text for text in told.errors.values())


def test_a_file_that_would_overwrite_most_of_sage_is_refused_unless_it_is_allowed(site: Site) -> None:
    here = [customer["reference"] for customer in site.sandbox.state.customers]
    records = [f"<reference>{reference}</reference><website>w</website>" for reference in here]
    told = site.upload(*records)
    assert (told.exit_code, len(told.failed), site.writes()) == (EXIT_REFUSED, 20, 0)
    assert site.upload(*records, options=["--limit", "100%"]).exit_code == EXIT_DONE
    assert site.writes() == 20


def test_external_ids_belong_to_the_name_that_the_file_is_read_under(site: Site) -> None:
    site.configure(more=shop(site))
    record = "<external_id>1</external_id><name>Firm</name>"
    assert named(site.upload(record))[0][1] == "FIRM001"
    assert named(site.upload(record, options=["--from", "shop"]))[0][1] == "FIRM002"
    assert named(site.upload(record, options=["--from", "shop"]))[0][1] == "FIRM002"
    told = site.upload(record, options=["--from", "shap"])
    assert (told.exit_code, "no system of this name" in told.answer.err) == (EXIT_USAGE, True)


def test_more_than_a_page_of_customers_arrive_as_they_stand_in_the_file(site: Site) -> None:
    records = [
        f"<external_id>{n}</external_id><reference>T{n:05d}</reference><name>Firm {n} &amp; Söhne</name>"
        f"<credit_limit>{n}.50</credit_limit><main_address><city>Town {n}</city></main_address>"
        f"<contacts><contact><last_name>Person {n}</last_name></contact></contacts>"
        for n in range(510)
    ]
    told = site.upload(*records)
    assert (told.exit_code, len(told.done), told.failed) == (EXIT_DONE, 510, [])
    kept = {record["reference"]: record for record in tuple(site.sandbox.state.customers)[20:]}
    assert len(kept) == 510
    for n in (0, 1, 499, 500, 501, 509):
        found = kept[f"T{n:05d}"]
        assert (found["name"], found["credit_limit"]) == (f"Firm {n} & Söhne", Decimal(f"{n}.50"))
        assert found["main_address"]["city"] == f"Town {n}"
        assert found["contacts"][0]["last_name"] == f"Person {n}"
    before = site.writes()
    again = site.upload(*records)
    assert (again.exit_code, site.writes(), len(again.done)) == (EXIT_DONE, before, 510)
