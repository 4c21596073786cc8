"""``tfpredict predict`` and ``bench``: files and tables through a model, in this session."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from pyspark.sql import functions as F
from tfpredict.cli.app import app
from typer.testing import CliRunner

SUMS = [3.0195961, 3.9264367]  # what the linear model says of the two first rows


def invoke(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def predict(spark, models, tmp_path):
    def run(source, *options, model="linear", output=tmp_path / "out"):
        return invoke("predict", models / model, "--input", source, "--output", output, *options)

    return run


@pytest.fixture
def points(tmp_path):
    file = tmp_path / "points.csv"
    file.write_text("id,x0,x1,word\n7,1,2,one\n8,3,5,two\n")
    return file


@pytest.fixture(scope="module")
def table(spark):
    rows = [(0, [1.0, 2.0]), (1, [3.0, 5.0])]
    return spark.createDataFrame(rows, "id int, features array<float>")


def refused(result, *words: str) -> None:
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("tfpredict: ")
    assert result.stderr.count("\n") == 1
    for word in words:
        assert word in result.stderr


@pytest.mark.parametrize("form", ["parquet", "json", "orc"])
def test_formats_with_arrays(spark, table, predict, tmp_path, form):
    table.write.format(form).save(str(tmp_path / "in"))
    done = predict(tmp_path / "in")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("2 rows in ")
    assert f"({form}, " in done.stdout
    found = spark.read.format(form).load(str(tmp_path / "out")).orderBy("id").collect()
    assert [row.y_pred for row in found] == pytest.approx(SUMS, abs=1e-5)
    assert [list(row.features) for row in found] == [[1.0, 2.0], [3.0, 5.0]]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["in", "out"]


def test_columns_of_csv_are_gathered(points, predict, tmp_path):
    done = predict(points, "--columns", "X0,x1", "--keep", "id", "--name", "y", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["rows"], told["version"], told["format"]) == (2, 1, "csv")
    assert told["rows_without_answer"] is None
    (part,) = (tmp_path / "out").glob("part-*.csv")
    rows = list(csv.DictReader(part.open()))
    assert [row["id"] for row in rows] == ["7", "8"]
    assert list(rows[0]) == ["id", "y"]
    assert [float(row["y"]) for row in rows] == pytest.approx(SUMS, abs=1e-5)


def test_columns_that_can_only_be_meant(points, predict, tmp_path):
    # Three numbers a row, and the model takes two.
    refused(predict(points), "name the columns with --columns", "inputs float32[?, 2]")
    points.write_text("word,x0,x1\none,1,2\n")
    assert predict(points).exit_code == 0


def test_one_column_for_each_of_several_inputs(spark, models, predict, tmp_path):
    frame = spark.createDataFrame([([1.0], [2.0])], "p array<float>, q array<float>")
    inputs = json.loads(invoke("inspect", models / "two_inputs", "--json").stdout)
    widths = [column["shape"][1] for column in inputs["signatures"][0]["inputs"]]
    frame = spark.range(3).select(
        *(
            F.array_repeat(F.lit(0.5).cast("float"), width).alias(name)
            for name, width in zip("pq", widths)
        )
    )
    frame.write.parquet(str(tmp_path / "in"))
    done = predict(tmp_path / "in", "--columns", "p,q", model="two_inputs")
    assert done.exit_code == 0, done.output
    refused(
        predict(tmp_path / "in", "--columns", "p", "--overwrite", model="two_inputs"),
        "--columns names 1 columns, and the model has 2 inputs: a float32[",
    )
    refused(
        predict(tmp_path / "in", "--overwrite", model="two_inputs"), "name the columns with --col"
    )
    frame.toDF("A", "b").write.parquet(str(tmp_path / "named"))
    assert predict(tmp_path / "named", "--overwrite", model="two_inputs").exit_code == 0


def test_a_table(spark, table, predict, tmp_path):
    table.write.mode("overwrite").saveAsTable("visits")
    try:
        done = predict("visits", "--keep", "", "--format", "json")
        assert done.exit_code == 0, done.output
        assert spark.read.json(str(tmp_path / "out")).columns == ["y_pred"]
        other = tmp_path / "other"
        refused(predict("visit", output=other), "no such file or table; did you mean visits?")
        refused(predict("none.visits", output=other), "input none.visits: there is no such file")
    finally:
        spark.sql("DROP TABLE visits")


def test_bad_rows(spark, predict, tmp_path):
    rows = spark.createDataFrame([(0, [1.0, 2.0]), (1, [1.0])], "id int, features array<float>")
    rows.coalesce(1).write.parquet(str(tmp_path / "in"))
    refused(predict(tmp_path / "in"), "Found: length 1, in row 2 of partition 0.")
    assert not (tmp_path / "out").exists()
    done = predict(tmp_path / "in", "--on-error", "null")
    assert done.exit_code == 0, done.output
    assert "1 rows without an answer" in done.stdout
    done = predict(tmp_path / "in", "--on-error", "struct", "--format", "csv", "--overwrite")
    assert "1 rows without an answer" in done.stdout
    assert "Expected: length 2 at depth 1 in input inputs (float32" in "".join(
        part.read_text() for part in (tmp_path / "out").glob("part-*")
    )


def test_what_is_not_there_is_told_with_near_names(points, predict, models, tmp_path):
    refused(predict(tmp_path / "point.csv"), "there is no such file; did you mean points.csv")
    refused(
        predict(points, "--columns", "x0,x_1"), "no such column; did you mean x1? It has id, x0"
    )
    refused(predict(points, "--columns", "x0,x1", "--keep", "words"), "--keep words", "word")
    refused(predict(points, "--columns", "x0,x1,id"), "takes 2 numbers a row, and 3 single")
    refused(predict(points, model="none"), "there is no such folder")
    refused(predict(points, "--columns", "x0,x1", "--version", 9), "version 9")
    refused(predict(points, "--columns", "x0,x1", "--signature", "other"), "other")
    refused(predict(points, "--columns", "x0,word"), "every cell of the column is text")
    (tmp_path / "empty").mkdir()
    refused(predict(tmp_path / "empty"), "the folder holds no data")
    (tmp_path / "rows.bin").write_text("x")
    refused(predict(tmp_path / "rows.bin"), "give --input-format")
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".out-*"))


def test_an_output_that_exists(points, predict, tmp_path):
    columns = ("--columns", "x0,x1")
    assert predict(points, *columns).exit_code == 0
    before = sorted(part.name for part in (tmp_path / "out").iterdir())
    refused(predict(points, *columns), "exists already: give --overwrite")
    assert sorted(part.name for part in (tmp_path / "out").iterdir()) == before
    # A run that fails leaves what was there.
    refused(predict(points, "--columns", "x0,none", "--overwrite"), "no such column")
    assert sorted(part.name for part in (tmp_path / "out").iterdir()) == before
    assert predict(points, *columns, "--overwrite").exit_code == 0
    assert sorted(part.name for part in (tmp_path / "out").iterdir()) != before
    refused(
        predict(points, *columns, "--overwrite", output=points), "holds the input: name another"
    )
    refused(
        predict(points, *columns, "--overwrite", output=tmp_path), "holds the input: name another"
    )
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("")
    refused(
        predict(points, *columns, "--overwrite", output=tmp_path / "home"),
        "holds what no Spark job wrote, such as thesis.txt",
    )
    assert (tmp_path / "home" / "thesis.txt").exists()


def test_an_output_below_a_file(points, predict):
    refused(predict(points, "--columns", "x0,x1", output=points / "out"), "is a file; name a")


def test_a_name_that_is_taken(points, predict):
    taken = predict(points, "--columns", "x0,x1", "--name", "WORD")
    refused(taken, "has a column WORD already: give --name another")


def test_an_output_in_a_folder_to_be_made(points, predict, tmp_path):
    done = predict(points, "--columns", "x0,x1", output=tmp_path / "a" / "b.json")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "a" / "b.json").read_text().startswith('{"id":')
    failed = predict(points, "--columns", "x0,none", output=tmp_path / "c" / "d")
    refused(failed)
    assert not (tmp_path / "c").exists()


def test_bench_measures(spark, models):
    done = invoke("bench", models / "linear", "--batch-sizes", "16,64", "--seconds", 0.05, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert [figure["batch_size"] for figure in told["batch_sizes"]] == [16, 64]
    for figure in told["batch_sizes"]:
        assert 0 < figure["slowest"] <= figure["rows_per_second"] <= figure["fastest"]
    assert told["rows_per_second_without_model"] > 0
    shown = invoke("bench", models / "lookup", "--batch-sizes", "64", "--seconds", 0.05)
    assert shown.exit_code == 0, shown.output
    assert "best: 64; reading these rows without a model: " in shown.stdout


@pytest.fixture(scope="module")
def many(spark, tmp_path_factory):
    """Rows that take the linear model a minute in batches of one."""
    folder = tmp_path_factory.mktemp("many") / "rows"
    row = F.col("id").cast("float")
    rows = spark.range(0, 6_000_000, 1, 8).select(F.array(row, row).alias("features"))
    rows.write.parquet(str(folder))
    return folder


def begun(command, folder):
    """Start a command, and return it when Spark has begun to write."""
    log = (folder / "log").open("wb")
    process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    until = time.monotonic() + 120
    while not list(folder.glob(".out-*/_temporary/**/part-*")):
        assert process.poll() is None, (folder / "log").read_text()
        assert time.monotonic() < until
        time.sleep(0.1)
    return process


SENTENCES = {
    "s3a input": (["--input", "s3a://b/in.csv"], "add its jar, with --conf spark.jars.packages="),
    "no such files": (["--input", "nothing*.csv"], "Path does not exist"),
    "no Parquet": (["--input", "FILE", "--input-format", "parquet"], "is not a Parquet file"),
    "setting": (["--conf", "spark.tfpredict.batch.rows=many"], "spark.tfpredict.batch.rows"),
    "master": (["--master", "local[many]"], "Could not parse Master URL"),
    "memory": (["--conf", "spark.driver.memory=much"], "Invalid"),
    "columns": (["--columns", "x0"], "takes 2 numbers a row"),
}


def processed(models, *options: object) -> subprocess.CompletedProcess:
    """Run predict as a shell does, where Spark's JVM ends with the command that started it."""
    command = [sys.executable, "-m", "tfpredict.cli", "predict", models / "linear", *options]
    return subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("case", SENTENCES)
def test_a_process_ends_with_one_line(models, points, tmp_path, case):
    options, words = SENTENCES[case]
    given = [points if word == "FILE" else word for word in options]
    given += [] if "--input" in given else ["--input", points]
    given += [] if "--columns" in given else ["--columns", "x0,x1"]
    done = processed(models, "--output", tmp_path / "out", *given)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("tfpredict: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert words in done.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["points.csv"]


def test_a_process_writes_and_debugs(models, points, tmp_path):
    options = ["--input", points, "--columns", "x0,x1", "--output", tmp_path / "out"]
    done = processed(models, *options)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("2 rows in ")
    assert list((tmp_path / "out").glob("part-*.csv"))
    shown = processed(models, *options, "--input-format", "parquet", "--overwrite", "--debug")
    assert shown.returncode == 1
    assert "Traceback" in shown.stderr
    assert "is not a Parquet file" in shown.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "kill"])
def test_an_interrupt_cancels_the_job_and_leaves_nothing(models, many, tmp_path, number):
    folder = tmp_path / "work"
    folder.mkdir()
    command = [sys.executable, "-m", "tfpredict.cli", "predict", models / "linear"]
    options = ["--input", many, "--output", folder / "out", "--batch-size", "1"]
    process = begun([*map(str, command), *map(str, options)], folder)
    # A terminal sends Ctrl-C to all of the command's processes, Spark's JVM among them.
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    assert process.wait(timeout=60) == 130
    assert (folder / "log").read_text() == (
        "tfpredict: interrupted: the job was cancelled, and nothing was written.\n"
    )
    assert [entry.name for entry in folder.iterdir()] == ["log"]


def test_no_space(models, many, tmp_path):
    """On a file system of one megabyte, which a namespace of its own may mount."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f"mount -t tmpfs -o size=1m none {disk}"
    allowed = shutil.which("unshare") and subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount], capture_output=True, check=False
    )
    if not allowed or allowed.returncode != 0:
        pytest.skip("this system lets no user mount a small file system")
    command = (
        f"{sys.executable} -m tfpredict.cli predict {models / 'linear'} --input {many} "
        f"--output {disk / 'out'}"
    )
    script = f"{mount} && {{ {command}; echo $?; ls -A {disk}; }}"
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stdout == "1\n"
    assert done.stderr.startswith("tfpredict: no room is left on the disk where Spark writes")
    assert done.stderr.count("\n") == 1
