"""Models of texts."""

from __future__ import annotations

import keras
import tensorflow as tf
from keras import layers as L

from fuzzed.kept import Fuzzed, each, function, fuzzed

TEXTS = ["a bc d", "", "The quick  brown fox", "né 中文 \U0001f600", "1,2;3", "x" * 50]


@fuzzed
def text_ops() -> Fuzzed:
    """A text cut, joined and measured by the row's own numbers."""

    def call(text, start, length):
        cut = tf.strings.substr(text, start, length)
        letters = tf.strings.substr(text, start, length, unit="UTF8_CHAR")
        return {
            "cut": tf.strings.join([cut, tf.strings.upper(letters)], "|"),
            "length": tf.strings.length(text, unit="UTF8_CHAR"),
            "clean": tf.strings.strip(tf.strings.lower(text, encoding="utf-8")),
            "bucket": tf.strings.to_hash_bucket_strong(text, 100, [1, 2]),
        }

    model = function(call, text=(tf.string,), start=(tf.int32,), length=(tf.int32,))
    return Fuzzed(
        model,
        [
            {"text": "naïve text", "start": 0, "length": 2},
            {"text": "abc", "start": -2, "length": 9},
        ],
    )


@fuzzed
def patterns() -> Fuzzed:
    """A text searched by constant patterns, and by the row's own."""

    def call(text, pattern):
        found = tf.strings.regex_replace(text, r"(\w+)\s(\w+)", r"\2 \1")
        own = each(
            lambda row: tf.strings.regex_replace(row[0], row[1], "<\\0>", replace_global=False),
            (text, pattern),
            tf.string,
        )
        return {
            "found": found,
            "own": own,
            "is_number": tf.strings.regex_full_match(text, "[0-9]+"),
        }

    model = function(call, text=(tf.string,), pattern=(tf.string,))
    patterns = ["b+", "(a|b)*c", "[^x]", "^$", "\\w{2,3}", "q"]
    return Fuzzed(model, [{"text": t, "pattern": p} for t, p in zip(TEXTS, patterns, strict=True)])


@fuzzed
def numbers_of_texts() -> Fuzzed:
    """Texts that are numbers, and numbers written as texts."""

    def call(number, whole, value):
        return {
            "number": tf.strings.to_number(number),
            "whole": tf.strings.to_number(whole, tf.int64),
            "written": tf.strings.join(
                [
                    tf.strings.as_string(value, precision=3),
                    tf.strings.as_string(value, scientific=True),
                    tf.strings.as_string(tf.cast(value, tf.int64), width=8, fill="0"),
                ],
                " ",
            ),
        }

    model = function(call, number=(tf.string,), whole=(tf.string,), value=(tf.float32,))
    return Fuzzed(
        model,
        [
            {"number": "1.5", "whole": "-7", "value": 2.5},
            {"number": " 1e9", "whole": "0", "value": -0.125},
        ],
    )


@fuzzed
def base64_texts() -> Fuzzed:
    def call(text, code):
        return {"code": tf.io.encode_base64(text, pad=True), "text": tf.io.decode_base64(code)}

    model = function(call, text=(tf.string,), code=(tf.string,))
    return Fuzzed(model, [{"text": "some text", "code": "YWJj"}, {"text": "", "code": "AAECAw"}])


@fuzzed
def ngrams() -> Fuzzed:
    """Words and their pairs, hashed, and the mean of their vectors."""
    table = tf.Variable(tf.reshape(tf.range(64 * 3, dtype=tf.float32), [64, 3]) / 64)

    def call(text):
        words = tf.strings.split(text)
        pairs = tf.strings.ngrams(words, (1, 2), separator="_")
        ids = tf.strings.to_hash_bucket_fast(pairs, 64)
        vectors = tf.ragged.map_flat_values(tf.nn.embedding_lookup, table, ids)

        # What padding makes of a text without words depends on the others of its batch.
        def padded(text):
            triples = tf.strings.ngrams(tf.strings.split(text[None]), 3, pad_values=("<", ">"))
            return tf.strings.reduce_join(triples.to_tensor("")[0])

        return {
            "mean": tf.math.divide_no_nan(
                tf.reduce_sum(vectors, 1),
                tf.cast(pairs.row_lengths(), tf.float32)[:, None],
            ),
            "joined": each(padded, text, tf.string),
        }

    return Fuzzed(function(call, [table], text=(tf.string,)), [{"text": text} for text in TEXTS])


@fuzzed
def unicode_texts() -> Fuzzed:
    """Texts as code points, in several encodings."""

    def call(text):
        points = tf.strings.unicode_decode(text, "UTF-8", errors="replace")
        again = tf.strings.unicode_encode(points, "UTF-16-BE", errors="replace")
        letters, starts = tf.strings.unicode_split_with_offsets(text, "UTF-8", errors="ignore")
        return {
            "again": tf.strings.unicode_transcode(again, "UTF-16-BE", "UTF-8"),
            "latin": tf.strings.unicode_transcode(text, "LATIN1", "UTF-8"),
            "letters": tf.strings.reduce_join(letters.to_tensor(""), 1),
            "last": tf.reduce_max(starts, 1),
            "script": tf.strings.unicode_script(points.to_tensor(default_value=0, shape=[None, 4])),
        }

    return Fuzzed(function(call, text=(tf.string,)), [{"text": text} for text in TEXTS])


@fuzzed
def code_points() -> Fuzzed:
    """Texts of the row's own code points."""

    def call(points, lengths):
        rows = tf.RaggedTensor.from_tensor(points, lengths=lengths)
        return {
            "text": tf.strings.unicode_encode(rows, "UTF-8", errors="replace"),
            "strict": tf.strings.unicode_encode(points, "UTF-8", errors="ignore"),
            "scripts": tf.strings.unicode_script(points),
        }

    model = function(call, points=(tf.int32, 4), lengths=(tf.int32,))
    return Fuzzed(
        model,
        [
            {"points": [72, 105, 0x4E2D, 0x1F600], "lengths": 3},
            {"points": [0, 1, 2, 3], "lengths": 0},
        ],
    )


@fuzzed
def text_vectors() -> Fuzzed:
    """Keras's own way from texts to vectors."""
    keras.utils.set_random_seed(51)
    vocabulary = ["the", "quick", "brown", "fox", "the quick", "中文"]
    text = L.Input((), dtype="string", name="text")
    ids = L.TextVectorization(ngrams=2, output_sequence_length=6, vocabulary=vocabulary)(text)
    mean = L.GlobalAveragePooling1D()(L.Embedding(10, 4, mask_zero=True)(ids))
    outputs = {"ids": ids, "score": L.Dense(2, name="scores")(mean)}
    return Fuzzed(keras.Model([text], outputs), [{"text": text} for text in TEXTS])


@fuzzed
def hashed_words() -> Fuzzed:
    """Keras's lookups and hashes of a row's words."""
    keras.utils.set_random_seed(52)
    words = L.Input((None,), dtype="string", name="words")
    known = L.StringLookup(vocabulary=["red", "grün", "blue"], num_oov_indices=2)(words)
    hashed = L.Hashing(16, salt=[3, 5], mask_value="")(words)
    both = L.Add()([L.Embedding(6, 3)(known), L.Embedding(16, 3)(hashed)])
    outputs = {"known": known, "vectors": both}
    return Fuzzed(keras.Model([words], outputs), [{"words": ["red", "x", ""]}, {"words": ["grün"]}])


@fuzzed
def split_texts() -> Fuzzed:
    """Texts split and joined in several ways; each row has any number of them."""

    def call(texts):
        parts = tf.strings.split(texts, ",")
        cells = parts.to_tensor("-", shape=[None, None, 3])
        old = tf.compat.v1.string_split(tf.reshape(texts, [-1]), delimiter=";, ")
        ones = tf.SparseTensor(old.indices, tf.ones_like(old.values, tf.int64), old.dense_shape)
        return {
            "cells": tf.strings.reduce_join(cells, 2, separator="/"),
            "all": tf.strings.reduce_join(texts, 1, separator=" "),
            "counts": tf.reshape(tf.reduce_sum(tf.sparse.to_dense(ones), 1), tf.shape(texts)),
        }

    model = function(call, texts=(tf.string, None))
    return Fuzzed(model, [{"texts": ["a,b", "c"]}, {"texts": ["1,2,3,4", "x;y", "z"]}])
