"""The mail about a run: whether to send one, what it says, and sending it."""
