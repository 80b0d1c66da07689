"""The history: every field change that was written, a row each, whatever its cycle."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the view."""
    op.execute(CHANGE_VIEW[op.get_context().dialect.name])


CHANGE_VIEW = {
    "sqlite": """
CREATE VIEW change AS
SELECT cycle.run_id, cycle.number AS cycle, cycle.identity, cycle.customer, cycle.outcome,
       json_extract(item.value, '$.field') AS field,
       CAST(json_extract(item.value, '$.before') AS TEXT) AS before,
       CAST(json_extract(item.value, '$.after') AS TEXT) AS after, run.source,
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
           WHEN 'true' THEN '1' WHEN 'false' THEN '0' ELSE item.value ->> 'after' END AS after, run.source,
       coalesce(item.value ->> 'rule', 'owner = source') AS rule
FROM cycle JOIN run ON run.id = cycle.run_id,
     jsonb_array_elements(cycle.changes::jsonb) AS item (value)
WHERE cycle.outcome IN ('created', 'updated', 'status_changed', 'deleted')
""",
}
"""Every field change that was written, a row each: the history that *why* and *undo* ask.

Values are written as in the customer's columns: ``NULL`` is absent, flags are ``'1'`` and ``'0'``."""
