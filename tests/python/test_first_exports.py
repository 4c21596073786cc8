"""Models with tables and vocabularies as the builder of TensorFlow 1.x wrote them."""

from __future__ import annotations

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
