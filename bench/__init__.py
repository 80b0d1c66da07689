"""Repeatable benchmarks, as ratios to something that is measured in the same run: ``./run bench``.

What each side does, and how to read the result, stands in ``docs/reference/bench.md``.
"""
