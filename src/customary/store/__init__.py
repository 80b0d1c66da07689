"""The hub and the journal: the only place with SQL."""
