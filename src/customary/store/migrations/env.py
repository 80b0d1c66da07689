"""Alembic's entry point: migrations run on the connection that ``store.database`` hands over."""

from alembic import context

from customary.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
