"""Ragged inputs and outputs of signatures are columns of arrays, each row of its own length."""

from __future__ import annotations

import pytest
import tfpredict
from answers import TOLERANCE, difference

tf = pytest.importorskip("tensorflow", reason="models are made here")


class Ragged(tf.Module):
    @tf.function(input_signature=[tf.RaggedTensorSpec([None, None], tf.float32)])
    def sums(self, x):
        return {"sum": tf.reduce_sum(x, axis=1), "longer": tf.concat([x, x * 2.0], axis=1)}

    @tf.function(
        input_signature=[
            tf.RaggedTensorSpec([None, None, 2], tf.float32, ragged_rank=1),
            tf.TensorSpec([None], tf.float32, name="weight"),
            tf.RaggedTensorSpec([None, None], tf.int64, row_splits_dtype=tf.int32),
        ]
    )
    def mixed(self, points, weight, ids):
        return {
            "point": tf.reduce_sum(points, axis=1) * weight[:, None],
            "points": points + 1.0,
            "ids": ids.with_values(ids.values + 1),
        }

    @tf.function(input_signature=[tf.RaggedTensorSpec([None, None, None], tf.int32)])
    def deep(self, x):
        return {"sum": tf.reduce_sum(x, axis=[1, 2]), "same": x}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="text")])
    def words(self, text):
        words = tf.strings.split(text)
        return {
            "letters": tf.strings.unicode_split(words, "UTF-8"),
            "lengths": tf.strings.length(words),
            "words": words,
        }

    @tf.function(input_signature=[tf.RaggedTensorSpec([None, None], tf.string)])
    def counted(self, words):
        return {"letters": tf.reduce_sum(tf.strings.length(words), axis=1)}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="text")])
    def wrong(self, text):
        return {"words": tf.strings.split(tf.concat([text, text], 0))}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A folder with one model for each function, as TensorFlow itself writes it."""
    folder = tmp_path_factory.mktemp("ragged")
    module = Ragged()
    for name in ("sums", "mixed", "deep", "words", "counted", "wrong"):
        tf.saved_model.save(module, str(folder / name / "1"), signatures=getattr(module, name))
    return folder


def rows_of(spark, saved, name, rows, schema):
    """What SQL gives for each row, in one task."""
    tfpredict.register(spark, saved / name, f"ragged_{name}")
    table = spark.createDataFrame([(i, *row) for i, row in enumerate(rows)], f"id int, {schema}")
    columns = ", ".join(table.columns[1:])
    found = table.coalesce(1).selectExpr("id", f"ragged_{name}({columns}) AS y").collect()
    return [row.y for row in sorted(found)]


VALUES = [[1.0, 2.5], [], [3.0], [4.0, 5.0, 6.5], [7.0, 8.0], [9.0]]


def test_a_ragged_input_and_output_are_arrays_of_any_length(spark, saved):
    found = rows_of(spark, saved, "sums", [(value,) for value in VALUES], "x array<float>")
    own = Ragged().sums(tf.ragged.constant(VALUES, dtype=tf.float32))
    assert [row.longer for row in found] == own["longer"].to_list()
    assert difference([row["sum"] for row in found], own["sum"].numpy()) <= TOLERANCE


def test_uniform_dimensions_and_other_inputs_stand_beside_ragged_ones(spark, saved):
    points = [[[1.0, 2.0]], [], [[3.0, 4.0], [5.0, 6.0]]]
    weight, ids = [1.0, 2.0, 3.0], [[1], [2, 3], []]
    rows = list(zip(ids, points, weight))
    schema = "ids array<bigint>, points array<array<float>>, weight float"
    taken = tfpredict.register(spark, saved / "mixed", "ragged_mixed").inputs
    described = [tensor.describe() for tensor in taken]
    assert described == ["ids int64[?, ?]", "points float32[?, ?, 2]", "weight float32[?]"]
    found = rows_of(spark, saved, "mixed", rows, schema)
    own = Ragged().mixed(
        tf.ragged.constant(points, dtype=tf.float32, ragged_rank=1, inner_shape=(2,)),
        tf.constant(weight),
        tf.ragged.constant(ids, dtype=tf.int64, row_splits_dtype=tf.int32),
    )
    assert [row.point for row in found] == own["point"].numpy().tolist()
    assert [row.points for row in found] == own["points"].to_list()
    assert [row.ids for row in found] == own["ids"].to_list()


def test_arrays_within_arrays_are_of_one_length_in_a_row(spark, saved):
    values = [[[1, 2], [3, 4]], [[5, 6, 7]], [], [[8], [9], [10]]]
    found = rows_of(spark, saved, "deep", [(value,) for value in values], "x array<array<int>>")
    own = Ragged().deep(tf.ragged.constant(values, ragged_rank=2, dtype=tf.int32))
    assert [row.same for row in found] == own["same"].to_list() == values
    assert [row["sum"] for row in found] == own["sum"].numpy().tolist()
    with pytest.raises(
        tfpredict.InputException, match=r"length 2 at depth 2 in input .* Found: length 1, in row"
    ):
        rows_of(spark, saved, "deep", [([[1, 2], [3]],)], "x array<array<int>>")


def test_text_becomes_arrays_of_words_and_of_their_letters(spark, saved):
    texts = ["a bc ü", "", "word", "two words"]
    found = rows_of(spark, saved, "words", [(text,) for text in texts], "text string")
    own = {name: value.to_list() for name, value in Ragged().words(tf.constant(texts)).items()}
    assert [row.words for row in found] == [text.split() for text in texts]
    assert [row.lengths for row in found] == own["lengths"]
    assert [row.letters for row in found] == [
        [[letter.decode() for letter in word] for word in row] for row in own["letters"]
    ]


def test_words_are_a_ragged_input(spark, saved):
    rows = [(["a", "bcd"],), ([],), (["ef"],), (None,)]
    found = rows_of(spark, saved, "counted", rows, "words array<string>")
    assert found == [4, 0, 2, None]


def test_a_ragged_output_of_other_rows_is_refused(spark, saved):
    with pytest.raises(tfpredict.ModelRunException, match="output words to be string"):
        rows_of(spark, saved, "wrong", [("a b",), ("c",)], "text string")


def test_a_graph_of_tensorflow_1_says_itself_that_an_input_is_ragged(spark, tmp_path):
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        tf.Variable(0.0, name="unused")
        x = v1.ragged.placeholder(tf.float32, 1, [])
        total = tf.reduce_sum(x, axis=1)
        infos = [
            {name: v1.saved_model.build_tensor_info(tensor)}
            for name, tensor in (("x", x), ("y", total))
        ]
        signature = v1.saved_model.build_signature_def(*infos, "tensorflow/serving/predict")
        session.run(v1.global_variables_initializer())
        builder = v1.saved_model.Builder(str(tmp_path / "m" / "1"))
        builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature})
        builder.save()
    assert signature.inputs["x"].WhichOneof("encoding") == "composite_tensor"
    assert rows_of(spark, tmp_path, "m", [(value,) for value in VALUES], "x array<float>") == [
        sum(value) for value in VALUES
    ]
