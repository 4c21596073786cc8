"""Models with tables and vocabularies as the builder of TensorFlow 1.x wrote them."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
import tfpredict

v1 = tf.compat.v1
WORDS = ["apple", "pear", "plum"]
ROWS = [["apple", "plum"], ["fig", "pear"]]


def _table(vocabulary):
    """Return a table of words, of a file where there is one."""
    if vocabulary is None:
        initial = tf.lookup.KeyValueTensorInitializer(WORDS, tf.constant([0, 1, 2], tf.int64))
    else:
        asset = tf.constant(str(vocabulary), name="vocab_path")
        # The table adds it to this collection too, so that it is there twice.
        v1.add_to_collection(v1.GraphKeys.ASSET_FILEPATHS, asset)
        line, number = tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER
        initial = tf.lookup.TextFileInitializer(asset, tf.string, line, tf.int64, number)
    return tf.lookup.StaticHashTable(initial, 3)


def _export(folder, vocabulary, how):
    """Write a model; return its answers to `ROWS`."""
    with tf.Graph().as_default(), v1.Session() as session:
        words = v1.placeholder(tf.string, [None, 2], name="words")
        weights = tf.constant([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0], [6.0, 7.0]])
        embedded = v1.get_variable("embedded", initializer=weights)
        found = tf.reduce_sum(tf.gather(embedded, _table(vocabulary).lookup(words)), 1)
        initialiser = v1.tables_initializer(name="init_all_tables")
        session.run([v1.global_variables_initializer(), initialiser])
        signature = v1.saved_model.signature_def_utils.predict_signature_def(
            {"words": words}, {"sums": found}
        )
        builder = v1.saved_model.Builder(str(folder / "1"))
        builder.add_meta_graph_and_variables(
            session,
            ["serve"],
            {"serving_default": signature},
            assets_collection=v1.get_collection(v1.GraphKeys.ASSET_FILEPATHS),
            **({how: initialiser} if how else {}),
        )
        builder.save()
        return session.run(found, {words: ROWS}).tolist()


def _only_in_collection(folder):
    """Take away what the builder writes beside its collection since TensorFlow 1.13."""
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    file = folder / "1" / "saved_model.pb"
    saved = SavedModel.FromString(file.read_bytes())
    for graph in saved.meta_graphs:
        assert graph.collection_def["saved_model_assets"].any_list.value
        del graph.asset_file_def[:]
    file.write_bytes(saved.SerializeToString())


@pytest.mark.parametrize("how", ["main_op", "legacy_init_op", None])
@pytest.mark.parametrize("kept", ["constants", "asset", "asset in a collection"])
def test_tables_of_first_exports(spark, tmp_path, kept, how):
    vocabulary = None
    if kept != "constants":
        vocabulary = tmp_path / "vocab dict.txt"
        vocabulary.write_text("\n".join(WORDS) + "\n")
    expected = _export(tmp_path / "model", vocabulary, how)
    if kept == "asset in a collection":
        _only_in_collection(tmp_path / "model")
    if vocabulary is not None:
        vocabulary.unlink()  # the copy in assets serves
    name = f"first_{kept.replace(' ', '_')}_{how}"
    tfpredict.register(spark, tmp_path / "model", name)
    table = spark.createDataFrame([(row,) for row in ROWS], "words array<string>").coalesce(1)
    assert [row[0] for row in table.selectExpr(f"{name}(words)").collect()] == expected
    assert tfpredict.inspect(tmp_path / "model").runs


def _save(session, folder, inputs, outputs, tags=("serve",), name="serving_default"):
    signature = v1.saved_model.signature_def_utils.predict_signature_def(inputs, outputs)
    builder = v1.saved_model.Builder(str(folder / "1"))
    builder.add_meta_graph_and_variables(session, list(tags), {name: signature})
    return builder


def test_variables_in_parts(spark, tmp_path):
    with tf.Graph().as_default(), v1.Session() as session:
        ids = v1.placeholder(tf.int64, [None, 2], name="ids")
        with v1.variable_scope("table", partitioner=v1.fixed_size_partitioner(3)):
            table = v1.get_variable("rows", [20], initializer=v1.random_normal_initializer())
            wide = v1.get_variable("wide", [7, 4], initializer=v1.random_normal_initializer())
        assert len(list(table)) == len(list(wide)) == 3
        found = v1.nn.embedding_lookup(list(wide), ids, partition_strategy="div")
        beside = tf.gather(tf.convert_to_tensor(table), ids)
        sums = tf.reduce_sum(found, [1, 2]) + tf.reduce_sum(beside, 1)
        session.run(v1.global_variables_initializer())
        _save(session, tmp_path, {"ids": ids}, {"sums": sums}).save()
        rows = [[0, 6], [3, 2], [5, 5]]
        expected = session.run(sums, {ids: rows})
    tfpredict.register(spark, tmp_path, "in_parts")
    table = spark.createDataFrame([(row,) for row in rows], "ids array<bigint>").coalesce(1)
    answers = [row[0] for row in table.selectExpr("in_parts(ids)").collect()]
    np.testing.assert_allclose(answers, expected, rtol=1e-6)
    assert tfpredict.inspect(tmp_path).runs


def test_a_part_that_is_missing_is_said_at_registration(spark, tmp_path):
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [None, 4], name="x")
        with v1.variable_scope("net", partitioner=v1.fixed_size_partitioner(2)):
            weights = v1.get_variable("weights", [4, 1])
        session.run(v1.global_variables_initializer())
        y = x @ tf.convert_to_tensor(weights)
        _save(session, tmp_path, {"x": x}, {"y": y}).save()
    data = tmp_path / "1" / "variables" / "variables.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:8])
    with pytest.raises(tfpredict.ModelLoadException, match=r"16 bytes in .*variables\.data"):
        tfpredict.register(spark, tmp_path, "part_missing")


@pytest.mark.parametrize("default", [True, False])
def test_unfed_keep_prob(spark, tmp_path, default):
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [None, 2], name="x")
        keep = (
            v1.placeholder_with_default(1.0, [], name="keep_prob")
            if default
            else v1.placeholder(tf.float32, [], name="keep_prob")
        )
        y = v1.nn.dropout(x * 2.0, keep_prob=keep) + 1.0
        _save(session, tmp_path, {"x": x}, {"y": y}).save()
    name = f"keep_prob_{default}".lower()
    if default:
        tfpredict.register(spark, tmp_path, name)
        assert spark.sql(f"SELECT {name}(array(1.0, 3.0))").first()[0] == [3.0, 7.0]
    else:
        with pytest.raises(tfpredict.UnsupportedModelException) as refused:
            tfpredict.register(spark, tmp_path, name)
        assert "placeholder keep_prob, which an output needs" in str(refused.value)
        assert "Export it as an input of the signature or with a default" in str(refused.value)


def test_signatures_called_default_and_graphs_by_tags(spark, tmp_path):
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [None, 2], name="x")
        weights = v1.get_variable("weights", initializer=[[2.0], [-1.0]])
        session.run(v1.global_variables_initializer())
        inputs, outputs = {"x": x}, {"default": x @ weights}
        signature = v1.saved_model.signature_def_utils.predict_signature_def(inputs, outputs)
        builder = _save(session, tmp_path, inputs, outputs, tags=(), name="default")
        builder.add_meta_graph(["serve", "tpu"], {"default": signature})
        builder.save()
    row = "array(1.0, 3.0)"
    for tags, name in (((), "no_tags"), (("tpu", "serve"), "two_tags")):
        tfpredict.register(spark, tmp_path, name, tags=tags, signature="default")
        assert spark.sql(f"SELECT {name}({row})").first()[0] == -1.0
    with pytest.raises(tfpredict.SignatureException) as refused:
        tfpredict.register(spark, tmp_path, "by_tags")
    assert "graphs with {}, {serve, tpu}" in str(refused.value)
    assert "For {}, give none: tags=()" in str(refused.value)
    with pytest.raises(tfpredict.SignatureException, match="signatures: default"):
        tfpredict.register(spark, tmp_path, "by_name", tags=())


def _examples(rows):
    def example(row):
        feature = tf.train.Feature(float_list=tf.train.FloatList(value=row))
        features = tf.train.Features(feature={"x": feature})
        return bytearray(tf.train.Example(features=features).SerializeToString())

    return [(example(row),) for row in rows]


def test_serialized_examples_of_unknown_rank(spark, tmp_path):
    words = tf.constant(["ham", "spam", "eggs"])
    with tf.Graph().as_default(), v1.Session() as session:
        serialized = v1.placeholder(tf.string, name="tf_example")  # without a shape
        x = v1.io.parse_example(serialized, {"x": tf.io.FixedLenFeature([2], tf.float32)})["x"]
        weights = v1.get_variable("w", initializer=[[2.0, 0.0, 1.0], [-1.0, 0.5, 1.0]])
        scores = tf.nn.softmax(tf.identity(x) @ weights + tf.constant([0.0, 1.0, 0.5]))
        best, ids = tf.nn.top_k(scores, 2)
        table = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(tf.range(3, dtype=tf.int64), words.numpy()), "?"
        )
        named = table.lookup(tf.cast(ids, tf.int64))
        first = tf.argmax(scores, 1)
        session.run([v1.global_variables_initializer(), v1.tables_initializer()])
        outputs = {"scores": scores, "best": best, "named": named, "first": first}
        signature = v1.saved_model.signature_def_utils.predict_signature_def(
            {"images": serialized}, outputs
        )
        builder = v1.saved_model.Builder(str(tmp_path / "1"))
        builder.add_meta_graph_and_variables(
            session, ["serve"], {"serving_default": signature}, main_op=v1.tables_initializer()
        )
        builder.save()
        rows = [[3.0, 1.0], [-1.0, 2.0], [0.5, 0.25]]
        expected = session.run(outputs, {serialized: [bytes(row[0]) for row in _examples(rows)]})
    (found,) = tfpredict.inspect(tmp_path).signatures
    assert found.runs, found.refusals
    assert [column.describe() for column in found.inputs] == ["images string[?]"]
    tfpredict.register(spark, tmp_path, "unknown_rank")
    table = spark.createDataFrame(_examples(rows), "e binary").coalesce(1)
    answers = table.selectExpr("unknown_rank(e) AS y").select("y.*").collect()
    for name in ("scores", "best", "first"):
        np.testing.assert_allclose([row[name] for row in answers], expected[name], rtol=1e-6)
    assert [[w.encode() for w in row.named] for row in answers] == expected["named"].tolist()


def test_a_string_of_unknown_rank_that_is_one_picture_is_refused(spark, tmp_path):
    with tf.Graph().as_default(), v1.Session() as session:
        picture = v1.placeholder(tf.string, name="picture")
        mean = tf.reduce_mean(tf.cast(tf.io.decode_png(picture, 3), tf.float32), [0, 1])
        _save(session, tmp_path, {"picture": picture}, {"mean": mean[None]}).save()
    with pytest.raises(tfpredict.SignatureException, match="first dimension is the batch"):
        tfpredict.register(spark, tmp_path, "one_picture")
