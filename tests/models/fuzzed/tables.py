"""Models that look ids and words up."""

from __future__ import annotations

import tempfile
from pathlib import Path

import tensorflow as tf

from fuzzed.kept import Fuzzed, function, fuzzed

# The asset is read when the model is written.
FOLDER = tempfile.TemporaryDirectory()


def _vectors(rows: int, length: int) -> tf.Variable:
    values = tf.reshape(tf.range(rows * length, dtype=tf.float32), [rows, length])
    return tf.Variable(tf.cos(values))


@fuzzed
def vocabulary_file() -> Fuzzed:
    """Words of a file, with buckets for others, and a vector for each."""
    words = Path(FOLDER.name) / "vocabulary.txt"
    words.write_text("apple\npear\nplum\nnaïve\n")
    initial = tf.lookup.TextFileInitializer(
        str(words),
        tf.string,
        tf.lookup.TextFileIndex.WHOLE_LINE,
        tf.int64,
        tf.lookup.TextFileIndex.LINE_NUMBER,
    )
    table = tf.lookup.StaticVocabularyTable(initial, num_oov_buckets=3)
    vectors = _vectors(7, 2)

    def call(words):
        ids = table.lookup(words)
        return {"ids": ids, "vectors": tf.nn.embedding_lookup(vectors, ids)}

    model = function(call, [table, vectors], words=(tf.string, None))
    return Fuzzed(model, [{"words": ["apple", "naïve"]}, {"words": ["other"]}, {"words": []}])


@fuzzed
def static_tables() -> Fuzzed:
    """Ids to numbers, words to ids, and ids to words."""

    def table(keys, values, default, **dtypes):
        initial = tf.lookup.KeyValueTensorInitializer(keys, values, **dtypes)
        return tf.lookup.StaticHashTable(initial, default)

    numbers = table([1, 2, -7], [0.5, 1.5, 2.5], -1.0, key_dtype=tf.int64, value_dtype=tf.float32)
    ids = table(["red", "grün", ""], [1, 2, 3], -1, value_dtype=tf.int64)
    words = table([1, 2, 3], ["red", "grün", ""], "?", key_dtype=tf.int64)

    def call(key, word):
        return {
            "number": numbers.lookup(key),
            "id": ids.lookup(word),
            "again": words.lookup(ids.lookup(word)),
            "size": tf.fill(tf.shape(key)[:1], ids.size()),
        }

    model = function(call, [numbers, ids, words], key=(tf.int64, 2), word=(tf.string,))
    return Fuzzed(model, [{"key": [1, -7], "word": "red"}, {"key": [9, 2], "word": "none"}])


@fuzzed
def vectors_of_ids() -> Fuzzed:
    """Ids without a table before: what is beyond the vectors has none."""
    vectors, shards = _vectors(11, 3), [_vectors(4, 2) for _ in range(3)]

    def call(ids, item):
        return {
            "vectors": tf.nn.embedding_lookup(vectors, ids),
            "sharded": tf.nn.embedding_lookup([shard.read_value() for shard in shards], item),
            "normed": tf.nn.embedding_lookup(vectors, item % 11, max_norm=1.0),
            "hot": tf.one_hot(item, 5, on_value=2.0, off_value=-1.0),
        }

    model = function(call, [vectors, *shards], ids=(tf.int32, None), item=(tf.int64,))
    return Fuzzed(model, [{"ids": [0, 10], "item": 3}, {"ids": [5], "item": 10}])
