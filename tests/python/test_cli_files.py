"""``tfpredict predict``: one file or a folder, standard input and output, and cells of text."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tfpredict.cli.app import app
from typer.testing import CliRunner

SUMS = [3.0195961, 3.9264367]  # what the linear model says of the two first rows


@pytest.fixture
def predict(spark, models):
    def run(*words: object, model="linear", given: bytes | None = None):
        arguments = ["predict", models / model, *words]
        return CliRunner().invoke(app, [str(word) for word in arguments], input=given)

    return run


@pytest.fixture
def points(tmp_path):
    file = tmp_path / "points.csv"
    file.write_text("id,x0,x1,word\n7,1,2,one\n8,3,5,two\n")
    return file


def refused(result, *words: str) -> None:
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1, result.stderr
    for word in words:
        assert word in result.stderr


def answers(text: str) -> list[float]:
    return [float(row["y_pred"]) for row in csv.DictReader(io.StringIO(text))]


def test_a_name_that_ends_in_csv_is_one_file(points, predict, tmp_path):
    done = predict("-i", points, "--columns", "x0,x1", "-o", tmp_path / "y.csv")
    assert done.exit_code == 0, done.output
    assert "y.csv (csv, one file, " in done.stdout
    assert answers((tmp_path / "y.csv").read_text()) == pytest.approx(SUMS, abs=1e-5)
    # Nothing but the two files: no checksums, no marks.
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["points.csv", "y.csv"]


def test_one_file_has_the_header_once_and_the_rows_in_order(spark, predict, tmp_path):
    rows = spark.range(0, 1000, 1, 7).selectExpr("id", "array(float(id), 1.0f) AS features")
    rows.write.parquet(str(tmp_path / "in"))
    for name in ("y.csv", "y.json", "y.jsonl"):
        done = predict("-i", tmp_path / "in", "-o", tmp_path / name, "--keep", "id")
        assert done.exit_code == 0, done.output
    lines = (tmp_path / "y.csv").read_text().splitlines()
    assert lines[0] == "id,y_pred"
    assert sorted(int(line.split(",")[0]) for line in lines[1:]) == list(range(1000))
    for name in ("y.json", "y.jsonl"):
        found = [json.loads(line) for line in (tmp_path / name).read_text().splitlines()]
        assert sorted(row["id"] for row in found) == list(range(1000))


def test_other_names_are_folders(points, predict, tmp_path):
    for name in ("y", "y.parquet"):
        done = predict("-i", points, "--columns", "x0,x1", "-o", tmp_path / name)
        assert done.exit_code == 0, done.output
        assert ", a folder of 1 files, " in done.stdout
        assert (tmp_path / name).is_dir()


def test_one_file_is_replaced_by_overwrite_only(points, predict, tmp_path):
    target = tmp_path / "y.csv"
    target.write_text("before")
    options = ("-i", points, "--columns", "x0,x1", "-o", target)
    refused(predict(*options), "exists already: give --overwrite")
    refused(predict(*options, "--overwrite", "--columns", "x0,none"), "no such column")
    assert target.read_text() == "before"
    assert predict(*options, "--overwrite").exit_code == 0
    assert answers(target.read_text()) == pytest.approx(SUMS, abs=1e-5)
    # The input itself is never replaced.
    refused(predict("-i", points, "-o", points, "--overwrite"), "holds the input")


def test_an_input_without_values_is_told(predict, tmp_path):
    for rows in ("", ",\n,\n"):
        (tmp_path / "none.csv").write_text(f"x0,x1\n{rows}")
        for columns in ((), ("--columns", "x0,x1")):
            none = predict("-i", tmp_path / "none.csv", "-o", tmp_path / "y.csv", *columns)
            refused(none, "none.csv: the columns x0, x1 hold no value.")
    assert not (tmp_path / "y.csv").exists()


def test_no_rows_are_a_header(spark, predict, tmp_path):
    rows = spark.range(0).selectExpr("id", "array(float(id), 1.0f) AS features")
    rows.write.parquet(str(tmp_path / "in"))
    done = predict("-i", tmp_path / "in", "-o", tmp_path / "y.csv", "--keep", "id")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "y.csv").read_text() == "id,y_pred\n"


def test_limit_reads_the_first_rows(spark, predict, tmp_path):
    rows = spark.range(0, 100, 1, 4).selectExpr("id", "array(float(id), 1.0f) AS features")
    rows.write.parquet(str(tmp_path / "in"))
    done = predict("-i", tmp_path / "in", "-o", tmp_path / "y.csv", "--limit", 7, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["rows"] == 7
    assert len((tmp_path / "y.csv").read_text().splitlines()) == 8
    done = predict("-i", tmp_path / "in", "-o", tmp_path / "all.csv", "-n", 1000, "--json")
    assert json.loads(done.stdout)["rows"] == 100


def piped(models, *words: object, given: str, after: str = "") -> subprocess.CompletedProcess:
    """Run predict in a pipe, as a process of its own."""
    command = [sys.executable, "-m", "tfpredict.cli", "predict", models / "linear", *words]
    if after:
        quoted = " ".join(f"'{word}'" for word in command)
        command = ["bash", "-c", f"set -o pipefail; {quoted} | {after}"]
    return subprocess.run(
        list(map(str, command)),
        input=given,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        env={**os.environ},
    )


def test_standard_input_and_output(models, tmp_path):
    given = "id,x0,x1\n7,1,2\n8,3,5\n"
    done = piped(models, "-i", "-", "--columns", "x0,x1", "-o", "-", given=given)
    assert done.returncode == 0, done.stderr
    assert answers(done.stdout) == pytest.approx(SUMS, abs=1e-5)
    # What is told of it stands beside, on standard error.
    assert done.stderr.startswith("2 rows in ")
    assert " in standard output (csv)\n" in done.stderr
    rows = '{"features": [1, 2]}\n{"features": [3, 5]}\n'
    options = ("-i", "-", "--input-format", "json", "-o", "-", "--format", "json", "--keep", "")
    done = piped(models, *options, given=rows, after="head -n 1")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["y_pred"] == pytest.approx(SUMS[0], abs=1e-5)


def test_what_was_copied_of_standard_input_goes(models, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    options = ("--columns", "x0,x1", "-o", "-")
    done = piped(models, "-i", "-", *options, given="x0,x1\n1,2\n")
    assert done.returncode == 0, done.stderr
    failed = piped(models, "-i", "-", *options, given="x0,x1\n1,none\n2,3\n3,4\n")
    assert failed.returncode == 1
    assert "input standard input, line 2, column x1: found the text 'none'" in failed.stderr
    assert failed.stdout == ""
    empty = piped(models, "-i", "-", *options, given="")
    assert "standard input is empty: expected rows of csv." in empty.stderr
    left = [entry.name for entry in tmp_path.rglob("*") if "tfpredict-" in entry.name]
    assert not [name for name in left if "input" in name or name.endswith(".tmp")], left


BAD = "id,x0,x1\n7,1,2\n8,3,n/a\n9,4,5\n10,5,6\n"


@pytest.mark.parametrize("named", [True, False])
def test_a_cell_of_text_is_told_with_its_place(predict, tmp_path, named):
    file = tmp_path / "bad.csv"
    file.write_text(
        BAD
        if named
        else BAD.replace("id,", "")
        .replace("7,", "")
        .replace("8,", "")
        .replace("9,", "")
        .replace("10,", "")
    )
    columns = ("--columns", "x0,x1") if named else ()
    bad = predict("-i", file, "-o", tmp_path / "y.csv", *columns)
    refused(
        bad,
        f"input {file}, line 3, column x1: found the text 'n/a'. Expected: a number.",
        "--read nullValue=n/a --on-error null",
    )
    assert "--columns" not in bad.stderr
    # What the message says to do.
    options = ("--read", "nullValue=n/a", "--on-error", "null")
    done = predict("-i", file, "-o", tmp_path / "y.csv", *columns, *options)
    assert done.exit_code == 0, done.output
    assert "1 rows without an answer" in done.stdout


def test_a_cell_is_found_in_the_right_one_of_several_files(predict, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.csv").write_text("x0,x1\n1,2\n3,4\n")
    (folder / "1.csv").write_text('x0,x1\n"1",2\n3,"a;b"\n')
    bad = predict("-i", folder, "-o", tmp_path / "y", "--columns", "x0,x1")
    refused(bad, f"input {folder / '1.csv'}, line 3, column x1: found the text 'a;b'.")
    assert "--read 'nullValue=a;b'" in bad.stderr


def test_several_cells_are_counted_and_a_column_of_text_is_one(predict, points, tmp_path):
    file = tmp_path / "bad.csv"
    file.write_text(BAD.replace("3,n/a", "?,n/a").replace("5,6", "5,x"))
    bad = predict("-i", file, "-o", tmp_path / "y", "--columns", "x0,x1")
    refused(bad, "line 3, column x0: found the text '?'.")
    bad = predict("-i", file, "-o", tmp_path / "y", "--columns", "id,x1")
    refused(bad, "line 3, column x1: found the text 'n/a' (2 cells of this column are text).")
    words = predict("-i", points, "-o", tmp_path / "y", "--columns", "x0,word")
    refused(
        words,
        "line 2, column word: every cell of the column is text, such as 'one'.",
        "Expected: numbers for the model's input inputs float32[?, 2]. Fix: name other columns",
    )


def test_separators_and_compressed_files(predict, tmp_path):
    import gzip

    with gzip.open(tmp_path / "bad.csv.gz", "wt") as file:
        file.write("x0;x1\n1;2\n2;3\n1;none\n")
    bad = predict("-i", tmp_path / "bad.csv.gz", "-o", tmp_path / "y", "--read", "sep=;")
    refused(bad, "bad.csv.gz, line 4, column x1: found the text 'none'")
    assert not (tmp_path / "y").exists()


def test_columns_of_words_beside_numbers_are_no_error(predict, points, tmp_path):
    points.write_text("word,x0,x1\none,1,2\n5,3,5\nthree,1,1\n")
    assert predict("-i", points, "-o", tmp_path / "y.csv").exit_code == 0
    assert len(Path(tmp_path / "y.csv").read_text().splitlines()) == 4
