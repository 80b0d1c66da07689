"""What the truth table has besides: a row's type and hash; and watermarks."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add columns to the cross-reference, and a table."""
    for name in ("type", "hash"):
        op.add_column("cross_reference", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.create_table(
        "watermark",
        sa.Column("system", sa.String(length=60), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("system", "purpose", name=op.f("pk_watermark")),
    )
