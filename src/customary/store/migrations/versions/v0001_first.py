"""The first schema: the hub, the journal and the engine's tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""

    op.create_table(
        "agent",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_agent")),
    )
    op.create_table(
        "baseline",
        sa.Column("identity", sa.String(length=36), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("target", sa.String(length=60), nullable=False),
        sa.Column("source_hash", sa.String(length=32), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("target_version", sa.Integer(), nullable=False),
        sa.Column("source_values", sa.Text(), nullable=False),
        sa.Column("target_values", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "target", "identity", name=op.f("pk_baseline")),
    )
    op.create_table(
        "business_unit",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("financials_only", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_business_unit")),
    )
    op.create_table(
        "cross_reference",
        sa.Column("system", sa.String(length=60), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("identity", sa.String(length=36), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.PrimaryKeyConstraint("system", "folded", name=op.f("pk_cross_reference")),
        sa.UniqueConstraint("identity", "system", name=op.f("uq_cross_reference_identity_system")),
    )
    op.create_table(
        "lease",
        sa.Column("system", sa.String(length=60), nullable=False),
        sa.Column("account", sa.String(length=120), nullable=False),
        sa.Column("holder", sa.Text(), server_default="", nullable=False),
        sa.Column("purpose", sa.String(length=200), server_default="", nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("system", "account", name=op.f("pk_lease")),
    )
    op.create_table(
        "operation",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("next_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("schedule", sa.String(length=200), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_operation")),
    )
    op.create_table(
        "operator",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_operator")),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("operation", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("target", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("request", sa.Text(), server_default="{}", nullable=False),
        sa.Column("epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("agent", sa.String(length=200), server_default="", nullable=False),
        sa.Column("known", sa.Integer(), server_default="0", nullable=False),
        sa.Column("enumerated", sa.Integer(), server_default="0", nullable=False),
        sa.Column("digest", sa.String(length=32), server_default="", nullable=False),
        sa.Column("fingerprint", sa.String(length=32), server_default="", nullable=False),
        sa.Column("exit_code", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "queued", sa.DateTime(timezone=True), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False
        ),
        sa.Column("started", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_run_unfinished",
        "run",
        ["operation"],
        unique=True,
        sqlite_where=sa.text("finished IS NULL"),
        postgresql_where=sa.text("finished IS NULL"),
    )
    op.create_table(
        "account",
        sa.Column("business_unit", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("status", sa.String(length=12), server_default="open", nullable=False),
        sa.Column("fields", sa.Text(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["business_unit"], ["business_unit.code"], name=op.f("fk_account_business_unit")
        ),
        sa.PrimaryKeyConstraint("business_unit", "code", name=op.f("pk_account")),
    )
    op.create_table(
        "customer",
        sa.Column("identity", sa.String(length=36), nullable=False),
        sa.Column("business_unit", sa.String(length=30), nullable=False),
        sa.Column("status", sa.String(length=12), server_default="open", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("vendor", sa.Text(), nullable=True),
        sa.Column("changed_by_run", sa.Integer(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("short_name", sa.Text(), nullable=True),
        sa.Column("lookup_code", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("on_hold", sa.Text(), nullable=True),
        sa.Column("telephone", sa.Text(), nullable=True),
        sa.Column("telephone_country_code", sa.Text(), nullable=True),
        sa.Column("telephone_area_code", sa.Text(), nullable=True),
        sa.Column("telephone_subscriber_number", sa.Text(), nullable=True),
        sa.Column("fax", sa.Text(), nullable=True),
        sa.Column("fax_country_code", sa.Text(), nullable=True),
        sa.Column("fax_area_code", sa.Text(), nullable=True),
        sa.Column("fax_subscriber_number", sa.Text(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("credit_limit", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("currency_iso", sa.Text(), nullable=True),
        sa.Column("payment_terms", sa.Text(), nullable=True),
        sa.Column("tax_status", sa.Text(), nullable=True),
        sa.Column("tax_exempt_number", sa.Text(), nullable=True),
        sa.Column("tax_code", sa.Text(), nullable=True),
        sa.Column("vat_number", sa.Text(), nullable=True),
        sa.Column("duns", sa.Text(), nullable=True),
        sa.Column("account_code", sa.Text(), nullable=True),
        sa.Column("invoicing_customer", sa.Text(), nullable=True),
        sa.Column("warehouse", sa.Text(), nullable=True),
        sa.Column("carrier", sa.Text(), nullable=True),
        sa.Column("branch", sa.Text(), nullable=True),
        sa.Column("salesperson", sa.Text(), nullable=True),
        sa.Column("salesperson_1", sa.Text(), nullable=True),
        sa.Column("salesperson_2", sa.Text(), nullable=True),
        sa.Column("salesperson_3", sa.Text(), nullable=True),
        sa.Column("buying_group_1", sa.Text(), nullable=True),
        sa.Column("buying_group_2", sa.Text(), nullable=True),
        sa.Column("buying_group_3", sa.Text(), nullable=True),
        sa.Column("buying_group_4", sa.Text(), nullable=True),
        sa.Column("buying_group_5", sa.Text(), nullable=True),
        sa.Column("invoice_discount_code", sa.Text(), nullable=True),
        sa.Column("line_discount_code", sa.Text(), nullable=True),
        sa.Column("trade_promotion_pricing", sa.Text(), nullable=True),
        sa.Column("exchange_rate_type", sa.Text(), nullable=True),
        sa.Column("state_code", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("analysis_1", sa.Text(), nullable=True),
        sa.Column("analysis_2", sa.Text(), nullable=True),
        sa.Column("analysis_3", sa.Text(), nullable=True),
        sa.Column("analysis_4", sa.Text(), nullable=True),
        sa.Column("analysis_5", sa.Text(), nullable=True),
        sa.Column("analysis_6", sa.Text(), nullable=True),
        sa.Column("analysis_7", sa.Text(), nullable=True),
        sa.Column("analysis_8", sa.Text(), nullable=True),
        sa.Column("analysis_9", sa.Text(), nullable=True),
        sa.Column("analysis_10", sa.Text(), nullable=True),
        sa.Column("analysis_11", sa.Text(), nullable=True),
        sa.Column("analysis_12", sa.Text(), nullable=True),
        sa.Column("analysis_13", sa.Text(), nullable=True),
        sa.Column("analysis_14", sa.Text(), nullable=True),
        sa.Column("analysis_15", sa.Text(), nullable=True),
        sa.Column("analysis_16", sa.Text(), nullable=True),
        sa.Column("analysis_17", sa.Text(), nullable=True),
        sa.Column("analysis_18", sa.Text(), nullable=True),
        sa.Column("analysis_19", sa.Text(), nullable=True),
        sa.Column("analysis_20", sa.Text(), nullable=True),
        sa.Column("user_field_1", sa.Text(), nullable=True),
        sa.Column("user_field_2", sa.Text(), nullable=True),
        sa.Column("user_field_3", sa.Text(), nullable=True),
        sa.Column("user_field_4", sa.Text(), nullable=True),
        sa.Column("user_field_5", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("identity", name=op.f("pk_customer")),
        sa.UniqueConstraint("business_unit", "code", name=op.f("uq_customer_business_unit_code")),
    )
    op.create_table(
        "cycle",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("identity", sa.String(length=36), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("target_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("links", sa.Integer(), server_default="0", nullable=False),
        sa.Column("changes", sa.Text(), nullable=True),
        sa.Column("baseline", sa.Text(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_cycle")),
    )
    op.create_index("ix_cycle_identity", "cycle", ["identity"], unique=False)
    op.create_table(
        "page",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("last", sa.Integer(), server_default="0", nullable=False),
        sa.Column("complete", sa.Integer(), server_default="0", nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("applied", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_page_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_page")),
    )
    op.create_table(
        "reference_list",
        sa.Column("business_unit", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["business_unit"], ["business_unit.code"], name=op.f("fk_reference_list_business_unit")
        ),
        sa.PrimaryKeyConstraint("business_unit", "name", "code", name=op.f("pk_reference_list")),
    )
    op.create_table(
        "standard_text",
        sa.Column("business_unit", sa.String(length=30), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("fields", sa.Text(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["business_unit"], ["business_unit.code"], name=op.f("fk_standard_text_business_unit")
        ),
        sa.PrimaryKeyConstraint("business_unit", "key", name=op.f("pk_standard_text")),
    )
    op.create_table(
        "token",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("operator", sa.String(length=60), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator"], ["operator.name"], name=op.f("fk_token_operator"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_token")),
    )
    op.create_table(
        "address",
        sa.Column("identity", sa.String(length=36), nullable=False),
        sa.Column("use", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("fields", sa.Text(), server_default="{}", nullable=False),
        sa.Column("vendor", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["identity"], ["customer.identity"], name=op.f("fk_address_identity"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("identity", "use", "key", name=op.f("pk_address")),
    )
    op.create_table(
        "contact",
        sa.Column("identity", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("fields", sa.Text(), server_default="{}", nullable=False),
        sa.Column("vendor", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["identity"], ["customer.identity"], name=op.f("fk_contact_identity"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("identity", "key", name=op.f("pk_contact")),
    )
    op.create_table(
        "customer_class",
        sa.Column("identity", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["identity"], ["customer.identity"], name=op.f("fk_customer_class_identity"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("identity", "name", name=op.f("pk_customer_class")),
    )
    op.create_index("ix_customer_class_name", "customer_class", ["name"], unique=False)
    op.create_table(
        "customer_standard_text",
        sa.Column("identity", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("fields", sa.Text(), server_default="{}", nullable=False),
        sa.Column("vendor", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["identity"],
            ["customer.identity"],
            name=op.f("fk_customer_standard_text_identity"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("identity", "key", name=op.f("pk_customer_standard_text")),
    )
    op.create_table(
        "document_format",
        sa.Column("identity", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("fields", sa.Text(), server_default="{}", nullable=False),
        sa.Column("vendor", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["identity"], ["customer.identity"], name=op.f("fk_document_format_identity"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("identity", "key", name=op.f("pk_document_format")),
    )
    op.create_table(
        "item_customer",
        sa.Column("identity", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("fields", sa.Text(), server_default="{}", nullable=False),
        sa.Column("vendor", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["identity"], ["customer.identity"], name=op.f("fk_item_customer_identity"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("identity", "key", name=op.f("pk_item_customer")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.BigInteger(), nullable=True),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("customer", sa.Text(), server_default="", nullable=False),
        sa.Column("field", sa.String(length=60), server_default="", nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "cycle"], ["cycle.run_id", "cycle.number"], name=op.f("fk_message_run_id_cycle")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_message_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_run_id_cycle", "message", ["run_id", "cycle"], unique=False)
    op.create_table(
        "tax_registration",
        sa.Column("identity", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("fields", sa.Text(), server_default="{}", nullable=False),
        sa.Column("vendor", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["identity"], ["customer.identity"], name=op.f("fk_tax_registration_identity"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("identity", "key", name=op.f("pk_tax_registration")),
    )

    op.create_index(
        "ix_customer_unpadded_code", "customer", ["business_unit", sa.text("ltrim(code, '0')")], unique=False
    )
