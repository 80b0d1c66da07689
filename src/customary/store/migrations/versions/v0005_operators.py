"""Operators: their rights, their business units, and how often their password was wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

FOLDED = {"sqlite": "lower(name)", "postgresql": 'lower(name COLLATE "C")'}
"""How ``store.folding.fold`` is written on each database."""


def upgrade() -> None:
    """Add the columns, the table, and the index that keeps names apart whatever their case."""
    op.add_column("operator", sa.Column("rights", sa.String(length=8), nullable=False, server_default="read"))
    op.add_column("operator", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("operator", sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "operator_business_unit",
        sa.Column("operator", sa.String(length=60), nullable=False),
        sa.Column("business_unit", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator"], ["operator.name"], name="fk_operator_business_unit_operator", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["business_unit"], ["business_unit.code"], name="fk_operator_business_unit_business_unit"
        ),
        sa.PrimaryKeyConstraint("operator", "business_unit", name="pk_operator_business_unit"),
    )
    op.execute(
        f"CREATE UNIQUE INDEX ix_operator_folded_name ON operator (({FOLDED[op.get_context().dialect.name]}))"
    )
