"""Models whose rows are serialized messages and records."""

from __future__ import annotations

import struct
import zlib

import tensorflow as tf

from fuzzed.kept import Fuzzed, each, function, fuzzed


def _feature(value: list) -> tf.train.Feature:
    if isinstance(value[0], bytes):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=value))
    if isinstance(value[0], int):
        return tf.train.Feature(int64_list=tf.train.Int64List(value=value))
    return tf.train.Feature(float_list=tf.train.FloatList(value=value))


def example(**features: list) -> bytes:
    made = {name: _feature(value) for name, value in features.items()}
    return tf.train.Example(features=tf.train.Features(feature=made)).SerializeToString()


EXAMPLES = [
    example(age=[3], size=[1.0, 2.0], words=[b"a", b"b"], at=[1, 4], value=[0.5, 2.0], n=[7, 8]),
    example(age=[60], size=[0.5, -2.0], at=[0], value=[1.5]),
    example(age=[0], size=[0.0, 0.0], words=[b"b"] * 5, n=[1] * 9),
]


@fuzzed
def parsed_features() -> Fuzzed:
    """What estimators serve: examples, with features of each kind."""
    vectors = tf.Variable(tf.reshape(tf.range(40, dtype=tf.float32), [20, 2]))

    def call(examples):
        found = tf.io.parse_example(
            examples,
            {
                "age": tf.io.FixedLenFeature([], tf.int64, 18),
                "size": tf.io.FixedLenFeature([2], tf.float32),
                "words": tf.io.VarLenFeature(tf.string),
                "sparse": tf.io.SparseFeature("at", "value", tf.float32, 6),
                "n": tf.io.FixedLenSequenceFeature([], tf.int64, allow_missing=True),
            },
        )
        words = found["words"]
        ids = tf.SparseTensor(
            words.indices, tf.strings.to_hash_bucket_fast(words.values, 20), words.dense_shape
        )
        return {
            "age": found["age"],
            "size": found["size"],
            "embedded": tf.nn.safe_embedding_lookup_sparse(vectors, ids),
            "dense": tf.sparse.to_dense(found["sparse"], validate_indices=False),
            "total": tf.reduce_sum(found["n"], 1),
        }

    model = function(call, [vectors], examples=(tf.string,))
    return Fuzzed(model, [{"examples": text} for text in EXAMPLES])


@fuzzed
def parsed_one_by_one() -> Fuzzed:
    def call(examples):
        def own(text):
            found = tf.io.parse_single_example(
                text,
                {
                    "size": tf.io.FixedLenFeature([2], tf.float32),
                    "n": tf.io.VarLenFeature(tf.int64),
                    "words": tf.io.FixedLenSequenceFeature([], tf.string, allow_missing=True),
                },
            )
            return (
                found["size"],
                tf.reduce_sum(tf.sparse.to_dense(found["n"])),
                tf.strings.reduce_join(found["words"]),
            )

        size, total, words = each(own, examples, (tf.float32, tf.int64, tf.string))
        return {"size": tf.ensure_shape(size, [None, 2]), "total": total, "words": words}

    return Fuzzed(function(call, examples=(tf.string,)), [{"examples": text} for text in EXAMPLES])


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2, len(content)]) + content


def loose(name: str, *values: float) -> bytes:
    """An example whose floats have a tag each, as few writers make them."""
    floats = b"".join(b"\x0d" + struct.pack("<f", value) for value in values)
    feature = _field(2, _field(2, floats))
    return _field(1, _field(1, _field(1, name.encode()) + feature))


@fuzzed
def ragged_features() -> Fuzzed:
    """Features of any length as rows, beside one that has a length."""

    def call(examples):
        found = tf.io.parse_example(
            examples,
            {
                "size": tf.io.FixedLenFeature([2], tf.float32, [0.0, 1.0]),
                "n": tf.io.RaggedFeature(tf.int64),
                "value": tf.io.RaggedFeature(tf.float32, row_splits_dtype=tf.int64),
            },
        )
        return {
            "size": found["size"],
            "n": tf.reduce_sum(found["n"], 1),
            "lengths": found["value"].row_lengths(),
        }

    texts = [*EXAMPLES, loose("size", 1.5, 2.5), loose("value", 3.0)]
    return Fuzzed(function(call, examples=(tf.string,)), [{"examples": text} for text in texts])


@fuzzed
def sequence_examples() -> Fuzzed:
    """Sequences with a context: steps of one length, and of any."""

    def sequence(user: int, *steps: tuple[float, float]) -> bytes:
        lists = {
            "steps": tf.train.FeatureList(feature=[_feature(list(step)) for step in steps]),
            "said": tf.train.FeatureList(feature=[_feature([b"a"] * user)] * len(steps)),
        }
        return tf.train.SequenceExample(
            context=tf.train.Features(feature={"user": _feature([user]), "at": _feature([0.5])}),
            feature_lists=tf.train.FeatureLists(feature_list=lists),
        ).SerializeToString()

    def call(examples):
        context, lists, lengths = tf.io.parse_sequence_example(
            examples,
            {"user": tf.io.FixedLenFeature([], tf.int64), "at": tf.io.RaggedFeature(tf.float32)},
            {
                "steps": tf.io.FixedLenSequenceFeature([2], tf.float32, allow_missing=True),
                "said": tf.io.VarLenFeature(tf.string),
            },
        )
        said = tf.sparse.to_dense(lists["said"])
        return {
            "user": context["user"],
            "at": context["at"].row_lengths(),
            "steps": tf.reduce_sum(lists["steps"], 1),
            "count": lengths["steps"],
            "said": tf.strings.reduce_join(said, [1, 2]),
        }

    texts = [sequence(1, (0.5, 2.0)), sequence(2, (1.0, 1.5), (3.0, -1.0)), sequence(3)]
    return Fuzzed(function(call, examples=(tf.string,)), [{"examples": text} for text in texts])


@fuzzed
def raw_records() -> Fuzzed:
    """Bytes as numbers, and tensors that were written."""

    def call(raw, tensor):
        def own(row):
            numbers = tf.io.decode_raw(row[0], tf.int32, little_endian=False)
            return tf.reduce_sum(numbers), tf.reduce_sum(tf.io.parse_tensor(row[1], tf.float32))

        total, parsed = each(own, (raw, tensor), (tf.int32, tf.float32))
        return {"total": total, "parsed": parsed}

    def tensor(*values: float) -> bytes:
        return tf.io.serialize_tensor(tf.constant(values, tf.float32)).numpy()

    model = function(call, raw=(tf.string,), tensor=(tf.string,))
    return Fuzzed(
        model,
        [{"raw": b"abcdefgh", "tensor": tensor(1, 2, 3)}, {"raw": b"abcd", "tensor": tensor()}],
    )


@fuzzed
def json_examples() -> Fuzzed:
    """Examples as JSON, and what is in them."""

    def call(json):
        found = tf.io.parse_example(
            tf.io.decode_json_example(json), {"a": tf.io.FixedLenFeature([2], tf.float32)}
        )
        return {"a": found["a"]}

    json = b'{"features": {"feature": {"a": {"floatList": {"value": [1.5, 2]}}}}}'
    return Fuzzed(function(call, json=(tf.string,)), [{"json": json}])


@fuzzed
def csv_records() -> Fuzzed:
    def call(line, packed):
        name, count, price, size = tf.io.decode_csv(
            line, ["none", tf.constant([], tf.int64), 0.5, 0], na_value="NA"
        )
        return {
            "name": name,
            "count": count,
            "price": price,
            "size": size,
            "text": tf.io.decode_compressed(packed, "ZLIB"),
        }

    packed = zlib.compress(b"some text, and some more text")
    model = function(call, line=(tf.string,), packed=(tf.string,))
    return Fuzzed(
        model,
        [
            {"line": "apple,3,1.25,-7", "packed": packed},
            {"line": '"a ""b"", c",9000000000,,NA', "packed": zlib.compress(b"")},
        ],
    )
