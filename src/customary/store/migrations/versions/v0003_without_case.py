"""Indexes to find customers and accounts by codes that compare without case."""

from alembic import op

revision = "0003"
down_revision = "0002"

FOLDED = {"sqlite": "lower({})", "postgresql": 'lower({} COLLATE "C")'}
"""How ``store.folding.fold`` is written on each database."""

INDEXES = (
    ("ix_customer_folded_code", "customer", "code"),
    ("ix_customer_folded_account", "customer", "account_code"),
    ("ix_account_folded_code", "account", "code"),
)


def upgrade() -> None:
    """Make the indexes."""
    folded = FOLDED[op.get_context().dialect.name]
    for index, table, column in INDEXES:
        op.execute(f"CREATE INDEX {index} ON {table} (business_unit, ({folded.format(column)}))")
