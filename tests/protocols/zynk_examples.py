"""The page's examples rebuilt, and customers of all kinds to read and to write.

SOURCE: seed 003, "Zynk Workflow Documentation" on Sage 200 Online customers, sections "Minimal Example" and
"Full Example": their elements, order and layout; the values are invented.
"""

from __future__ import annotations

from hypothesis import strategies as st

from customary.protocols.zynk_fields import CUSTOMER
from customary.protocols.zynk_types import CustomerTexts, Field, Texts, Travel, Type
from tests.protocols.test_enet_xml import xml_text

ROOT = (
    '<Customers xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
)

MINIMAL = f"""<?xml version="1.0" encoding="utf-8"?>
{ROOT}
    <Customer>
        <name>Bayside Bikes Ltd.</name>
    </Customer>
</Customers>
"""

COUNTRY = """<id>44</id>
{0}<date_time_updated>2016-01-30T21:03:06.6</date_time_updated>
{0}<name>Ireland</name>
{0}<code>IE</code>
{0}<eu_member>true</eu_member>"""

FULL = f"""<?xml version="1.0" encoding="utf-8"?>
{ROOT}
  <Customer>
    <external_id>shop-77</external_id>
    <id>31415</id>
    <date_time_updated>2019-03-04T15:16:17.018</date_time_updated>
    <reference>BAYS001</reference>
    <name>Bayside Bikes &amp; Söhne</name>
    <short_name>Bayside</short_name>
    <balance>-12.50</balance>
    <on_hold>false</on_hold>
    <account_status_type>AccountStatusActive</account_status_type>
    <currency_id>2</currency_id>
    <exchange_rate_type>ExchangeRateSingle</exchange_rate_type>
    <telephone_country_code>+353</telephone_country_code>
    <telephone_area_code>1</telephone_area_code>
    <telephone_subscriber_number>555 0100</telephone_subscriber_number>
    <fax_country_code>+353</fax_country_code>
    <fax_area_code>1</fax_area_code>
    <fax_subscriber_number>555 0101</fax_subscriber_number>
    <website>https://bayside.example</website>
    <credit_limit>25000.00</credit_limit>
    <country_code_id>44</country_code_id>
    <default_tax_code_id>7</default_tax_code_id>
    <vat_number>123 4567 89</vat_number>
    <analysis_code_1>West</analysis_code_1>
    <analysis_code_2>Bicycles</analysis_code_2>
    <analysis_code_3>31/12/2018</analysis_code_3>
    <analysis_code_4>20</analysis_code_4>
    <analysis_code_5>false</analysis_code_5>
    <country_code>
      {COUNTRY.format("      ")}
    </country_code>
    <currency>
      <id>2</id>
      <date_time_updated>2017-07-07T07:07:07.7</date_time_updated>
      <symbol>€</symbol>
      <name>Euro</name>
      <core_currency_rate>1.120000</core_currency_rate>
      <euro_currency_rate>1.000000</euro_currency_rate>
      <currency_iso_code_id>50</currency_iso_code_id>
      <is_base_currency>false</is_base_currency>
      <is_euro_currency>true</is_euro_currency>
      <currency_iso_code>
        <id>50</id>
        <date_time_updated>2016-01-30T21:03:07.071</date_time_updated>
        <code>EUR</code>
        <name>EURO MEMBERS, Euro</name>
      </currency_iso_code>
    </currency>
    <default_tax_code>
      <id>7</id>
      <date_time_updated>2016-01-30T21:03:08</date_time_updated>
      <code>4</code>
      <name>Zero Rate</name>
      <tax_rate>0.00</tax_rate>
    </default_tax_code>
    <main_address>
      <id>31416</id>
      <date_time_updated>2019-03-01T11:22:33.444</date_time_updated>
      <address_1>Unit 3</address_1>
      <address_2>10 - 12 Harbour Road</address_2>
      <address_3 />
      <address_4 />
      <city>Dublin</city>
      <county>County Dublin</county>
      <postcode>D01 X2X2</postcode>
      <address_country_code_id>44</address_country_code_id>
      <address_country_code>
        {COUNTRY.format("        ")}
      </address_country_code>
      <customer_id>31415</customer_id>
    </main_address>
    <contacts>
      <contact>
        <id>31417</id>
        <salutation_id>3</salutation_id>
        <name>Dr. Ada B Example</name>
        <first_name>Ada</first_name>
        <middle_name>B</middle_name>
        <last_name>Example</last_name>
        <is_default>true</is_default>
        <default_telephone>+353 1 555 0100</default_telephone>
        <default_email>ada@bayside.example</default_email>
        <salutation>
          <id>3</id>
          <date_time_updated>2016-01-30T21:03:09.09</date_time_updated>
          <code>Dr.</code>
          <description>Dr.</description>
          <is_default>false</is_default>
        </salutation>
        <date_time_updated>2019-03-04T15:16:17.02</date_time_updated>
        <customer_id>31415</customer_id>
      </contact>
    </contacts>
    <duns_code>123456789</duns_code>
  </Customer>
</Customers>
"""


def customers(*records: str) -> bytes:
    """A document of customers, each given by what stands in its ``<Customer>``."""
    return f"{ROOT}{''.join(f'<Customer>{record}</Customer>' for record in records)}</Customers>".encode()


def leaves(fields: tuple[Field, ...], before: str = "") -> dict[str, Field]:
    """The texts that Zynk's XML may have in these fields, by path; not those of an array."""
    found: dict[str, Field] = {}
    for field in fields:
        if field.travel is Travel.NONE or field.type is Type.ARRAY:
            continue
        if field.fields:
            found |= leaves(field.fields, f"{before}{field.name}.")
        else:
            found[before + field.name] = field
    return found


LEAVES = leaves(CUSTOMER)
CONTACT_LEAVES = leaves(next(field.fields for field in CUSTOMER if field.name == "contacts"))
EMPTY_THINGS = ("main_address", "currency", "currency.currency_iso_code", "contacts")


def texts(paths: dict[str, Field]) -> st.SearchStrategy[Texts]:
    """Any texts under some of the paths, the empty one among them."""
    return st.dictionaries(st.sampled_from(sorted(paths)), xml_text(), max_size=12)


@st.composite
def any_customer(draw: st.DrawFn) -> CustomerTexts:
    """Any customer that Zynk's XML can say, sense or none."""
    fields = dict(draw(texts(LEAVES)))
    contacts = tuple(draw(st.lists(texts(CONTACT_LEAVES), max_size=3)))
    for thing in sorted(draw(st.sets(st.sampled_from(EMPTY_THINGS)))):
        inside = any(path.startswith(f"{thing}.") for path in fields) or thing.partition(".")[0] in fields
        if not inside and not (contacts and thing == "contacts"):
            fields[thing] = ""
    return CustomerTexts(fields, contacts)
