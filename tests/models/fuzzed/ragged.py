"""Models with ragged tensors inside, made of the row's own numbers."""

from __future__ import annotations

import tensorflow as tf

from fuzzed.kept import Fuzzed, each, function, fuzzed


@fuzzed
def ragged_lengths() -> Fuzzed:
    """Values cut into parts of the row's own lengths, and padded."""

    def call(values, lengths):
        def own(row):
            parts = tf.RaggedTensor.from_row_lengths(row[0], row[1], validate=False)
            padded = parts.to_tensor(default_value=-1.0, shape=[None, 4])
            return padded, tf.reduce_sum(parts, 1), tf.reduce_max(parts, 1)

        padded, sums, longest = each(own, (values, lengths), (tf.float32,) * 3)
        return {
            "padded": tf.ensure_shape(padded, [None, 3, 4]),
            "sums": tf.ensure_shape(sums, [None, 3]),
            "longest": tf.ensure_shape(longest, [None, 3]),
        }

    model = function(call, values=(tf.float32, 6), lengths=(tf.int64, 3))
    return Fuzzed(
        model,
        [
            {"values": [1, 2, 3, 4, 5, 6], "lengths": [1, 2, 3]},
            {"values": [6, 5, 4, 3, 2, 1], "lengths": [4, 0, 2]},
        ],
    )


@fuzzed
def ragged_splits() -> Fuzzed:
    """Values cut where the row says, each row by itself."""

    def call(values, splits):
        def own(row):
            parts = tf.RaggedTensor.from_row_splits(row[0], row[1], validate=False)
            nested = tf.RaggedTensor.from_row_splits(parts, [0, 1, parts.nrows()], validate=False)
            return (
                tf.reduce_sum(parts.to_tensor(shape=[None, 5])),
                tf.reduce_sum(tf.cast(parts.value_rowids(), tf.float32)),
                tf.reduce_sum(nested.to_tensor()),
            )

        total, ids, nested = each(own, (values, splits), (tf.float32,) * 3)
        return {"total": total, "ids": ids, "nested": nested}

    model = function(call, values=(tf.float32, None), splits=(tf.int64, None))
    return Fuzzed(
        model,
        [{"values": [1, 2, 3, 4], "splits": [0, 1, 4]}, {"values": [1, 2], "splits": [0, 0, 2]}],
    )


@fuzzed
def ragged_ranges() -> Fuzzed:
    """Ranges from the row's own bounds, and the rows that ids name."""

    def call(starts, limits, deltas, picked):
        def own(row):
            ranges = tf.ragged.range(row[0], row[1], row[2])
            chosen = tf.gather(ranges, row[3])
            return tf.reduce_sum(chosen.flat_values), tf.size(ranges.flat_values)

        total, count = each(own, (starts, limits, deltas, picked), (tf.int32, tf.int32))
        return {"total": total, "count": count}

    numbers = (tf.int32, 3)
    model = function(call, starts=numbers, limits=numbers, deltas=numbers, picked=(tf.int32, None))
    return Fuzzed(
        model,
        [
            {"starts": [0, 1, 2], "limits": [3, 3, 9], "deltas": [1, 1, 2], "picked": [0, 2]},
            {"starts": [5, 1, 2], "limits": [3, 3, 2], "deltas": [-1, 1, 2], "picked": [1]},
        ],
    )


@fuzzed
def ragged_rows() -> Fuzzed:
    """Rows of any length, joined, masked and sorted as ragged tensors."""

    def call(values, lengths, mask):
        rows = tf.RaggedTensor.from_tensor(values, lengths=lengths)
        kept = tf.ragged.boolean_mask(values, mask)
        both = tf.concat([rows, kept], 1)
        return {
            "sum": tf.reduce_sum(both, 1),
            "mean": tf.reduce_mean(both, 1),
            "first": both.to_tensor(shape=[None, 3]),
            "sizes": both.row_lengths(),
            "reversed": tf.reverse(both, [1]).to_tensor(shape=[None, 2]),
        }

    model = function(call, values=(tf.float32, None), lengths=(tf.int64,), mask=(tf.bool, None))
    return Fuzzed(
        model,
        [
            {"values": [1, 2, 3], "lengths": 2, "mask": [True, False, True]},
            {"values": [4], "lengths": 1, "mask": [False]},
        ],
    )


@fuzzed
def ragged_row_ids() -> Fuzzed:
    """Values gathered by the row's own ids of rows."""

    def call(values, ids):
        def own(row):
            parts = tf.RaggedTensor.from_value_rowids(row[0], row[1], 4, validate=False)
            return tf.reduce_sum(parts, 1), parts.to_tensor(0.0, shape=[4, 3])

        sums, padded = each(own, (values, ids), (tf.float32, tf.float32))
        return {"sums": tf.ensure_shape(sums, [None, 4]), "padded": padded}

    model = function(call, values=(tf.float32, None), ids=(tf.int64, None))
    return Fuzzed(model, [{"values": [1, 2, 3], "ids": [0, 0, 3]}, {"values": [9], "ids": [2]}])
