"""What is measured, each in a process of its own: Customary, the floor under it, and dlt beside it.

A side is started with a ``bench.task.Task`` as its only argument, and prints a ``bench.task.Done``.
"""
