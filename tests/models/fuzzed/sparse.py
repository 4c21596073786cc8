"""Models of sparse features."""

from __future__ import annotations

import keras
import tensorflow as tf
from keras import layers as L

from fuzzed.kept import Fuzzed, function, fuzzed


def _vectors(rows: int, length: int) -> tf.Variable:
    values = tf.reshape(tf.range(rows * length, dtype=tf.float32), [rows, length])
    return tf.Variable(tf.sin(values))


def _rows_of(ids):
    """Where each id of a batch stands, for a sparse tensor of a row a row."""
    batch, count = tf.shape(ids, tf.int64)[0], tf.shape(ids, tf.int64)[1]
    places = tf.meshgrid(tf.range(batch), tf.range(count), indexing="ij")
    return tf.stack([tf.reshape(place, [-1]) for place in places], 1), tf.stack([batch, count])


@fuzzed
def sparse_lookup() -> Fuzzed:
    """A weighted sum of vectors, where some ids are left out."""
    table = _vectors(20, 3)

    def call(ids, weights):
        places, shape = _rows_of(ids)
        kept = tf.SparseTensor(places, tf.reshape(ids, [-1]), shape)
        weighted = tf.SparseTensor(places, tf.reshape(weights, [-1]), shape)
        means = {
            how: tf.nn.safe_embedding_lookup_sparse(table, kept, weighted, how, default_id=1)
            for how in ("mean", "sqrtn", "sum")
        }
        return {**means, "plain": tf.nn.safe_embedding_lookup_sparse(table, kept)}

    model = function(call, [table], ids=(tf.int64, None), weights=(tf.float32, None))
    return Fuzzed(
        model,
        [
            {"ids": [1, 2, 19], "weights": [1.0, 0.5, 2.0]},
            {"ids": [3], "weights": [1.0]},
            {"ids": [5, -1], "weights": [1.0, 0.0]},
        ],
    )


@fuzzed
def sparse_products() -> Fuzzed:
    """A row's columns and values, as a matrix by which a dense one is multiplied."""
    dense = _vectors(10, 4)

    def call(columns, values):
        batch, count = tf.shape(columns, tf.int64)[0], tf.shape(columns, tf.int64)[1]
        rows = tf.repeat(tf.range(batch), count)
        places = tf.stack([rows, tf.reshape(columns, [-1])], 1)
        matrix = tf.SparseTensor(places, tf.reshape(values, [-1]), tf.stack([batch, 10]))
        ordered = tf.sparse.reorder(matrix)
        return {
            "product": tf.sparse.sparse_dense_matmul(matrix, dense),
            "total": tf.reduce_sum(tf.sparse.to_dense(ordered), 1),
            "softmax": tf.sparse.to_dense(tf.sparse.softmax(ordered), validate_indices=False),
            "dense": tf.sparse.to_dense(ordered),
        }

    model = function(call, [dense], columns=(tf.int64, None), values=(tf.float32, None))
    return Fuzzed(
        model,
        [{"columns": [1, 9], "values": [1.0, -2.0]}, {"columns": [4, 2], "values": [0.5, 3.0]}],
    )


@fuzzed
def sparse_to_dense() -> Fuzzed:
    """Ids of a row, as ones in an array of fixed length, checked and not."""

    def call(ids, size):
        batch = tf.shape(ids)[0]
        rows = tf.repeat(tf.range(batch, dtype=tf.int64), tf.shape(ids)[1])
        places = tf.stack([rows, tf.reshape(ids, [-1])], 1)
        shape = tf.stack([tf.cast(batch, tf.int64), tf.constant(12, tf.int64)])

        def own(row):
            ones = tf.compat.v1.sparse_to_dense(
                tf.sort(row[0])[:, None], row[1][None], 1.0, validate_indices=False
            )
            return tf.reduce_sum(ones)

        return {
            "ones": tf.compat.v1.sparse_to_dense(places, shape, 1, validate_indices=False),
            "own": tf.map_fn(own, (ids, size), fn_output_signature=tf.float32),
        }

    model = function(call, ids=(tf.int64, None), size=(tf.int64,))
    return Fuzzed(model, [{"ids": [1, 2, 11], "size": 12}, {"ids": [0], "size": 1}])


@fuzzed
def crossed_columns() -> Fuzzed:
    """What an estimator's columns do: buckets, crosses of words and ids, an embedding of them."""
    table = _vectors(30, 2)

    def call(words, ids, age):
        places, shape = _rows_of(words)
        kept = tf.SparseTensor(places, tf.reshape(words, [-1]), shape)
        id_places, id_shape = _rows_of(ids)
        other = tf.SparseTensor(id_places, tf.reshape(ids, [-1]), id_shape)
        bucket = tf.raw_ops.Bucketize(input=age, boundaries=[18.0, 30.0, 50.0])
        crossed = tf.sparse.cross_hashed([kept, other, tf.cast(bucket, tf.int64)[:, None]], 30)
        hot = tf.one_hot(bucket, 4)
        return {
            "embedded": tf.nn.safe_embedding_lookup_sparse(table, crossed, combiner="sqrtn"),
            "bucket": hot,
        }

    model = function(
        call, [table], words=(tf.string, None), ids=(tf.int64, None), age=(tf.float32,)
    )
    return Fuzzed(
        model,
        [
            {"words": ["a", "b"], "ids": [1], "age": 20.0},
            {"words": ["c"], "ids": [7, 8], "age": 60.0},
        ],
    )


@fuzzed
def categories() -> Fuzzed:
    """Keras's own: ids counted, looked up and crossed."""
    keras.utils.set_random_seed(53)
    ids = L.Input((4,), dtype="int64", name="ids")
    known = L.IntegerLookup(vocabulary=[3, 5, 8, -2], num_oov_indices=2, output_mode="count")(ids)
    hot = L.CategoryEncoding(num_tokens=9, output_mode="multi_hot")(ids)
    total = L.Dense(2, name="total")(L.Concatenate()([known, hot]))
    return Fuzzed(
        keras.Model([ids], {"total": total, "hot": hot}),
        [{"ids": [1, 3, 5, 8]}, {"ids": [0, 0, 0, 7]}],
    )


@fuzzed
def sparse_sets() -> Fuzzed:
    """Rows as sets of ids: what is in both, and in one of them."""

    def call(a, b):
        sets = {
            "both": tf.sets.intersection(a, b),
            "either": tf.sets.union(a, b),
            "less": tf.sets.difference(a, b),
        }
        sums = {
            f"sum_{name}": tf.reduce_sum(tf.sparse.to_dense(found), 1)
            for name, found in sets.items()
        }
        return {name: tf.reshape(total, tf.shape(a)[:1]) for name, total in sums.items()}

    model = function(call, a=(tf.int64, None), b=(tf.int64, None))
    return Fuzzed(model, [{"a": [1, 2, 3], "b": [2, 3]}, {"a": [5], "b": [5, 5, 6]}])
