"""Ops and attributes that came after TensorFlow 1.15: SQL answers as TensorFlow does."""

from __future__ import annotations

import struct

import numpy as np
import pytest
import tfpredict
from answers import TOLERANCE, difference

tf = pytest.importorskip("tensorflow", reason="models are made here")

FLOATS = [tf.TensorSpec([None], tf.float32, name="x")]
AUTOTUNE = tf.data.AUTOTUNE


class Datasets(tf.Module):
    """Datasets inside of signatures."""

    @tf.function(input_signature=FLOATS)
    def mapped(self, x):
        data = tf.data.Dataset.from_tensor_slices(x).map(lambda v: v * 2.0)
        data = data.map(tf.sqrt, num_parallel_calls=AUTOTUNE, deterministic=True, name="roots")
        return {"y": data.batch(100000).get_single_element()}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="x")])
    def padded(self, x):
        data = tf.data.Dataset.from_tensor_slices(x).map(
            tf.strings.length, num_parallel_calls=AUTOTUNE
        )
        return {"y": data.padded_batch(1000).get_single_element()}

    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x")])
    def looped(self, x):
        total = tf.zeros([tf.shape(x)[0]])
        for column in tf.data.Dataset.range(3):
            total += tf.gather(x, column, axis=1)
        return {"y": total}

    @tf.function(input_signature=FLOATS)
    def reduced(self, x):
        data = tf.data.Dataset.zip(
            (tf.data.Dataset.from_tensor_slices(x), tf.data.Dataset.range(1000))
        )
        options = tf.data.Options()
        options.deterministic = True
        data = data.with_options(options).prefetch(2)
        return {"y": data.reduce(tf.zeros([0]), lambda all_, v: tf.concat([all_, [3.0 * v[0]]], 0))}

    @tf.function(input_signature=FLOATS)
    def batched(self, x):
        data = tf.data.Dataset.from_tensor_slices(x).map(tf.abs)
        return {"y": data.batch(100000, num_parallel_calls=2).get_single_element()}


class Loops(tf.Module):
    """Lists that grow as they are written."""

    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.int64, name="x")])
    def generated(self, x):
        out = tf.TensorArray(tf.int64, 0, dynamic_size=True, element_shape=[None])
        now, k = x[:, -1], 0
        while tf.reduce_any(now > 0):
            now = tf.maximum(now - 3, 0)
            out = out.write(k, now)
            k += 1
        return {"y": tf.transpose(out.stack())}

    @tf.function(input_signature=FLOATS)
    def gathered(self, x):
        out = tf.TensorArray(tf.float32, 1, dynamic_size=True, element_shape=[])
        for k in tf.range(tf.shape(x)[0]):
            # Also behind the end, and what is there already.
            out = out.write(tf.shape(x)[0] - 1 - k, x[k])
        return {"y": tf.reverse(out.stack(), [0])}


class Images(tf.Module):
    def __init__(self, channels):
        super().__init__()
        self.channels = channels

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="x")])
    def stills(self, x):
        def one(contents):
            image = tf.io.decode_image(contents, self.channels, expand_animations=False)
            return tf.reduce_sum(tf.cast(image, tf.int32)) + 1000000 * tf.shape(image)[0]

        return {"y": tf.map_fn(one, x, fn_output_signature=tf.int32)}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="x")])
    def frames(self, x):
        def one(contents):
            return tf.rank(tf.io.decode_image(contents, self.channels))

        return {"y": tf.map_fn(one, x, fn_output_signature=tf.int32)}


def column(spark, folder, module, name, rows, of):
    """What SQL gives for each row, in batches of several rows."""
    tf.saved_model.save(module, str(folder / name / "1"), signatures=getattr(module, name))
    tfpredict.register(spark, folder / name, f"newer_{name}")
    table = spark.createDataFrame([(i, row) for i, row in enumerate(rows)], f"id int, x {of}")
    found = table.coalesce(1).selectExpr("id", f"newer_{name}(x) AS y").collect()
    return [row.y for row in sorted(found)]


@pytest.mark.parametrize(
    ("name", "of", "rows"),
    [
        ("mapped", "float", [1.0, 2.5, 4.0]),
        ("padded", "string", ["a", "", "three"]),
        ("looped", "array<float>", [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
        ("reduced", "float", [1.0, 2.5, 4.0]),
        ("batched", "float", [1.0, 2.5, 4.0, 8.0]),
    ],
)
def test_datasets_in_a_signature(spark, tmp_path, name, of, rows):
    module = Datasets()
    own = getattr(module, name)(tf.constant(rows))["y"].numpy()
    found = column(spark, tmp_path, module, name, rows, of)
    assert difference(np.array(found, own.dtype), own) <= TOLERANCE


def test_a_list_that_grows_with_the_longest_row(spark, tmp_path):
    rows = [[5, 9], [2, 4], [7, 1], [1, 12]]
    own = Loops().generated(tf.constant(rows, tf.int64))["y"].numpy()
    assert column(spark, tmp_path, Loops(), "generated", rows, "array<bigint>") == own.tolist()


def test_a_list_is_written_behind_its_end_and_before(spark, tmp_path):
    rows = [1.0, 2.0, 3.0]
    assert column(spark, tmp_path, Loops(), "gathered", rows, "float") == rows


def pictures():
    rng = np.random.default_rng(2)
    noise = rng.integers(0, 256, (13, 17, 3)).astype("uint8")
    smooth = np.add.outer(np.arange(20) * 9, np.arange(11) * 7)[..., None] + np.array([0, 40, 90])
    for image in (noise, smooth.astype("uint8")):
        yield tf.io.encode_jpeg(image, quality=80).numpy()
        yield tf.io.encode_png(image).numpy()
        rows = b"".join(row[:, ::-1].tobytes() + b"\0" * (-row.size % 4) for row in image[::-1])
        height, width = image.shape[:2]
        yield (
            struct.pack("<2sIHHI", b"BM", 54 + len(rows), 0, 0, 54)
            + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(rows), 0, 0, 0, 0)
            + rows
        )


def animation():
    """Two frames of 2 by 2 pixels, red and blue."""
    frames = b""
    for color in (0, 1):
        # Codes of 3 bits each: 4 begins anew, before they grow, and 5 ends.
        codes = [4, color, color, 4, color, color, 5]
        packed = sum(code << 3 * at for at, code in enumerate(codes)).to_bytes(3, "little")
        frames += bytes.fromhex("21f904000a0000002c000000000200020000" + "0203") + packed + b"\0"
    return bytes.fromhex("47494638396102000200800000" + "ff00000000ff") + frames + b";"


@pytest.mark.parametrize("channels", [0, 3])
@pytest.mark.parametrize("name", ["stills", "frames"])
def test_images_of_any_format(spark, tmp_path, name, channels):
    rows = [*pictures(), animation()]
    module = Images(channels)
    own = getattr(module, name)(tf.constant(rows))["y"].numpy().tolist()
    assert column(spark, tmp_path, module, name, rows, "binary") == own
    assert len(set(own)) > 1


def test_what_is_no_image_rejects_its_row(spark, tmp_path):
    rows = [tf.io.encode_png(np.zeros((2, 2, 3), "uint8")).numpy(), b"no image", b""]
    module = Images(3)
    tf.saved_model.save(module, str(tmp_path / "1"), signatures=module.stills)
    tfpredict.register(spark, tmp_path, "no_image", on_error="struct")
    table = spark.createDataFrame([(row,) for row in rows], "x binary").coalesce(1)
    found = [row[0] for row in table.selectExpr("no_image(x)").collect()]
    assert found[0].error is None
    assert all(row.error is not None for row in found[1:])
