"""Models that cut, resize and convolve pictures of the row's own size."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from fuzzed.kept import Fuzzed, each, function, fuzzed

RNG = np.random.default_rng(72)


def _picture(height: int, width: int, channels: int = 3) -> list:
    return RNG.uniform(0, 255, (height, width, channels)).astype("float32").tolist()


@fuzzed
def crops() -> Fuzzed:
    """Parts of a picture in boxes that the row names."""

    def call(picture, boxes):
        batch, count = tf.shape(boxes)[0], tf.shape(boxes)[1]
        owners = tf.repeat(tf.range(batch), count)
        flat = tf.reshape(boxes, [-1, 4])
        found = {}
        for method in ("bilinear", "nearest"):
            cut = tf.image.crop_and_resize(picture, flat, owners, [2, 3], method, 0.5)
            found[method] = tf.reshape(tf.reduce_mean(cut, [1, 2, 3]), [batch, count])
        return found

    model = function(call, picture=(tf.float32, None, None, 3), boxes=(tf.float32, None, 4))
    return Fuzzed(
        model,
        [
            {"picture": _picture(5, 4), "boxes": [[0, 0, 1, 1], [0.2, 0.1, 0.9, 1]]},
            {"picture": _picture(2, 3), "boxes": [[1, 1, 0, 0]]},
        ],
    )


@fuzzed
def crops_of_other_pictures() -> Fuzzed:
    """Which picture a box is of is said by the row, and how large the part becomes."""

    def call(picture, box, owner, size):
        def own(row):
            cut = tf.image.crop_and_resize(row[0][None], row[1][None], row[2][None], row[3])
            return tf.reduce_mean(cut)

        return {"mean": each(own, (picture, box, owner, size), tf.float32)}

    model = function(
        call,
        picture=(tf.float32, None, None, 1),
        box=(tf.float32, 4),
        owner=(tf.int32,),
        size=(tf.int32, 2),
    )
    return Fuzzed(
        model,
        [
            {"picture": _picture(5, 4, 1), "box": [0, 0, 1, 1], "owner": 0, "size": [2, 2]},
            {"picture": _picture(1, 1, 1), "box": [0.5, 0, 0.7, 2], "owner": 0, "size": [1, 3]},
        ],
    )


@fuzzed
def resized() -> Fuzzed:
    """By each method, to a fixed size."""

    def call(picture):
        methods = ("bilinear", "nearest", "bicubic", "area", "lanczos3", "mitchellcubic")
        found = {of: tf.image.resize(picture, [3, 2], method=of) for of in methods}
        found["smooth"] = tf.image.resize(picture, [3, 2], antialias=True)
        return {of: tf.reduce_mean(made, 3) for of, made in found.items()}

    model = function(call, picture=(tf.float32, None, None, 3))
    return Fuzzed(model, [{"picture": _picture(5, 4)}, {"picture": _picture(1, 7)}])


@fuzzed
def resized_as_wanted() -> Fuzzed:
    """To the size that the row names."""

    def call(picture, size):
        def own(row):
            methods = ("bilinear", "nearest", "bicubic", "area")
            means = [tf.reduce_mean(tf.image.resize(row[0], row[1], method=of)) for of in methods]
            cut = tf.image.resize_with_crop_or_pad(row[0], row[1][0], row[1][1])
            return tf.stack([*means, tf.reduce_mean(cut)])

        return {"means": tf.ensure_shape(each(own, (picture, size), tf.float32), [None, 5])}

    model = function(call, picture=(tf.float32, None, None, 2), size=(tf.int32, 2))
    return Fuzzed(
        model,
        [
            {"picture": _picture(4, 3, 2), "size": [2, 2]},
            {"picture": _picture(2, 2, 2), "size": [5, 1]},
        ],
    )


@fuzzed
def patches() -> Fuzzed:
    """Patches and blocks of a picture of any size."""

    def call(picture):
        cut = tf.image.extract_patches(picture, [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "SAME")
        blocks = tf.nn.space_to_depth(picture, 2)
        again = tf.nn.depth_to_space(blocks, 2)
        batches = tf.space_to_batch(picture, [2, 2], [[0, 0], [0, 0]])
        back = tf.batch_to_space(batches, [2, 2], [[0, 0], [0, 0]])
        return {
            "patches": tf.reduce_mean(cut, [1, 2]),
            "blocks": tf.reduce_mean(blocks, [1, 2]),
            "again": tf.reduce_mean(again - back, [1, 2]),
        }

    model = function(call, picture=(tf.float32, None, None, 3))
    return Fuzzed(model, [{"picture": _picture(4, 6)}, {"picture": _picture(2, 2)}])


@fuzzed
def convolved() -> Fuzzed:
    """A small network on a picture of any size."""
    kernel = tf.Variable(RNG.normal(size=(3, 3, 3, 4)).astype("float32"))
    deep = tf.Variable(RNG.normal(size=(2, 2, 4, 1)).astype("float32"))
    up = tf.Variable(RNG.normal(size=(2, 2, 2, 4)).astype("float32"))

    def call(picture):
        scaled = tf.image.per_image_standardization(picture)
        x = tf.nn.relu(tf.nn.conv2d(scaled, kernel, 2, "SAME"))
        x = tf.nn.depthwise_conv2d(x, deep, [1, 1, 1, 1], "SAME")
        x = tf.nn.max_pool2d(x, 2, 1, "SAME")
        shape = tf.shape(x)
        larger = tf.stack([shape[0], shape[1] * 2, shape[2] * 2, 2])
        larger = tf.nn.conv2d_transpose(x, up, larger, 2, "SAME")
        return {
            "score": tf.reduce_mean(tf.nn.local_response_normalization(x), [1, 2]),
            "larger": tf.reduce_mean(tf.nn.avg_pool2d(larger, 2, 2, "VALID"), [1, 2]),
        }

    model = function(call, [kernel, deep, up], picture=(tf.float32, None, None, 3))
    return Fuzzed(model, [{"picture": _picture(5, 4)}, {"picture": _picture(8, 3)}])


@fuzzed
def volumes() -> Fuzzed:
    """Of three dimensions, and signals of one."""
    kernel = tf.Variable(RNG.normal(size=(2, 2, 2, 1, 3)).astype("float32"))
    short = tf.Variable(RNG.normal(size=(3, 2, 2)).astype("float32"))

    def call(volume, signal):
        x = tf.nn.conv3d(volume[..., None], kernel, [1, 1, 1, 1, 1], "SAME")
        x = tf.nn.max_pool3d(x, 2, 2, "SAME")
        return {
            "volume": tf.reduce_mean(x, [1, 2, 3]),
            "signal": tf.reduce_mean(tf.nn.conv1d(signal, short, 1, "SAME", dilations=2), 1),
        }

    model = function(
        call, [kernel, short], volume=(tf.float32, None, None, None), signal=(tf.float32, None, 2)
    )
    return Fuzzed(
        model,
        [
            {"volume": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]], "signal": [[1, 2], [3, 4], [5, 6]]},
            {"volume": [[[1]]], "signal": [[1, 0]]},
        ],
    )


@fuzzed
def turned() -> Fuzzed:
    """Colours and places of a picture changed as the row says."""

    def call(picture, transform, factor):
        turned = tf.raw_ops.ImageProjectiveTransformV2(
            images=picture, transforms=transform, output_shape=[3, 3], interpolation="BILINEAR"
        )
        hsv = tf.image.rgb_to_hsv(picture / 255.0)
        coloured = each(
            lambda row: tf.reduce_mean(
                tf.image.adjust_saturation(
                    tf.image.adjust_hue(row[0] / 255.0, row[1] % 1.0 * 2 - 1), row[1]
                )
            ),
            (picture, factor),
            tf.float32,
        )
        return {
            "turned": tf.reduce_mean(turned, 3),
            "hue": tf.reduce_max(hsv, [1, 2]),
            "coloured": coloured,
            "contrast": tf.reduce_mean(tf.image.adjust_contrast(picture, 2.0), [1, 2]),
        }

    model = function(
        call, picture=(tf.float32, None, None, 3), transform=(tf.float32, 8), factor=(tf.float32,)
    )
    same = [1, 0, 0, 0, 1, 0, 0, 0]
    return Fuzzed(
        model,
        [
            {"picture": _picture(5, 4), "transform": same, "factor": 0.5},
            {"picture": _picture(1, 2), "transform": same, "factor": 2.0},
        ],
    )
