"""What the shell command shows on a terminal while it works."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time

import pytest
from tfpredict.cli._expected import Rows, expected_rows
from tfpredict.cli._progress import rows_of, share, words
from tfpredict.cli._tables import Format
from tfpredict.jobs import JobState

HALF = JobState(1, 0, 8, 2, 0, 500_000, 250_000)
ALL = JobState(1, 1, 8, 8, 0, 1_000_000, 1_000_000)


def test_the_bar_is_of_rows_where_their_number_is_known():
    assert rows_of(HALF) == 500_000
    assert share(HALF, Rows(1_000_000, is_exact=True)) == (500_000, 1_000_000)
    assert share(HALF, None) == (2, 8)
    assert share(JobState(0, 0, 0, 0, 0, 0, 0), None) == (0, None)


def test_a_guess_that_was_wrong_is_corrected():
    # More rows than were guessed: the bar does not run over. Fewer: it is full at the end.
    assert share(HALF, Rows(400_000, is_exact=False)) == (500_000, 500_000)
    assert share(ALL, Rows(1_200_000, is_exact=False)) == (1_000_000, 1_000_000)
    assert words(HALF, 1.0, Rows(400_000, is_exact=False), 80).startswith("500,000 rows, ")


@pytest.mark.parametrize("room", range(10, 70))
def test_words_are_whole_whatever_the_room(room):
    told = words(HALF, 123_456.7, Rows(1_000_000, is_exact=True), room)
    whole = ["500,000 of 1,000,000 rows", "123,457 rows/s", "2 of 8 tasks"]
    parts = told.split(", ")
    assert told == ", ".join(whole[: len(parts)])
    assert len(parts) == 1 or len(told) <= room


def test_failed_attempts_are_told():
    failed = JobState(1, 0, 8, 2, 3, 10, 0)
    assert words(failed, 1.0, None, 80) == "10 rows, 3 failed attempts, 1 rows/s, 2 of 8 tasks"


def test_rows_of_files(spark, tmp_path):
    table = spark.range(1000).selectExpr("id", "id * 2 AS x")
    for form in Format:
        place = str(tmp_path / form.value)
        table.repartition(3).write.format(form.value).save(place)
        read = spark.read.format(form.value).load(place)
        found = expected_rows(read, place, form, None)
        assert found is not None
        assert found.is_exact == (form in (Format.parquet, Format.orc))
        assert abs(found.count - 1000) <= (0 if found.is_exact else 20)
        assert expected_rows(read, place, form, 10) == Rows(10, is_exact=True)
    assert expected_rows(table, "visits", Format.parquet, None) is None
    assert expected_rows(table, "s3a://bucket/x", Format.parquet, None) is None


def on_terminal(command: list[str], columns: int) -> tuple[int, str, float]:
    """Run a command on a terminal of its own; return its status, all words, and the first's time.

    Rich reads the width from COLUMNS.
    """
    master, slave = pty.openpty()
    began = time.monotonic()
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm-256color"}
    process = subprocess.Popen(
        command, stdout=slave, stderr=slave, stdin=subprocess.DEVNULL, env=environment
    )
    os.close(slave)
    text, first = b"", None
    while True:
        ready, _, _ = select.select([master], [], [], 120)
        assert ready, text
        try:
            found = os.read(master, 65536)
        except OSError:  # the command has ended
            break
        if not found:
            break
        if first is None and b"starting Spark" in text + found:
            first = time.monotonic() - began
        text += found
    os.close(master)
    assert first is not None, text
    return process.wait(timeout=60), re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", text.decode()), first


def test_a_terminal_hears_of_spark_and_then_of_rows(models, tmp_path):
    rows = "".join(f"{i},{i % 7}\n" for i in range(200_000))
    (tmp_path / "points.csv").write_text(f"x0,x1\n{rows}")
    command = [sys.executable, "-m", "tfpredict.cli", "predict", str(models / "linear")]
    command += ["-i", str(tmp_path / "points.csv"), "-o", str(tmp_path / "y.csv")]
    status, text, first = on_terminal([*command, "--master", "local[2]"], 80)
    assert status == 0, text
    # Long before Spark has started; a busy machine takes its time to start Python.
    assert first < 20
    assert "reading " in text
    assert re.search(r"predicting .* of about \d{3},\d{3} rows, ", text), text
    assert "200,000 rows in " in text
    assert "(csv, one file, " in text
