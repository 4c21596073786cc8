"""Writes the models of this folder with an older TensorFlow, and that one's answers to some rows.

They are kept, since few machines have these: TensorFlow 1.15 wants Python 3.7, 2.4 Python 3.8,
2.15 Python 3.11. In an environment that has one of them,

    pip install tensorflow-cpu==2.4.4
    python tests/models/older/make.py

writes the folder ``2.4`` anew. ``test_older_exports.py`` replays them.
"""

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
HERE = Path(__file__).resolve().parent
VERSION = ".".join(tf.__version__.split(".")[:2])
RNG = np.random.RandomState(7)
WORDS = ["apple", "pear", "plum"]
TEXTS = np.array([["The cat sat"], ["a dog"], [""], ["Cat! the DOG?"]], object)
CORPUS = ["the cat sat on a dog", "the dog"]
PEOPLE = {
    "age": np.array([[18.0], [35.5], [60.0], [90.0]], "float32"),
    "town": np.array([["Oslo"], ["Rome"], ["Bern"], [""]], object),
}


def columns():
    """An estimator's: numbers, buckets, and words by vocabulary, by hash and crossed."""
    age = tf.feature_column.numeric_column("age")
    decades = tf.feature_column.bucketized_column(age, [20.0, 40.0, 60.0])
    town = tf.feature_column.categorical_column_with_vocabulary_list("town", ["Rome", "Oslo"])
    hashed = tf.feature_column.categorical_column_with_hash_bucket("town", 7)
    crossed = tf.feature_column.crossed_column([decades, "town"], 9)
    return [
        age,
        decades,
        tf.feature_column.embedding_column(town, 3),
        tf.feature_column.indicator_column(hashed),
        tf.feature_column.indicator_column(crossed),
    ]


def settled(model):
    """The model with statistics that are not those it began with."""
    for layer in model.layers:
        if isinstance(layer, tf.keras.layers.BatchNormalization):
            gamma = layer.get_weights()[0]
            layer.set_weights([RNG.uniform(0.5, 2, gamma.shape) for _ in range(4)])
    return model


def save(model, folder):
    """Keras's own way, with its own signature."""
    model.save(folder, save_format="tf", include_optimizer=False)


def recurrent(folder):
    """Keras: what most exports of those years are."""
    inputs = tf.keras.Input((5, 3), name="steps")
    x = tf.keras.layers.LSTM(4, return_sequences=True)(inputs)
    x = tf.keras.layers.BatchNormalization()(x)
    x = tf.keras.layers.Bidirectional(tf.keras.layers.GRU(3))(x)
    outputs = tf.keras.layers.Dense(2, activation="softmax")(x)
    model = settled(tf.keras.Model(inputs, outputs))

    @tf.function(input_signature=[tf.TensorSpec([None, 5, 3], name="steps")])
    def serving(steps):
        return {"classes": model(steps)}

    # Each layer's own functions, which only Keras reads again, would be megabytes.
    model.save(folder, save_format="tf", save_traces=False, signatures=serving)
    return {"steps": RNG.normal(size=(4, 5, 3)).astype("float32")}


def pictures(folder):
    """Convolutions, normalization over channels and over all, and dropout."""
    inputs = tf.keras.Input((8, 8, 3), name="pictures")
    x = tf.keras.layers.Conv2D(4, 3, strides=2, padding="same", activation="relu")(inputs)
    x = tf.keras.layers.BatchNormalization()(x)
    x = tf.keras.layers.SeparableConv2D(4, 3)(x)
    x = tf.keras.layers.LayerNormalization()(x)
    x = tf.keras.layers.Dropout(0.5)(tf.keras.layers.GlobalAveragePooling2D()(x))
    save(settled(tf.keras.Model(inputs, tf.keras.layers.Dense(2)(x))), folder)
    return {"pictures": RNG.uniform(0, 1, (4, 8, 8, 3)).astype("float32")}


def attended(folder):
    """Attention, which Keras has since 2.4."""
    inputs = tf.keras.Input((5, 8), name="tokens")
    x = tf.keras.layers.MultiHeadAttention(2, 4)(inputs, inputs)
    x = tf.keras.layers.LayerNormalization()(x + inputs)
    save(tf.keras.Model(inputs, tf.keras.layers.Dense(2)(x)), folder)
    return {"tokens": RNG.normal(size=(4, 5, 8)).astype("float32")}


def texts(folder):
    """A vocabulary inside the model."""
    kind = getattr(tf.keras.layers, "TextVectorization", None)
    kind = kind or tf.keras.layers.experimental.preprocessing.TextVectorization
    layer = kind(output_mode="int", output_sequence_length=6, ngrams=2)
    layer.adapt(np.array(CORPUS))
    inputs = tf.keras.Input((1,), dtype=tf.string, name="texts")
    x = tf.keras.layers.Embedding(30, 4)(layer(inputs))
    x = tf.keras.layers.Dense(2)(tf.keras.layers.Flatten()(x))
    save(tf.keras.Model(inputs, x), folder)
    return {"texts": TEXTS}


def features(folder):
    """Feature columns, as a layer."""
    inputs = {
        "age": tf.keras.Input((1,), name="age"),
        "town": tf.keras.Input((1,), dtype=tf.string, name="town"),
    }
    x = tf.keras.layers.DenseFeatures(columns())(inputs)
    save(tf.keras.Model(inputs, tf.keras.layers.Dense(2)(x)), folder)
    return PEOPLE


def words(folder):
    """A `tf.Module` with a table of a file, and strings in and out."""

    class Words(tf.Module):
        def __init__(self):
            super().__init__()
            self.file = tf.saved_model.Asset(vocabulary())
            self.table = tf.lookup.StaticVocabularyTable(
                tf.lookup.TextFileInitializer(
                    self.file,
                    tf.string,
                    tf.lookup.TextFileIndex.WHOLE_LINE,
                    tf.int64,
                    tf.lookup.TextFileIndex.LINE_NUMBER,
                ),
                2,
            )
            self.weights = tf.Variable([[0.5, 1.0], [2.0, 3.0], [4.0, 5.0], [6.0, 7.0], [8.0, 9.0]])

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="words")])
        def __call__(self, words):
            parts = tf.strings.split(tf.strings.lower(words), " ").to_tensor("", shape=[None, 3])
            ids = self.table.lookup(parts)
            return {
                "weights": tf.reduce_sum(tf.gather(self.weights, ids), 1),
                "longest": tf.reduce_max(tf.strings.length(parts), 1),
                "joined": tf.strings.reduce_join(parts, axis=1, separator="+"),
            }

    module = Words()
    tf.saved_model.save(module, folder, signatures=module.__call__)
    return {"words": np.array(["Apple pear plum", "fig", "", "PLUM plum"], object)}


def vocabulary():
    # Where it was does not stay in the model: it stands in this folder while it is needed.
    os.chdir(tempfile.mkdtemp())
    Path("words.txt").write_text("\n".join(WORDS) + "\n")
    return "words.txt"


def estimated(folder):
    """A canned estimator, trained for a few steps, that takes serialized examples."""
    columns_of_it = columns()

    def rows():
        labels = np.array([[0], [1], [1], [0]])
        return tf.data.Dataset.from_tensors((PEOPLE, labels)).repeat(20)

    estimator = tf.estimator.DNNClassifier([4], columns_of_it, model_dir=tempfile.mkdtemp())
    estimator.train(rows)
    spec = tf.feature_column.make_parse_example_spec(columns_of_it)
    receiver = tf.estimator.export.build_parsing_serving_input_receiver_fn(spec)
    exported = estimator.export_saved_model(tempfile.mkdtemp(), receiver)
    shutil.rmtree(folder)
    shutil.move(exported.decode(), folder)
    serialized = np.array([example(index) for index in range(4)], object)
    return {"inputs": serialized, "examples": serialized}


def example(index):
    features = {
        "age": tf.train.Feature(float_list=tf.train.FloatList(value=PEOPLE["age"][index])),
        "town": tf.train.Feature(
            bytes_list=tf.train.BytesList(value=[PEOPLE["town"][index, 0].encode()])
        ),
    }
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def graph(folder):
    """What the builder of TensorFlow 1 wrote: parts of variables, a table of an asset, a loop."""
    with tf.Graph().as_default(), v1.Session() as session:
        words = v1.placeholder(tf.string, [None, 2], name="words")
        keep = v1.placeholder_with_default(1.0, [], name="keep_prob")
        table = tf.lookup.StaticHashTable(
            tf.lookup.TextFileInitializer(
                vocabulary(),
                tf.string,
                tf.lookup.TextFileIndex.WHOLE_LINE,
                tf.int64,
                tf.lookup.TextFileIndex.LINE_NUMBER,
            ),
            3,
        )
        with v1.variable_scope("net", partitioner=v1.fixed_size_partitioner(2)):
            embedded = v1.get_variable("embedded", [4, 3])
        found = v1.nn.embedding_lookup(embedded, table.lookup(words), partition_strategy="div")
        cell = v1.nn.rnn_cell.GRUCell(3)
        _, state = v1.nn.dynamic_rnn(cell, found, dtype=tf.float32)
        outputs = v1.nn.dropout(v1.layers.dense(state, 2), keep_prob=keep)
        session.run([v1.global_variables_initializer(), v1.tables_initializer()])
        v1.saved_model.simple_save(
            session,
            folder,
            {"words": words},
            {"outputs": outputs},
            legacy_init_op=v1.tables_initializer(),
        )
    return {"words": np.array([["apple", "plum"], ["fig", "pear"], ["", "apple"]], object)}


MODELS = {
    "1.15": [estimated, graph],
    "2.4": [recurrent, pictures, attended, texts, features, words, estimated],
    "2.15": [recurrent, pictures, attended, texts, features, words, estimated],
}


def keep(folder, rows):
    """Write down this TensorFlow's answers to the rows, as `tfpredict.export` keeps them."""
    from tensorflow.core.protobuf.named_tensor_pb2 import NamedTensorProto

    def message(name, values):
        tensor = tf.make_tensor_proto(values)
        if values.dtype != object:
            kept = NamedTensorProto(name=name).tensor
            kept.dtype = tensor.dtype
            kept.tensor_shape.CopyFrom(tensor.tensor_shape)
            kept.tensor_content = values.tobytes()
            tensor = kept
        body = NamedTensorProto(name=name, tensor=tensor).SerializeToString()
        size, prefix = len(body), b""
        while size > 127:
            prefix, size = prefix + bytes([size & 127 | 128]), size >> 7
        return prefix + bytes([size]) + body

    messages = []
    with tf.Graph().as_default(), v1.Session() as session:
        loaded = v1.saved_model.load(session, ["serve"], folder)
        for name, signature in loaded.signature_def.items():
            if name.startswith("__"):
                continue
            given = {key: rows[key] for key in signature.inputs}
            feeds = {signature.inputs[key].name: value for key, value in given.items()}
            found = session.run({key: of.name for key, of in signature.outputs.items()}, feeds)
            for kind, values in (("inputs", given), ("outputs", found)):
                messages += [message("/".join([name, kind, key]), values[key]) for key in values]
    extra = Path(folder) / "assets.extra"
    extra.mkdir(parents=True)
    (extra / "tfpredict_examples.pb").write_bytes(b"".join(messages))


def main():
    for build in MODELS[VERSION]:
        target = HERE / VERSION / build.__name__ / "1"
        shutil.rmtree(str(target.parent), ignore_errors=True)
        target.mkdir(parents=True)
        tf.keras.backend.clear_session()
        v1.set_random_seed(7)
        rows = build(str(target))
        for unread in ("keras_metadata.pb", "fingerprint.pb"):
            if (target / unread).exists():
                (target / unread).unlink()
        keep(str(target), rows)
        print(target)


if __name__ == "__main__":
    main()
