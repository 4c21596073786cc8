"""Models that gather, count and compute by the row's own numbers."""

from __future__ import annotations

import tensorflow as tf

from fuzzed.kept import Fuzzed, each, function, fuzzed


@fuzzed
def gathered() -> Fuzzed:
    """Elements at the row's own places, read and written."""

    def call(values, places, depth):
        def own(row):
            values, places, depth = row
            pairs = tf.stack([places, tf.zeros_like(places)], 1)
            return (
                tf.reduce_sum(tf.gather_nd(values[:, None], pairs)),
                tf.reduce_sum(
                    tf.tensor_scatter_nd_add(
                        values, places[:, None], tf.ones_like(places, tf.float32)
                    )
                ),
                tf.reduce_sum(tf.one_hot(places, depth)),
                tf.reduce_sum(tf.scatter_nd(places[:, None], tf.ones_like(places), depth[None])),
            )

        nd, added, hot, scattered = each(
            own, (values, places, depth), (tf.float32, tf.float32, tf.float32, tf.int32)
        )
        return {
            "rows": tf.gather(values, places, batch_dims=1),
            "columns": tf.gather(values, [0], axis=1),
            "nd": nd,
            "added": added,
            "hot": hot,
            "scattered": scattered,
        }

    model = function(call, values=(tf.float32, None), places=(tf.int32, None), depth=(tf.int32,))
    return Fuzzed(
        model,
        [
            {"values": [1, 2, 3], "places": [0, 2], "depth": 4},
            {"values": [5], "places": [0], "depth": 1},
        ],
    )


@fuzzed
def partitions() -> Fuzzed:
    """Values put into parts and back, by the row's own numbers."""

    def call(values, owners, order):
        def own(row):
            values, owners, order = row
            first, second = tf.dynamic_partition(values, owners, 2)
            inverse = tf.math.invert_permutation(order)
            stitched = tf.dynamic_stitch([order, order], [values, values])
            return (
                tf.reduce_sum(first) - tf.reduce_sum(second),
                tf.reduce_sum(inverse),
                tf.reduce_sum(stitched),
            )

        difference, inverse, stitched = each(
            own, (values, owners, order), (tf.float32, tf.int32, tf.float32)
        )
        return {"difference": difference, "inverse": inverse, "stitched": stitched}

    triple = (tf.int32, 3)
    model = function(call, values=(tf.float32, 3), owners=triple, order=triple)
    return Fuzzed(
        model,
        [
            {"values": [1, 2, 3], "owners": [0, 1, 1], "order": [2, 0, 1]},
            {"values": [4, 5, 6], "owners": [0, 0, 0], "order": [0, 1, 2]},
        ],
    )


@fuzzed
def segments() -> Fuzzed:
    """Sums of parts that the row's own ids name, sorted or not, with gaps or none."""

    def call(values, ids, count):
        def own(row):
            values, ids, count = row
            sums = tf.math.segment_sum(values, ids)
            means = tf.math.segment_mean(values, ids)
            sparse = tf.sparse.segment_sqrt_n(values, ids % tf.size(values), ids)
            with_count = tf.sparse.segment_sum(values, ids, ids, num_segments=count)
            return tuple(tf.reduce_sum(x) for x in (sums, means, sparse, with_count))

        found = each(own, (values, ids, count), (tf.float32,) * 4)
        return dict(zip(("sums", "means", "sparse", "counted"), found, strict=True))

    model = function(call, values=(tf.float32, None), ids=(tf.int32, None), count=(tf.int32,))
    return Fuzzed(
        model,
        [
            {"values": [1, 2, 3], "ids": [0, 0, 1], "count": 3},
            {"values": [4, 5], "ids": [0, 1], "count": 2},
        ],
    )


@fuzzed
def unsorted_segments() -> Fuzzed:
    def call(values, ids, count):
        def own(row):
            values, ids, count = row
            operations = (
                tf.math.unsorted_segment_sum,
                tf.math.unsorted_segment_max,
                tf.math.unsorted_segment_prod,
                tf.math.unsorted_segment_mean,
            )
            return tuple(tf.reduce_sum(of(values, ids, count)) for of in operations)

        found = each(own, (values, ids, count), (tf.float32,) * 4)
        return dict(zip(("sum", "most", "product", "mean"), found, strict=True))

    model = function(call, values=(tf.float32, None), ids=(tf.int32, None), count=(tf.int32,))
    return Fuzzed(
        model,
        [
            {"values": [1, 2, 3], "ids": [0, 2, -1], "count": 3},
            {"values": [4, 5], "ids": [1, 1], "count": 2},
        ],
    )


@fuzzed
def histograms() -> Fuzzed:
    """Counts of the row's own values, in bins of its own."""

    def call(values, ids, low, high, bins):
        def own(row):
            values, ids, low, high, bins = row
            counts = tf.math.bincount(
                tf.clip_by_value(tf.cast((values - low) / (high - low) * 5, tf.int32), 0, 4),
                minlength=5,
                maxlength=5,
            )
            own_bins = tf.math.bincount(ids, minlength=bins, maxlength=bins)
            plain = tf.math.bincount(ids, minlength=3, maxlength=9)
            return counts, tf.reduce_max(own_bins), tf.reduce_sum(plain)

        counts, most, plain = each(
            own, (values, ids, low, high, bins), (tf.int32, tf.int32, tf.int32)
        )
        return {
            "counts": tf.ensure_shape(counts, [None, 5]),
            "most": most,
            "plain": plain,
            "bucket": tf.raw_ops.Bucketize(input=values, boundaries=[-1.0, 0.0, 2.5]),
        }

    real = (tf.float32,)
    model = function(
        call,
        values=(tf.float32, None),
        ids=(tf.int32, None),
        low=real,
        high=real,
        bins=(tf.int32,),
    )
    return Fuzzed(
        model,
        [
            {"values": [1, 2, 9], "ids": [0, 3, 3], "low": 0.0, "high": 10.0, "bins": 4},
            {"values": [-4], "ids": [1], "low": -5.0, "high": -3.0, "bins": 1},
        ],
    )


@fuzzed
def divisions() -> Fuzzed:
    """Whole numbers divided, raised and shifted; numbers cast to others."""

    def call(a, b, x):
        shift = tf.bitwise.left_shift(a, b)
        return {
            "quotient": a // b,
            "truncated": tf.truncatediv(a, b),
            "rest": tf.math.floormod(a, b),
            "power": tf.math.pow(a, tf.abs(b) % 5),
            "shifted": tf.bitwise.right_shift(shift, b),
            "cast": tf.cast(x, tf.int32),
            "byte": tf.cast(x, tf.uint8),
            "half": tf.cast(tf.cast(x, tf.float16), tf.float32),
            "bits": tf.bitcast(x, tf.int32),
        }

    model = function(call, a=(tf.int32,), b=(tf.int32,), x=(tf.float32,))
    return Fuzzed(model, [{"a": 7, "b": 2, "x": 1.5}, {"a": -9, "b": 4, "x": 200.0}])


@fuzzed
def long_divisions() -> Fuzzed:
    def call(a, b, n):
        return {
            "quotient": a // b,
            "rest": tf.truncatemod(a, b),
            "power": tf.math.pow(a, n),
            "place": tf.transpose(tf.unravel_index(a % 6, tf.constant([2, 3], tf.int64))),
            "top": tf.bitwise.right_shift(a, b),
            "zeta": tf.math.zeta(tf.cast(a, tf.float64), tf.cast(b, tf.float64)),
            "gamma": tf.math.igamma(tf.cast(a, tf.float64), tf.cast(b, tf.float64)),
        }

    long = (tf.int64,)
    model = function(call, a=long, b=long, n=long)
    return Fuzzed(model, [{"a": 7, "b": 2, "n": 3}, {"a": 9, "b": 4, "n": 0}])
