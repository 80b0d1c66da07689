"""Local servers that behave like the vendors', for trying, testing and rehearsing faults."""
