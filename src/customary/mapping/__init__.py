"""The mapping language: native field <-> customer field."""
