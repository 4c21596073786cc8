"""A quick selection of what `make fuzz-sql` asks: the same queries each time."""

from __future__ import annotations

import sys
from pathlib import Path

import programs

RUN = Path(__file__).parents[1] / "fuzz" / "run.py"


def test_random_queries_are_answered_as_tensorflow_answers_their_rows():
    command = [sys.executable, RUN, "--queries", "80", "--seed", "16", "--shrink", "10"]
    done = programs.run(command, timeout=600)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "80 queries" in done.stdout
    assert "0 differences" in done.stdout
