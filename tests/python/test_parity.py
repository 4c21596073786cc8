"""Models as people serve them: SQL answers as TensorFlow does in Python, each row on its own."""

from __future__ import annotations

import json

import pytest
import tfpredict
from answers import TOLERANCE, difference

# By model and signature: the columns in the order of the function's arguments.
COLUMNS = {
    ("wide_and_deep", "serving_default"): {
        "city": "string",
        "item": "bigint",
        "numbers": "array<float>",
        "tags": "array<string>",
    },
    ("ragged_lstm", "serving_default"): {"steps": "array<array<float>>"},
    ("attention", "serving_default"): {"tokens": "array<int>"},
    ("resnet50", "serving_default"): {"image": "array<array<array<float>>>"},
    ("three_signatures", "distances"): {"a": "array<double>", "b": "array<double>"},
    ("three_signatures", "words"): {"text": "array<string>"},
    ("three_signatures", "ranks"): {"amounts": "array<int>", "falling": "boolean"},
}
PARTITIONS = 4


@pytest.fixture(scope="module")
def parity(models):
    """By model and signature: rows, and TensorFlow's answer to each of them alone."""
    return json.loads((models / "parity.json").read_text())


@pytest.mark.parametrize(("name", "signature"), COLUMNS)
def test_sql_answers_as_tensorflow_does(spark, models, parity, name, signature):
    columns, kept = COLUMNS[name, signature], parity[name][signature]
    rows = [(index, *(entry["row"][c] for c in columns)) for index, entry in enumerate(kept)]
    schema = ", ".join(f"{column} {of}" for column, of in {"id": "int", **columns}.items())
    table = spark.createDataFrame(spark.sparkContext.parallelize(rows, PARTITIONS), schema)
    table.createOrReplaceTempView("t")
    function = f"parity_{name}_{signature}"
    tfpredict.register(spark, models / name, function, signature=signature)

    query = spark.sql(f"SELECT id, {function}({', '.join(columns)}) AS y FROM t")
    found = {row.id: row.y for row in query.collect()}

    assert query.rdd.getNumPartitions() == PARTITIONS
    assert sorted(found) == list(range(len(kept)))
    # A struct of the outputs, or the only one itself.
    outputs = sorted(kept[0]["answers"])
    apart = {
        (index, output): difference(answer[output] if len(outputs) > 1 else answer, entry)
        for index, answer in found.items()
        for output, entry in kept[index]["answers"].items()
    }
    assert {key: value for key, value in apart.items() if not value <= TOLERANCE} == {}


def test_every_signature_that_was_made_is_compared(parity):
    assert set(COLUMNS) == {(name, signature) for name in parity for signature in parity[name]}


@pytest.mark.parametrize("name", ["wide_and_deep", "ragged_lstm", "attention", "resnet50"])
def test_the_answers_tell_rows_apart(parity, name):
    """What is the same for every row would be equal whatever the model did."""
    answers = [entry["answers"] for entry in parity[name]["serving_default"]]
    for output in answers[0]:
        for other in answers[1:]:
            assert difference(other[output], answers[0][output]) > 100 * TOLERANCE
