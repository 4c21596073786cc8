"""Models whose shapes are made of the row's own numbers."""

from __future__ import annotations

import tensorflow as tf

from fuzzed.kept import Fuzzed, each, function, fuzzed


@fuzzed
def reshaped() -> Fuzzed:
    """The row's values in the shape that the row names."""

    def call(values, shape):
        def own(row):
            made = tf.reshape(row[0], row[1])
            return tf.reduce_sum(made), tf.rank(made), tf.reduce_sum(tf.transpose(made))

        total, rank, other = each(own, (values, shape), (tf.float32, tf.int32, tf.float32))
        return {"total": total, "rank": rank, "other": other}

    model = function(call, values=(tf.float32, None), shape=(tf.int32, None))
    return Fuzzed(
        model, [{"values": [1, 2, 3, 4, 5, 6], "shape": [2, 3]}, {"values": [1, 2], "shape": [-1]}]
    )


@fuzzed
def filled() -> Fuzzed:
    """As many values as the row says."""

    def call(dims, value, times):
        def own(row):
            made = tf.fill(row[0], row[1])
            tiled = tf.tile(row[0], row[2][None])
            return tf.reduce_sum(made), tf.reduce_sum(tiled), tf.reduce_sum(tf.ones(row[0]))

        filled, tiled, ones = each(own, (dims, value, times), (tf.float32, tf.int32, tf.float32))
        return {"filled": filled, "tiled": tiled, "ones": ones}

    model = function(call, dims=(tf.int32, None), value=(tf.float32,), times=(tf.int32,))
    return Fuzzed(
        model, [{"dims": [2, 3], "value": 0.5, "times": 2}, {"dims": [], "value": 1.0, "times": 0}]
    )


@fuzzed
def ranges() -> Fuzzed:
    """From where to where the row says, and in how many steps."""

    def call(start, limit, delta, count):
        def own(row):
            numbers = tf.range(row[0], row[1], row[2])
            return (
                tf.reduce_sum(numbers),
                tf.reduce_sum(tf.linspace(row[0], row[1], row[3])),
                tf.reduce_sum(tf.range(row[3])),
            )

        numbers, steps, counted = each(
            own, (start, limit, delta, count), (tf.float32, tf.float32, tf.int32)
        )
        return {"numbers": numbers, "steps": steps, "counted": counted}

    real = (tf.float32,)
    model = function(call, start=real, limit=real, delta=real, count=(tf.int32,))
    return Fuzzed(
        model,
        [
            {"start": 0.0, "limit": 3.0, "delta": 0.5, "count": 4},
            {"start": 5.0, "limit": 1.0, "delta": -1.0, "count": 1},
        ],
    )


@fuzzed
def sliced() -> Fuzzed:
    """A part of the row's values, padded and rolled, by the row's own numbers."""

    def call(values, begin, size, pads):
        def own(row):
            part = tf.slice(row[0], row[1][None], row[2][None])
            padded = tf.pad(row[0], row[3][None], constant_values=1.0)
            mirrored = tf.pad(row[0], row[3][None] * 0 + row[3][None] // 2, "REFLECT")
            return (
                tf.reduce_sum(part),
                tf.reduce_sum(padded) + tf.reduce_sum(mirrored),
                tf.reduce_sum(row[0][row[1] : row[2] : 2]),
                tf.roll(row[0], row[1], 0)[0],
            )

        part, padded, strided, rolled = each(own, (values, begin, size, pads), (tf.float32,) * 4)
        return {"part": part, "padded": padded, "strided": strided, "rolled": rolled}

    model = function(
        call,
        values=(tf.float32, None),
        begin=(tf.int32,),
        size=(tf.int32,),
        pads=(tf.int32, 2),
    )
    return Fuzzed(
        model,
        [
            {"values": [1, 2, 3], "begin": 1, "size": 2, "pads": [1, 2]},
            {"values": [4, 5], "begin": 0, "size": -1, "pads": [0, 1]},
        ],
    )
