"""Models with channels first, as GPUs take them, answer as their twins with channels last do."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
import tfpredict
import unrun

v1 = tf.compat.v1
RNG = np.random.default_rng(5)


def floats(*shape):
    return RNG.normal(size=shape).astype("float32")


def at(sizes, layout):
    """Put what is said for channels last in the order of a layout."""
    return sizes if layout.endswith("C") else [sizes[0], sizes[-1], *sizes[1:-1]]


IMAGES, VOLUMES = floats(3, 6, 8, 4), floats(3, 4, 6, 4, 2)
WEIGHTS, ONE_EACH, GROUPED = floats(3, 2, 4, 5), floats(3, 3, 4, 2), floats(2, 2, 2, 6)
UP, WEIGHTS_3D, UP_3D = floats(3, 2, 5, 4), floats(2, 3, 2, 2, 3), floats(2, 3, 2, 3, 2)
SCALE, OFFSET, MEAN, VARIANCE = floats(4), floats(4), floats(4), floats(4) ** 2
PADDED = [[0, 0], [1, 2], [0, 1], [0, 0]]
raw = tf.raw_ops


def like(x, layout, sizes, channels):
    """The shape of a picture or volume of the batch of x."""
    return tf.concat([tf.shape(x)[:1], at([0, *sizes, channels], layout)[1:]], 0)


def normal(x, layout, training=False, half=False):
    """Batch normalisation, of which all that has a value is used."""
    count = x.shape[-1 if layout.endswith("C") else 1]
    empty = tf.zeros([0])
    found = raw.FusedBatchNormV3(
        x=tf.cast(x, tf.float16) if half else x,
        scale=SCALE[:count],
        offset=OFFSET[:count],
        mean=empty if training else MEAN[:count],
        variance=empty if training else VARIANCE[:count],
        epsilon=0.01,
        is_training=training,
        data_format=layout,
    )
    means = tf.reshape(found.batch_mean, at([1] * (x.shape.rank - 1) + [count], layout))
    return tf.cast(found.y, tf.float32) + 2 * means


def half(x, layout):
    x = tf.cast(x, tf.float16)
    x = tf.nn.conv2d(x, tf.cast(WEIGHTS, tf.float16), 1, "SAME", data_format=layout)
    x = tf.nn.bias_add(x, tf.cast(tf.range(5), tf.float16), data_format=layout)
    return tf.cast(raw.MaxPool(input=x, **window(layout), padding="SAME"), tf.float32)


def window(layout, sizes=(1, 2, 3, 1), strides=(1, 1, 2, 1)):
    return {
        "ksize": at(list(sizes), layout),
        "strides": at(list(strides), layout),
        "data_format": layout,
    }


def channels(x, layout, count):
    return x[..., :count] if layout.endswith("C") else x[:, :count]


def max_of_tensors(x, layout):
    sizes = window(layout)
    ksize, strides = tf.constant(sizes.pop("ksize")), tf.constant(sizes.pop("strides"))
    return raw.MaxPoolV2(input=x, ksize=ksize, strides=strides, padding="VALID", **sizes)


def gradient(x, layout):
    """How much each pixel matters to a convolution."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.tanh(FLAT["conv"](x, layout))
    return tape.gradient(y, x)


def wide(filters, dilations):
    """Filters with the zeros that dilations stand for."""
    places = [(size - 1) * by + 1 for size, by in zip(filters.shape, dilations)]
    found = np.zeros([*places, *filters.shape[len(dilations) :]], "float32")
    found[tuple(slice(None, None, by) for by in dilations)] = filters
    return found


def dilated(filters, layout, *dilations):
    """Filters and dilations; the twin with channels last has zeros in place of those."""
    if layout.endswith("C"):
        return wide(filters, dilations), [1] * (len(dilations) + 2)
    return filters, at([1, *dilations, 1], layout)


def depthwise_dilated(x, layout):
    filters, by = dilated(ONE_EACH, layout, 2, 3)
    ones = [1] * 4
    return raw.DepthwiseConv2dNative(
        input=x, filter=filters, strides=ones, padding="SAME", data_format=layout, dilations=by
    )


def transposed_dilated(x, layout):
    filters, by = dilated(UP, layout, 1, 2)
    strides = at([1, 2, 1, 1], layout)
    to = like(x, layout, (12, 8), 5)
    return tf.nn.conv2d_transpose(x, filters, to, strides, "SAME", layout, by)


def deep_dilated(x, layout):
    filters, by = dilated(WEIGHTS_3D, layout, 2, 1, 2)
    ones = [1] * 5
    return raw.Conv3D(
        input=x, filter=filters, strides=ones, padding="SAME", data_format=layout, dilations=by
    )


FLAT = {
    "depthwise_dilated": depthwise_dilated,
    "transposed_dilated": transposed_dilated,
    "conv": lambda x, f: tf.nn.conv2d(x, WEIGHTS, at([1, 2, 1, 1], f), "SAME", f),
    "conv_dilated": lambda x, f: tf.nn.conv2d(
        x, WEIGHTS, 1, "VALID", f, dilations=at([1, 2, 3, 1], f)
    ),
    "conv_padded": lambda x, f: tf.nn.conv2d(x, WEIGHTS, 1, at(PADDED, f), f),
    "conv_grouped": lambda x, f: tf.nn.conv2d(x, GROUPED, 1, "SAME", f),
    "depthwise": lambda x, f: tf.nn.depthwise_conv2d(x, ONE_EACH, at([1, 2, 2, 1], f), "SAME", f),
    "transposed": lambda x, f: tf.nn.conv2d_transpose(
        x, UP, like(x, f, (12, 8), 5), at([1, 2, 1, 1], f), "SAME", f
    ),
    "max": lambda x, f: raw.MaxPool(input=x, **window(f), padding="SAME"),
    "max_of_tensors": max_of_tensors,
    "avg": lambda x, f: raw.AvgPool(value=x, **window(f), padding="VALID"),
    "bias": lambda x, f: tf.nn.bias_add(x, SCALE, data_format=f),
    "to_depth": lambda x, f: tf.nn.space_to_depth(x, 2, data_format=f),
    "to_space": lambda x, f: tf.nn.depth_to_space(x, 2, data_format=f),
    "normal": normal,
    "normal_in_training": lambda x, f: normal(x, f, training=True),
    "normal_half": lambda x, f: normal(x, f, half=True),
    "half": half,
    "gradient": gradient,
    "chain": lambda x, f: tf.nn.relu(normal(channels(FLAT["conv_padded"](x, f), f, 4), f)),
}
DEEP = {
    "bias": lambda x, f: tf.nn.bias_add(x, SCALE[:2], data_format=f),
    "dilated": deep_dilated,
    "conv": lambda x, f: tf.nn.conv3d(x, WEIGHTS_3D, at([1, 1, 2, 1, 1], f), "SAME", f),
    "transposed": lambda x, f: tf.nn.conv3d_transpose(
        x, UP_3D, like(x, f, (8, 6, 4), 3), at([1, 2, 1, 1, 1], f), "SAME", f
    ),
    "max": lambda x, f: raw.MaxPool3D(
        input=x, **window(f, (1, 2, 3, 1, 1), (1, 1, 2, 1, 1)), padding="SAME"
    ),
    "avg": lambda x, f: raw.AvgPool3D(
        input=x, **window(f, (1, 2, 3, 1, 1), (1, 1, 2, 1, 1)), padding="VALID"
    ),
    "normal": normal,
}


def layer_normalised(x):
    """Normalise the last axis as Keras 2 does: as channels first, of a batch of one."""
    shape = tf.shape(x)
    rows = tf.reduce_prod(shape[:-1])
    flat = tf.reshape(x, [1, rows, shape[-1], 1])
    ones = tf.fill([rows], 1.0)
    found, _, _ = v1.nn.fused_batch_norm(
        flat, ones, tf.zeros_like(ones), epsilon=0.001, data_format="NCHW"
    )
    return tf.reshape(found, shape) * tf.constant(SCALE) + tf.constant(OFFSET)


LAYOUTS = {4: ("NHWC", "NCHW"), 5: ("NDHWC", "NCDHW")}


def first(values):
    return np.moveaxis(values, -1, 1)


def answers(spark, folder, rows):
    """What the model gives for each row, by output."""
    depth = rows.ndim - 1
    kind = "array<" * depth + "float" + ">" * depth
    table = spark.createDataFrame(
        [(number, row.tolist()) for number, row in enumerate(rows)], f"id int, x {kind}"
    ).coalesce(1)
    found = table.select("id", tfpredict.predict(folder, "x").alias("y")).orderBy("id").collect()
    if not hasattr(found[0].y, "asDict"):
        return {"y": np.array([row.y for row in found])}
    return {name: np.array([row.y[name] for row in found]) for name in found[0].y.asDict()}


def serve(cases, of, folder):
    """Save the cases with channels first, in functions; return what their twins give."""
    last, head = LAYOUTS[of.ndim]
    shape = first(of).shape[1:]

    @tf.function(input_signature=[tf.TensorSpec([None, *shape], name="x")])
    def serving(x):
        return {name: run(x, head) for name, run in cases.items()}

    module = tf.Module()
    module.serving = serving
    tf.saved_model.save(module, str(folder / "1"), {"serving_default": serving})
    return {name: first(run(tf.constant(of), last).numpy()) for name, run in cases.items()}


def serve_graph(cases, of, folder):
    """The same, in a graph without functions."""
    last, head = LAYOUTS[of.ndim]
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, [None, *first(of).shape[1:]], name="x")
        unrun.write(
            folder / "1", graph, {"x": x}, {name: run(x, head) for name, run in cases.items()}
        )
    return {name: first(run(tf.constant(of), last).numpy()) for name, run in cases.items()}


@pytest.mark.parametrize("save", [serve, serve_graph])
@pytest.mark.parametrize("of", [IMAGES, VOLUMES], ids=["images", "volumes"])
def test_ops_with_channels_first(spark, tmp_path, save, of):
    cases = FLAT if of.ndim == 4 else DEEP
    if save is serve_graph:
        cases = {name: run for name, run in cases.items() if name != "gradient"}
    wanted = save(cases, of, tmp_path)
    assert tfpredict.inspect(tmp_path).runs
    found = answers(spark, tmp_path, first(of))
    assert found.keys() == wanted.keys()
    for name, values in wanted.items():
        allowed = 2e-2 if "half" in name else 1e-5
        np.testing.assert_allclose(found[name], values, rtol=allowed, atol=allowed, err_msg=name)


def test_statistics_of_a_normalisation_in_use(spark, tmp_path):
    @tf.function(input_signature=[tf.TensorSpec([None, *IMAGES.shape[1:]], name="x")])
    def serving(x):
        return {"y": normal(x, "NHWC")}

    module = tf.Module()
    module.serving = serving
    tf.saved_model.save(module, str(tmp_path / "1"), {"serving_default": serving})
    found = answers(spark, tmp_path, IMAGES)
    np.testing.assert_allclose(found["y"], serving(IMAGES)["y"], rtol=1e-5, atol=1e-5)


def test_layer_normalization_of_keras_2(spark, tmp_path):
    rows = floats(7, 5, 4) * 3 + 1
    module = tf.Module()
    module.serving = tf.function(
        lambda x: {"y": layer_normalised(x)},
        input_signature=[tf.TensorSpec([None, 5, 4], name="x")],
    )
    tf.saved_model.save(module, str(tmp_path / "1"), {"serving_default": module.serving})
    spread = rows - rows.mean(-1, keepdims=True)
    wanted = spread / np.sqrt(rows.var(-1, keepdims=True) + 0.001) * SCALE + OFFSET
    np.testing.assert_allclose(answers(spark, tmp_path, rows)["y"], wanted, rtol=1e-4, atol=1e-5)
    [signature] = tfpredict.inspect(tmp_path).signatures
    assert signature.runs
    assert "channels first are put last by transposes" in str(signature.rewrites)


def test_in_a_loop_of_tensorflow_1(spark, tmp_path):
    """What stands in such a loop takes nothing from outside, constants neither."""
    layers = floats(3, 3, 4, 4)

    def looped(x, layout):
        def turn(n, y):
            return n + 1, tf.tanh(tf.nn.conv2d(y, weights, 1, "SAME", layout))

        weights = tf.constant(layers)
        return tf.while_loop(lambda n, _: n < 3, turn, (0, x))[1]

    v1.disable_control_flow_v2()
    try:
        with tf.Graph().as_default() as graph:
            x = v1.placeholder(tf.float32, [None, 4, 6, 8], name="x")
            unrun.write(tmp_path / "1", graph, {"x": x}, {"y": looped(x, "NCHW")})
    finally:
        v1.enable_control_flow_v2()
    assert b"NextIteration" in (tmp_path / "1" / "saved_model.pb").read_bytes()
    wanted = first(looped(tf.constant(IMAGES), "NHWC").numpy())
    found = answers(spark, tmp_path, first(IMAGES))["y"]
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)
