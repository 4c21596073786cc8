"""The packaged jar by spark-submit, and what is in it."""

from __future__ import annotations

import re

import pytest
from programs import ASSEMBLY, SPARK_BIN, printed


def submit(program, *arguments):
    options = ["--master", "local[2]", "--conf", "spark.ui.enabled=false"]
    main = f"tfpredict.examples.{program}"
    return printed([SPARK_BIN / "spark-submit", *options, "--class", main, ASSEMBLY, *arguments])


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+\.\d+(?:E-?\d+)?", text)]


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("TfDriver", [3.019596, 3.9878292]),
        ("TfRDD", [3.019596, 3.9264367, 7.8607616, 15.974984]),
    ],
)
def test_spark_submit_prints_the_arrays_of_the_walk_through(models, program, expected):
    assert numbers(submit(program, models / "linear")) == pytest.approx(expected, abs=1e-5)


def check_tables(text):
    assert text.count("+----------+") >= 3
    assert "|  features|" in text
    predicted = re.findall(r"^\|(\[.*\])\| *([\d.]+)\|$", text, re.MULTILINE)
    assert [row for row, _ in predicted] == ["[1.0, 2.0]", "[3.0, 5.0]", "[7.0, 8.0]"]
    found = [float(number) for _, number in predicted]
    assert found == pytest.approx([3.019596, 3.9264367, 8.828995], abs=1e-5)


def test_spark_submit_prints_the_tables_of_the_walk_through(models):
    check_tables(submit("TfDataFrame", models / "linear"))


def test_the_jar_brings_no_protobuf_of_its_own_name():
    import zipfile

    names = zipfile.ZipFile(ASSEMBLY).namelist()
    assert not [name for name in names if name.startswith("com/google/protobuf")]
    assert "tfpredict/shaded/protobuf/Message.class" in names
    # Some packages are Spark's by name, to reach what Spark keeps to its own.
    below = r"tfpredict/.*"
    bridges = rf"org/apache/spark/({below}|ui/({below})?|sql/({below}|connect/({below})?)?)?"
    theirs = [name for name in names if name.startswith(("scala/", "org/apache/spark/"))]
    assert not [name for name in theirs if not re.fullmatch(bridges, name)]
    assert ASSEMBLY.stat().st_size < 100_000_000
