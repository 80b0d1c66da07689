"""What targets beyond the hub need: digests as versions, their own ids, and histories told apart."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Widen the versions, extend the cross-reference, and give the history its target."""
    sqlite = op.get_context().dialect.name == "sqlite"
    if not sqlite:  # whose integers have 64 bits anyway
        for table in ("baseline", "cycle"):
            op.alter_column(table, "target_version", type_=sa.BigInteger())
    op.add_column("cross_reference", sa.Column("record_id", sa.Text(), nullable=False, server_default=""))
    op.add_column("cross_reference", sa.Column("modified", sa.DateTime(timezone=True)))
    op.execute("DROP VIEW change")
    op.execute(CHANGE_VIEW["sqlite" if sqlite else "postgresql"])


CHANGE_VIEW = {
    "sqlite": """
CREATE VIEW change AS
SELECT cycle.run_id, cycle.number AS cycle, cycle.identity, cycle.customer, cycle.outcome,
       json_extract(item.value, '$.field') AS field,
       CAST(json_extract(item.value, '$.before') AS TEXT) AS before,
       CAST(json_extract(item.value, '$.after') AS TEXT) AS after, run.source, run.target,
       coalesce(json_extract(item.value, '$.rule'), 'owner = source') AS rule
FROM cycle JOIN run ON run.id = cycle.run_id, json_each(cycle.changes) AS item
WHERE cycle.outcome IN ('created', 'updated', 'status_changed', 'deleted')
""",
    "postgresql": """
CREATE VIEW change AS
SELECT cycle.run_id, cycle.number AS cycle, cycle.identity, cycle.customer, cycle.outcome,
       item.value ->> 'field' AS field,
       CASE item.value -> 'before'
           WHEN 'true' THEN '1' WHEN 'false' THEN '0' ELSE item.value ->> 'before' END AS before,
       CASE item.value -> 'after'
           WHEN 'true' THEN '1' WHEN 'false' THEN '0' ELSE item.value ->> 'after' END AS after,
       run.source, run.target,
       coalesce(item.value ->> 'rule', 'owner = source') AS rule
FROM cycle JOIN run ON run.id = cycle.run_id,
     jsonb_array_elements(cycle.changes::jsonb) AS item (value)
WHERE cycle.outcome IN ('created', 'updated', 'status_changed', 'deleted')
""",
}
"""As in the step before, and the system whose values changed: the hub's are not a remote target's."""
