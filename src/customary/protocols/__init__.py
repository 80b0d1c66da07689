"""Wire formats that client, server and sandbox share; no I/O."""
