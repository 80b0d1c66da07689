"""The nouns: frozen values, no I/O, no vendor's word."""
