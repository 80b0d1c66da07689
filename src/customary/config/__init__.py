"""customary.toml: what is configured, read with all its mistakes at once."""
