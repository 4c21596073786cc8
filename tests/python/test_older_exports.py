"""Models that TensorFlow 1.15, 2.4 and 2.15 wrote: SQL answers as these did."""

from __future__ import annotations

from pathlib import Path

import compatibility
import numpy as np
import pytest
import tfpredict
from answers import TOLERANCE, difference

OLDER = Path(__file__).parents[1] / "models" / "older"
MODELS = sorted(str(path.relative_to(OLDER).parent) for path in OLDER.glob("*/*/1"))
COUNTS = {"1.15": 2, "2.4": 7, "2.15": 7}


def examples(model):
    """The rows that are kept with a model and the answers of its own TensorFlow, by signature."""
    import tensorflow as tf
    from tensorflow.core.protobuf.named_tensor_pb2 import NamedTensorProto

    found = {}
    stream = (OLDER / model / "1" / "assets.extra" / "tfpredict_examples.pb").read_bytes()
    while stream:
        size = shift = index = 0
        while True:
            byte = stream[index]
            size, shift, index = size | (byte & 127) << shift, shift + 7, index + 1
            if byte < 128:
                break
        kept = NamedTensorProto.FromString(stream[index : index + size])
        stream = stream[index + size :]
        signature, kind, name = kept.name.split("/", 2)
        of = found.setdefault(signature, {"inputs": {}, "outputs": {}})
        of[kind][name] = tf.make_ndarray(kept.tensor)
    return found


def asked(spark, model, rows):
    """The answers to all rows, in one batch: by output, or alone."""
    named = compatibility.columns(model.inputs)
    if any(values.dtype == object for values in rows.values()):
        named = {column: of.replace("string", "binary") for column, of in named.items()}
    schema = ", ".join(f"{column} {of}" for column, of in {"id": "int", **named}.items())
    ordered = [rows[name] for name in named]
    data = list(zip(range(len(ordered[0])), *(_plain(values) for values in ordered)))
    spark.createDataFrame(data, schema).coalesce(1).createOrReplaceTempView("older")
    query = f"SELECT {model.name}({', '.join(named)}) AS y FROM older ORDER BY id"
    return [row.y for row in spark.sql(query).collect()]


def _plain(values):
    if values.dtype != object:
        return values.tolist()
    return [
        [bytearray(value) for value in row] if isinstance(row, list) else bytearray(row)
        for row in values.tolist()
    ]


def _text(answer):
    if isinstance(answer, bytes):
        return answer.decode()
    return np.vectorize(bytes.decode)(answer) if answer.dtype == object else answer


@pytest.mark.parametrize("model", MODELS)
def test_it_answers_as_its_own_version_did(spark, model):
    kept = examples(model)
    assert kept
    for signature, of in kept.items():
        name = f"older_{model}_{signature}".replace(".", "_").replace("/", "_")
        registered = tfpredict.register(spark, OLDER / model, name, signature=signature)
        answers = asked(spark, registered, of["inputs"])
        outputs = of["outputs"]
        for output, expected in outputs.items():
            for index, row in enumerate(expected):
                found = answers[index][output] if len(outputs) > 1 else answers[index]
                wanted = _text(row)
                assert difference(found, wanted) <= TOLERANCE, (signature, output, index)


def test_all_models_are_there():
    of = [model.split("/")[0] for model in MODELS]
    assert {version: of.count(version) for version in COUNTS} == COUNTS
