"""Models of sequences."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from keras import layers as L

from fuzzed.kept import Fuzzed, each, function, fuzzed

RNG = np.random.default_rng(61)


def _floats(*shape: int) -> list:
    return RNG.normal(size=shape).astype("float32").tolist()


@fuzzed
def steps_lstm() -> Fuzzed:
    """Any number of steps, both ways, where steps of zeros count for nothing."""
    keras.utils.set_random_seed(61)
    steps = L.Input((None, 3), name="steps")
    states = L.Bidirectional(L.LSTM(4, return_sequences=True))(L.Masking()(steps))
    outputs = {"whole": L.Dense(2)(L.LSTM(3)(states)), "each": L.Dense(1)(states)}
    return Fuzzed(keras.Model([steps], outputs), [{"steps": _floats(n, 3)} for n in (1, 2, 5)])


@fuzzed
def tokens_gru() -> Fuzzed:
    """Ids of tokens, of which 0 is padding, through a GRU."""
    keras.utils.set_random_seed(62)
    tokens = L.Input((None,), dtype="int32", name="tokens")
    x = L.Embedding(20, 6, mask_zero=True)(tokens)
    outputs = {"score": L.Dense(2, "softmax")(L.GRU(5, reset_after=True)(x))}
    rows = [{"tokens": [1, 2, 3]}, {"tokens": [19, 0, 0]}, {"tokens": [4]}]
    return Fuzzed(keras.Model([tokens], outputs), rows)


@fuzzed
def attended_tokens() -> Fuzzed:
    """Attention over tokens, of which the row says how many there are."""
    keras.utils.set_random_seed(63)
    tokens = L.Input((None,), dtype="int32", name="tokens")
    x = L.Embedding(20, 8, mask_zero=True)(tokens)
    x = L.LayerNormalization()(x + L.MultiHeadAttention(2, 4)(x, x))
    outputs = {"pooled": L.GlobalAveragePooling1D()(x), "each": L.Dense(3, "softmax")(x)}
    rows = [{"tokens": [1, 2, 3]}, {"tokens": [19, 5, 0]}, {"tokens": [4]}]
    return Fuzzed(keras.Model([tokens], outputs), rows)


@fuzzed
def ctc() -> Fuzzed:
    """What a recogniser's steps say, decoded in two ways."""

    def call(steps, length):
        def own(row):
            each_step = row[0][:, None, :]
            greedy, _ = tf.nn.ctc_greedy_decoder(each_step, row[1][None])
            beams, scores = tf.nn.ctc_beam_search_decoder(each_step, row[1][None], 4, 2)
            texts = [tf.sparse.to_dense(found, -1) for found in (greedy[0], beams[0])]
            padded = [tf.pad(text[0][:4], [[0, 4 - tf.size(text[0][:4])]]) for text in texts]
            return padded[0], padded[1], scores[0]

        greedy, beam, scores = each(own, (steps, length), (tf.int64, tf.int64, tf.float32))
        return {
            "greedy": tf.ensure_shape(greedy, [None, 4]),
            "beam": tf.ensure_shape(beam, [None, 4]),
            "scores": tf.ensure_shape(scores, [None, 2]),
        }

    model = function(call, steps=(tf.float32, None, 5), length=(tf.int32,))
    return Fuzzed(
        model, [{"steps": _floats(6, 5), "length": 6}, {"steps": _floats(3, 5), "length": 2}]
    )


@fuzzed
def ctc_batches() -> Fuzzed:
    """The same for a whole batch at once, and the loss of a text."""

    def call(steps, length, labels, labels_length):
        by_time = tf.transpose(steps, [1, 0, 2])
        greedy, total = tf.nn.ctc_greedy_decoder(by_time, length, merge_repeated=False)
        loss = tf.nn.ctc_loss(
            labels, by_time, labels_length, length, logits_time_major=True, blank_index=4
        )
        return {
            "total": total[:, 0],
            "letters": tf.reduce_sum(tf.sparse.to_dense(greedy[0]), 1),
            "loss": loss,
        }

    model = function(
        call,
        steps=(tf.float32, 6, 5),
        length=(tf.int32,),
        labels=(tf.int32, 3),
        labels_length=(tf.int32,),
    )
    return Fuzzed(
        model,
        [
            {"steps": _floats(6, 5), "length": 6, "labels": [1, 2, 0], "labels_length": 2},
            {"steps": _floats(6, 5), "length": 5, "labels": [3, 3, 1], "labels_length": 1},
        ],
    )


@fuzzed
def beam_search() -> Fuzzed:
    """A decoder's loop: the best few continuations, step by step, until the row's own end."""
    weights = tf.Variable(RNG.normal(size=(7, 7)).astype("float32"))

    def call(first, steps):
        def own(row):
            token, count = row
            limit = tf.minimum(count, 12)
            beams = tf.TensorArray(tf.int32, size=12, element_shape=[3])
            tokens = tf.fill([3], token)
            scores = tf.constant([0.0, -9.0, -9.0])

            def body(step, tokens, scores, beams):
                new = scores[:, None] + tf.nn.log_softmax(tf.gather(weights, tokens))
                scores, places = tf.math.top_k(tf.reshape(new, [-1]), 3)
                return step + 1, places % 7, scores, beams.write(step, places % 7)

            _, tokens, scores, beams = tf.while_loop(
                lambda step, *_: step < limit, body, (0, tokens, scores, beams)
            )
            return tokens, scores, tf.reduce_sum(beams.stack())

        tokens, scores, total = each(own, (first, steps), (tf.int32, tf.float32, tf.int32))
        return {
            "tokens": tf.ensure_shape(tokens, [None, 3]),
            "scores": tf.ensure_shape(scores, [None, 3]),
            "total": total,
        }

    model = function(call, [weights], first=(tf.int32,), steps=(tf.int32,))
    return Fuzzed(model, [{"first": 1, "steps": 5}, {"first": 6, "steps": 1}])


@fuzzed
def arrays_in_loops() -> Fuzzed:
    """A loop that writes where the row says, into an array of the row's own size."""

    def call(size, places, values):
        def own(row):
            count, at, what = row
            made = tf.TensorArray(tf.float32, size=count, element_shape=[], clear_after_read=False)
            _, made = tf.while_loop(
                lambda step, _: step < tf.size(at),
                lambda step, made: (step + 1, made.write(at[step], what[step])),
                (0, made),
            )
            return tf.reduce_sum(made.gather(at)), tf.cast(made.size(), tf.float32)

        total, sizes = each(own, (size, places, values), (tf.float32, tf.float32))
        return {"total": total, "sizes": sizes}

    model = function(call, size=(tf.int32,), places=(tf.int32, None), values=(tf.float32, None))
    return Fuzzed(
        model,
        [
            {"size": 4, "places": [0, 3], "values": [1.0, 2.0]},
            {"size": 1, "places": [0], "values": [5.0]},
        ],
    )


@fuzzed
def ordered() -> Fuzzed:
    """Sorting, sums along the way, and masks of the row's own length."""

    def call(values, length, k):
        best, places = tf.math.top_k(values, 2)
        own = each(
            lambda row: tf.reduce_sum(tf.math.top_k(row[0], row[1]).values), (values, k), tf.float32
        )
        mask = tf.sequence_mask(length, 6)
        return {
            "best": best,
            "places": places,
            "own": own,
            "sums": tf.cumsum(values, 1, exclusive=True, reverse=True),
            "products": tf.math.cumprod(values, 1),
            "reversed": tf.reverse_sequence(values, length, seq_axis=1),
            "sorted": tf.sort(values, 1, "DESCENDING"),
            "mask": mask,
            "found": tf.searchsorted(tf.sort(values, 1), values[:, :1]),
            "first": tf.math.in_top_k(length, values, 2),
        }

    model = function(call, values=(tf.float32, None), length=(tf.int32,), k=(tf.int32,))
    return Fuzzed(
        model,
        [{"values": [3, 1, 2], "length": 2, "k": 1}, {"values": [1, 5, 4, 2], "length": 4, "k": 3}],
    )


@fuzzed
def uniques() -> Fuzzed:
    """What is in a row, how often, and where."""

    def call(ids, words):
        def own(row):
            values, at, counts = tf.unique_with_counts(row[0])
            texts, places = tf.unique(row[1])
            missing, where = tf.raw_ops.ListDiff(x=row[0], y=values[:1])
            return (
                tf.size(values) + tf.reduce_sum(at),
                tf.reduce_max(counts),
                tf.strings.reduce_join(texts),
                tf.reduce_sum(where) + tf.size(missing) + tf.reduce_sum(places),
            )

        sizes, most, texts, others = each(
            own, (ids, words), (tf.int32, tf.int32, tf.string, tf.int32)
        )
        return {"sizes": sizes, "most": most, "texts": texts, "others": others}

    model = function(call, ids=(tf.int64, None), words=(tf.string, None))
    return Fuzzed(
        model, [{"ids": [1, 1, 2], "words": ["a", "b", "a"]}, {"ids": [7], "words": ["z"]}]
    )
