"""Customers up to a Sage 200 by ``customary upload`` and down again by ``customary download``."""

from __future__ import annotations

from pathlib import Path

from customary.model.run import EXIT_DONE
from customary.protocols.zynk_read import CustomerRecord, read_customers
from customary.sandboxes.sage200 import Sage200Sandbox
from tests.acceptance.conftest import MakeSite
from tests.support.sage_site import SAGE

CUSTOMERS = 1000


def record(number: int) -> str:
    """A customer with every kind of field, each by its number."""
    address = (
        f"<address_1>{number} High St</address_1><city>Tőwn {number}</city><postcode>N{number}</postcode>"
    )
    country = "<address_country_code><code>GB</code></address_country_code>"
    salutation = "<salutation><code>Dr.</code></salutation>"
    return (
        f"<external_id>shop-{number}</external_id><name>Firm {number} &amp; Söhne</name>"
        f"<short_name>F{number}</short_name><on_hold>false</on_hold>"
        "<account_status_type>AccountStatusActive</account_status_type>"
        "<exchange_rate_type>ExchangeRateSingle</exchange_rate_type>"
        f"<telephone_country_code>+44</telephone_country_code><telephone_area_code>{number}</telephone_area_code>"
        f"<credit_limit>{number}.50</credit_limit><vat_number>{number}</vat_number>"
        "<currency><currency_iso_code><code>EUR</code></currency_iso_code></currency>"
        "<default_tax_code><code>1</code></default_tax_code><country_code><code>DE</code></country_code>"
        f"<main_address>{address}{country}</main_address>"
        f"<contacts><contact>{salutation}<first_name>Ann</first_name><last_name>Person {number}</last_name>"
        f"</contact></contacts><duns_code>{number:09d}</duns_code>"
    )


def read(path: Path) -> dict[str, CustomerRecord]:
    """The customers of a file by their external ids."""
    found = list(read_customers([path.read_bytes()]))
    return {each.fields["external_id"]: each for each in found if "external_id" in each.fields}


def test_what_went_up_comes_down_as_it_was_and_goes_up_again_without_a_write(
    make_site: MakeSite, tmp_path: Path
) -> None:
    with Sage200Sandbox(customers=5) as sandbox:
        site = make_site(sandbox)
        site.configure("generate = { letters = 4, digits = 4 }")
        told = site.upload(*(record(number) for number in range(CUSTOMERS)))
        assert (told.exit_code, len(told.done), told.failed) == (EXIT_DONE, CUSTOMERS, [])
        down = tmp_path / "down.xml"
        with site.begin("download", "--from", SAGE, "--out", str(down)) as command:
            answer = command.answer()
        assert answer.exit_code == EXIT_DONE, answer
        up, back = read(tmp_path / "in.xml"), read(down)
        assert back.keys() == up.keys()
        for key, sent in up.items():
            came = back[key]
            assert {name: came.fields.get(name) for name in sent.fields} == sent.fields
            (contact,), (held,) = sent.contacts, came.contacts
            assert {name: held.get(name) for name in contact} == contact
        before = site.writes()
        again = site.upload_file(down)
        assert (again.exit_code, len(again.done), site.writes()) == (EXIT_DONE, CUSTOMERS + 5, before), again
