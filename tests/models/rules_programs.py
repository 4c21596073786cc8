"""Rules for branches, for parsed records and for embeddings of sparse ids."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from placed import case

RNG = np.random.default_rng(8)
X = RNG.normal(size=(7, 2)).astype("float32")
IDS = RNG.integers(0, 5, (6, 7))
TABLE = RNG.normal(size=(5, 3)).astype("float32")


def switched(index):
    """One branch for the whole batch; an index that has none takes the last."""
    return lambda x: tf.switch_case(index(x), [lambda: x, lambda: x + 1, lambda: x * x])


def nested(x):
    def inner():
        return tf.switch_case(tf.shape(x)[1] - 2, [lambda: 3 * x, lambda: x])

    return tf.switch_case(tf.shape(x)[0] % 3, [lambda: x, inner, lambda: -x])


def record(row: int) -> bytes:
    def floats(*values):
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))

    def ints(*values):
        return tf.train.Feature(int64_list=tf.train.Int64List(value=values))

    def words(*values):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))

    features = {"pair": floats(row, 0.5 * row), "steps": ints(*range(row))}
    if row % 2:
        features.update(count=ints(row * 10**10), words=words(*[b"w%d" % row] * (row + 1)))
    features["many"] = floats(*range(sum(range(row))))
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return example.SerializeToString()


RECORDS = np.array([record(row) for row in range(6)], object)
DENSE = {
    "pair": tf.io.FixedLenFeature([2], tf.float32),
    "count": tf.io.FixedLenFeature([], tf.int64, default_value=-1),
}
SPARSE = {"words": tf.io.VarLenFeature(tf.string)}
STEPS = {"steps": tf.io.FixedLenSequenceFeature([], tf.int64, allow_missing=True)}


def parsed(serialized):
    found = tf.io.parse_example(serialized, DENSE | SPARSE | STEPS)
    words = tf.sparse.to_dense(found["words"], default_value="-")
    return found["pair"] * tf.cast(found["count"], tf.float32)[:, None], found["steps"], words


def each(serialized):
    def add(row, total, words):
        found = tf.io.parse_single_example(serialized[row], DENSE | SPARSE | STEPS)
        steps = tf.cast(tf.reduce_sum(found["steps"]), tf.float32)
        return row + 1, total + steps * found["pair"], words + tf.size(found["words"].values)

    start = (0, tf.zeros([2]), 0)
    return tuple(tf.while_loop(lambda row, *_: row < tf.size(serialized), add, start)[1:])


def first(serialized):
    found = tf.io.parse_single_example(serialized[1], DENSE | SPARSE | STEPS)
    return found["pair"], found["steps"], found["words"].values


RAGGED = {
    "steps": tf.io.RaggedFeature(tf.int64),
    "words": tf.io.RaggedFeature(tf.string, row_splits_dtype=tf.int64),
}


def ragged(serialized):
    found = tf.io.parse_example(serialized, DENSE | RAGGED)
    words = found["words"]
    return found["steps"].to_tensor(-1), words.row_splits, tf.strings.length(words.to_tensor())


def beside_sparse(serialized):
    found = tf.io.parse_example(serialized, SPARSE | {"steps": RAGGED["steps"]})
    words = tf.sparse.to_dense(found["words"], default_value="-")
    return words, found["steps"].row_lengths(), found["steps"].to_tensor()


def partitioned(serialized):
    """Rows of rows: so many of the values in each, as another feature says."""
    parts = tf.io.RaggedFeature.RowLengths("steps")
    found = tf.io.parse_example(
        serialized, {"cut": tf.io.RaggedFeature(tf.float32, "many", partitions=[parts])}
    )
    return found["cut"].to_tensor(-1.0)


def first_ragged(serialized):
    found = tf.io.parse_single_example(serialized[3], DENSE | RAGGED)
    return found["pair"], found["steps"], found["words"]


def sequence(row: int) -> bytes:
    """Steps of two numbers, of words (none in some), and a list that only some rows have."""

    def feature(**kinds):
        return tf.train.Feature(**kinds)

    def floats(*values):
        return feature(float_list=tf.train.FloatList(value=values))

    def words(*values):
        return feature(bytes_list=tf.train.BytesList(value=values))

    def ints(*values):
        return feature(int64_list=tf.train.Int64List(value=values))

    def steps(make, count):
        return tf.train.FeatureList(feature=[make(step) for step in range(count)])

    context = {"user": ints(row), "tags": words(*[b"t%d" % row] * (row % 3))}
    lists = {
        "pairs": steps(lambda step: floats(step, 0.5 * row), row + 1),
        "said": steps(lambda step: words(*[b"s%d" % step] * (step % 2 + row % 2)), row),
    }
    if row % 2:
        lists["seen"] = steps(lambda step: ints(10 * row + step), 2)
    return tf.train.SequenceExample(
        context=tf.train.Features(feature=context),
        feature_lists=tf.train.FeatureLists(feature_list=lists),
    ).SerializeToString()


SEQUENCES = np.array([sequence(row) for row in range(5)], object)
PAIRS = {"pairs": tf.io.FixedLenSequenceFeature([2], tf.float32)}
SEEN = {"seen": tf.io.FixedLenSequenceFeature([], tf.int64, allow_missing=True)}
SAID = {"said": tf.io.VarLenFeature(tf.string)}


def sequences(serialized):
    context = {"user": tf.io.FixedLenFeature([], tf.int64), "tags": tf.io.VarLenFeature(tf.string)}
    found, lists, lengths = tf.io.parse_sequence_example(serialized, context, PAIRS | SEEN | SAID)
    said = tf.sparse.to_dense(lists["said"], default_value="-")
    tags = tf.sparse.to_dense(found["tags"], default_value="-")
    pairs = lists["pairs"] * tf.cast(found["user"], tf.float32)[:, None, None]
    texts = tf.strings.reduce_join(said, [1, 2]) + tf.strings.reduce_join(tags, 1)
    return pairs, tf.concat([lists["seen"], lengths["pairs"][:, None]], 1), texts


def ragged_context(serialized):
    tags = {"tags": tf.io.RaggedFeature(tf.string), "none": tf.io.RaggedFeature(tf.float32)}
    found, lists, _ = tf.io.parse_sequence_example(serialized, tags, PAIRS)
    return found["tags"].to_tensor("-"), lists["pairs"], found["none"].row_lengths()


def embedded(combiner):
    return lambda ids, table: tf.nn.safe_embedding_lookup_sparse(
        table, tf.sparse.from_dense(ids), combiner=combiner
    )


def summed(name, counted, rows=tf.int64, segments=tf.int64):
    def segment(ids, table):
        ragged = tf.RaggedTensor.from_tensor(ids, lengths=tf.range(tf.shape(ids)[0]) % 4)
        count = {"num_segments": tf.shape(ids)[0]} if counted else {}
        reduce = getattr(tf.sparse, f"segment_{name}")
        ids = tf.cast(ragged.flat_values, rows)
        return reduce(table, ids, tf.cast(ragged.value_rowids(), segments), **count)

    return segment


def batched(x):
    weights = tf.reduce_mean(x, 0) + 1.0

    @tf.nondifferentiable_batch_function(1, 64, 1000)
    def call(rows):
        return tf.reduce_sum(rows * weights, 1, keepdims=True) + rows[:, :1]

    return call(x)


RULES = {
    "case_branches": {
        "second": case(switched(lambda x: tf.shape(x)[0] % 3), X),
        "last": case(switched(lambda x: tf.shape(x)[0]), X),
        "negative": case(switched(lambda x: -tf.shape(x)[0]), X),
        "nested": case(nested, X),
    },
    "batched_calls": {
        "one": case(batched, X),
        "captured": case(lambda x: batched(x * 2.0) + 1.0, X),
    },
    "parsed_examples": {
        "batch": case(parsed, RECORDS),
        "each": case(each, RECORDS),
        "first": case(first, RECORDS),
        "dense": case(lambda s: tf.io.parse_example(s, DENSE)["pair"], RECORDS),
        "sparse": case(lambda s: tf.io.parse_example(s, SPARSE)["words"].indices, RECORDS),
        "ragged": case(ragged, RECORDS),
        "beside_sparse": case(beside_sparse, RECORDS),
        "partitioned": case(partitioned, RECORDS),
        "first_ragged": case(first_ragged, RECORDS),
    },
    "parsed_sequences": {
        "batch": case(sequences, SEQUENCES),
        "ragged": case(ragged_context, SEQUENCES),
        "dense": case(
            lambda s: tf.io.parse_sequence_example(s, None, PAIRS)[1]["pairs"], SEQUENCES
        ),
        "lengths": case(
            lambda s: tf.io.parse_sequence_example(s, None, SEEN)[2]["seen"], SEQUENCES
        ),
    },
    "segment_ids": {
        "sum": case(embedded("sum"), IDS, variable=TABLE),
        "mean": case(embedded("mean"), IDS, variable=TABLE),
        "sqrtn": case(embedded("sqrtn"), IDS, variable=TABLE),
        "rows": case(summed("mean", False), IDS, variable=TABLE),
        "counted_sum": case(summed("sum", True), IDS, variable=TABLE),
        "counted_mean": case(summed("mean", True, segments=tf.int32), IDS, variable=TABLE),
        "counted_sqrtn": case(summed("sqrt_n", True, rows=tf.int32), IDS, variable=TABLE),
    },
}
