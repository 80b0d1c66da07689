"""The tables of the hub and the journal. One schema for SQLite and PostgreSQL; Alembic migrations make it.

Three states in a column: ``NULL`` is absent, ``''`` is blank, anything else is a value. Decimals are exact
text on both databases (cast them to compare them in SQL). Flags are ``'1'`` and ``'0'`` so that they can be
blank or absent too. JSON columns hold what only one vendor has.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

from customary.model.fields import CUSTOMER

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

IDENTITY = String(36)
MOMENT = DateTime(timezone=True)
VERSION = Integer().with_variant(BigInteger(), "postgresql")
"""The version of a target's customer: a count in the hub, a digest of 63 bits elsewhere."""

business_unit = Table(
    "business_unit",
    metadata,
    Column("code", String(30), primary_key=True),
    Column("financials_only", Integer, nullable=False, server_default="0"),
)

customer = Table(  # no foreign key to its unit: docs/decisions/0018
    "customer",
    metadata,
    Column("identity", IDENTITY, primary_key=True),
    Column("business_unit", String(30), nullable=False),
    Column("status", String(12), nullable=False, server_default="open"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("vendor", Text),
    Column("changed_by_run", Integer),
    *(Column(name, Text, nullable=name != "code") for name in CUSTOMER),
    UniqueConstraint("business_unit", "code"),
)
Index("ix_customer_unpadded_code", customer.c.business_unit, func.ltrim(customer.c.code, text("'0'")))


def _child(name: str, *columns: Column[object]) -> Table:
    """Make a child table of the customer: its key within the customer, its fields and vendor-only ones."""
    return Table(
        name,
        metadata,
        Column("identity", IDENTITY, ForeignKey("customer.identity", ondelete="CASCADE"), nullable=False),
        *columns,
        Column("key", String(120), nullable=False),
        Column("fields", Text, nullable=False, server_default="{}"),
        Column("vendor", Text),
        PrimaryKeyConstraint("identity", *(column.name for column in columns), "key"),
    )


address = _child("address", Column("use", String(16)))
contact = _child("contact")
tax_registration = _child("tax_registration")
document_format = _child("document_format")
customer_standard_text = _child("customer_standard_text")
item_customer = _child("item_customer")

customer_class = Table(
    "customer_class",
    metadata,
    Column("identity", IDENTITY, ForeignKey("customer.identity", ondelete="CASCADE"), nullable=False),
    Column("name", String(120), nullable=False),
    PrimaryKeyConstraint("identity", "name"),
)
Index("ix_customer_class_name", customer_class.c.name)

account = Table(
    "account",
    metadata,
    Column("business_unit", String(30), ForeignKey("business_unit.code"), nullable=False),
    Column("code", String(30), nullable=False),
    Column("status", String(12), nullable=False, server_default="open"),
    Column("fields", Text, nullable=False, server_default="{}"),
    PrimaryKeyConstraint("business_unit", "code"),
)

standard_text = Table(
    "standard_text",
    metadata,
    Column("business_unit", String(30), ForeignKey("business_unit.code"), nullable=False),
    Column("key", String(120), nullable=False),
    Column("fields", Text, nullable=False, server_default="{}"),
    PrimaryKeyConstraint("business_unit", "key"),
)

reference_list = Table(
    "reference_list",
    metadata,
    Column("business_unit", String(30), ForeignKey("business_unit.code"), nullable=False),
    Column("name", String(60), nullable=False),
    Column("code", String(60), nullable=False),
    Column("text", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("business_unit", "name", "code"),
)

cross_reference = Table(
    "cross_reference",
    metadata,
    Column("system", String(60), nullable=False),
    Column("folded", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("identity", IDENTITY, nullable=False),
    Column("record_id", Text, nullable=False, server_default=""),
    Column("created", MOMENT, nullable=False, server_default=func.current_timestamp()),
    Column("modified", MOMENT),
    Column("type", Text, nullable=False, server_default=""),
    Column("hash", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("system", "folded"),
    UniqueConstraint("identity", "system"),
)

watermark = Table(
    "watermark",
    metadata,
    Column("system", String(60), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("moment", MOMENT, nullable=False),
    PrimaryKeyConstraint("system", "purpose"),
)

generated_reference = Table(
    "generated_reference",
    metadata,
    Column("system", String(60), nullable=False),
    Column("source", String(60), nullable=False),
    Column("folded", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("taken", Text, nullable=False),
    Column("created", MOMENT, nullable=False, server_default=func.current_timestamp()),
    PrimaryKeyConstraint("system", "source", "folded"),
    UniqueConstraint("system", "taken"),
)

baseline = Table(
    "baseline",
    metadata,
    Column("identity", IDENTITY, nullable=False),
    Column("source", String(60), nullable=False),
    Column("target", String(60), nullable=False),
    Column("source_hash", String(32), nullable=False),
    Column("fingerprint", String(32), nullable=False),
    Column("target_version", VERSION, nullable=False),
    Column("source_values", Text, nullable=False),
    Column("target_values", Text, nullable=False),
    PrimaryKeyConstraint("source", "target", "identity"),
)

operation = Table(
    "operation",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("next_due", MOMENT),
    Column("schedule", String(200), nullable=False, server_default=""),
)

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("operation", String(120), nullable=False),
    Column("source", String(60), nullable=False),
    Column("target", String(60), nullable=False),
    Column("state", String(12), nullable=False),
    Column("request", Text, nullable=False, server_default="{}"),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("agent", String(200), nullable=False, server_default=""),
    Column("known", Integer, nullable=False, server_default="0"),
    Column("enumerated", Integer, nullable=False, server_default="0"),
    Column("digest", String(32), nullable=False, server_default=""),
    Column("fingerprint", String(32), nullable=False, server_default=""),
    Column("exit_code", Integer, nullable=False, server_default="0"),
    Column("queued", MOMENT, nullable=False, server_default=func.current_timestamp()),
    Column("started", MOMENT),
    Column("finished", MOMENT),
    Column("mailed", MOMENT),
    sqlite_autoincrement=True,
)
Index(
    "uq_run_unfinished",
    run.c.operation,
    unique=True,
    sqlite_where=run.c.finished.is_(None),
    postgresql_where=run.c.finished.is_(None),
)

page = Table(
    "page",
    metadata,
    Column("run_id", Integer, ForeignKey("run.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("segment", Integer, nullable=False),
    Column("cursor", Text),
    Column("last", Integer, nullable=False, server_default="0"),
    Column("complete", Integer, nullable=False, server_default="0"),
    Column("keys", LargeBinary, nullable=False),
    Column("records", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("digest", String(32), nullable=False),
    Column("applied", Integer, nullable=False, server_default="0"),
    PrimaryKeyConstraint("run_id", "number"),
)

cycle = Table(  # no foreign key to its run: docs/decisions/0018
    "cycle",
    metadata,
    Column("run_id", Integer, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("customer", Text, nullable=False),
    Column("identity", IDENTITY),
    Column("key", Text, nullable=False),
    Column("action", String(8)),
    Column("outcome", String(16)),
    Column("target_version", VERSION, nullable=False, server_default="0"),
    Column("links", Integer, nullable=False, server_default="0"),
    Column("changes", Text),
    Column("baseline", Text),
    Column("epoch", Integer, nullable=False),
    Column("started", MOMENT),
    PrimaryKeyConstraint("run_id", "number"),
)
Index("ix_cycle_identity", cycle.c.identity)

message = Table(
    "message",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("run_id", Integer, ForeignKey("run.id", ondelete="CASCADE"), nullable=False),
    Column("cycle", BigInteger),
    Column("level", String(12), nullable=False),
    Column("customer", Text, nullable=False, server_default=""),
    Column("field", String(60), nullable=False, server_default=""),
    Column("text", Text, nullable=False),
    ForeignKeyConstraint(["run_id", "cycle"], ["cycle.run_id", "cycle.number"]),
)
Index("ix_message_run_id_cycle", message.c.run_id, message.c.cycle)

lease = Table(
    "lease",
    metadata,
    Column("system", String(60), nullable=False),
    Column("account", String(120), nullable=False),
    Column("holder", Text, nullable=False, server_default=""),
    Column("purpose", String(200), nullable=False, server_default=""),
    Column("sealed", LargeBinary),
    Column("seen", MOMENT),
    PrimaryKeyConstraint("system", "account"),
)

agent = Table(
    "agent",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("seen", MOMENT, nullable=False),
    Column("state", String(12), nullable=False),
)

operator = Table(
    "operator",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("role", String(16), nullable=False),  # in pages that are still to come; '': none
    Column("rights", String(8), nullable=False, server_default="read"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("paused_until", MOMENT),
)

operator_business_unit = Table(
    "operator_business_unit",
    metadata,
    Column("operator", String(60), ForeignKey("operator.name", ondelete="CASCADE"), nullable=False),
    Column("business_unit", String(30), ForeignKey("business_unit.code"), nullable=False),
    PrimaryKeyConstraint("operator", "business_unit"),
)

token = Table(
    "token",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("operator", String(60), ForeignKey("operator.name", ondelete="CASCADE"), nullable=False),
    Column("expires", MOMENT, nullable=False),
)

CHILDREN = {
    "addresses": address,
    "contacts": contact,
    "tax_registrations": tax_registration,
    "document_formats": document_format,
    "standard_texts": customer_standard_text,
    "item_customers": item_customer,
}
"""Child tables by their name in ``model.customer.Customer``."""
