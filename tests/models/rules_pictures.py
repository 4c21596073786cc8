"""Pictures, and gradients of what networks say of them, which need checks of their sizes alone."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from placed import case

RNG = np.random.default_rng(7)


def floats(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype("float32")


PICTURES = floats(4, 9, 8, 3)
VOLUMES = floats(3, 5, 6, 4, 2)
BOXES = RNG.uniform(0.1, 0.9, (4, 2, 4)).astype("float32")
BOXES.sort(axis=2)
FILTER, DEEP, CUBE = floats(3, 2, 3, 4), floats(3, 3, 3, 2), floats(2, 3, 2, 2, 3)
SCALES = [floats(4), floats(4), floats(4), np.abs(floats(4))]


def gradient_of(network):
    """What each pixel adds to a network's answer."""
    return lambda x: tf.gradients(tf.reduce_sum(network(x) ** 2), x)[0]


def gradient_of_weights(network, weights, of):
    """A network's gradient by its weights, weighed by each row."""

    def found(x):
        filters = tf.identity(tf.constant(weights))
        loss = tf.reduce_sum(network(tf.constant(of), filters) ** 2)
        rows = tf.reduce_sum(x, range(1, x.shape.rank))
        return rows[:, None] * tf.reshape(tf.gradients(loss, filters)[0], [1, -1]) / 100

    return found


def convolved(x):
    return tf.nn.conv2d(x, FILTER, strides=[2, 1], padding="SAME")


def with_bias(x):
    return tf.nn.relu(tf.nn.bias_add(convolved(x), SCALES[0]))


def normalized(is_training):
    def network(x):
        scale, offset, mean, variance = SCALES
        statistics = {} if is_training else {"mean": mean, "variance": variance}
        return tf.compat.v1.nn.fused_batch_norm(
            convolved(x), scale, offset, is_training=is_training, **statistics
        )[0]

    return network


def pooled(kind, padding):
    return lambda x: kind(x, ksize=[2, 3], strides=[2, 2], padding=padding)


def pooled_volume(kind):
    return lambda x: kind(x, ksize=[2, 2, 3], strides=[1, 2, 2], padding="SAME")


def depthwise(x, filters=DEEP):
    return tf.nn.depthwise_conv2d(x, filters, [1, 2, 2, 1], "VALID")


def resized(method):
    v1 = tf.compat.v1.image
    return lambda x: v1.resize_images(x, [6, 11], method=getattr(v1.ResizeMethod, method))


def cropped(x, boxes):
    return tf.image.crop_and_resize(x, boxes[:, 0], tf.range(tf.shape(x)[0]), [4, 5])


def gradient_of_crops(x, boxes):
    return tuple(tf.gradients(tf.reduce_sum(cropped(x, boxes) ** 2), [x, boxes]))


def convolved_volume(x, filters=CUBE):
    return tf.nn.conv3d(x, filters, [1, 1, 2, 1, 1], "SAME")


RULES = {
    "picture_gradients": {
        "relu": case(gradient_of(with_bias), PICTURES),
        "normalized": case(gradient_of(normalized(is_training=False)), PICTURES),
        # Their squares have the same sum whatever the pictures are.
        "of_batch": case(
            gradient_of(lambda x: tf.tanh(normalized(is_training=True)(x)) + 1), PICTURES
        ),
        "max_same": case(gradient_of(pooled(tf.nn.max_pool2d, "SAME")), PICTURES),
        "max_valid": case(gradient_of(pooled(tf.nn.max_pool2d, "VALID")), PICTURES),
        "mean_same": case(gradient_of(pooled(tf.nn.avg_pool2d, "SAME")), PICTURES),
        "mean_valid": case(gradient_of(pooled(tf.nn.avg_pool2d, "VALID")), PICTURES),
        "max_volume": case(gradient_of(pooled_volume(tf.nn.max_pool3d)), VOLUMES),
        "mean_volume": case(gradient_of(pooled_volume(tf.nn.avg_pool3d)), VOLUMES),
        "volume": case(gradient_of(convolved_volume), VOLUMES),
        "depthwise": case(gradient_of(depthwise), PICTURES),
        "local_response": case(gradient_of(lambda x: tf.nn.lrn(x, 1)), PICTURES),
        "bilinear": case(gradient_of(resized("BILINEAR")), PICTURES),
        "bicubic": case(gradient_of(resized("BICUBIC")), PICTURES),
        "nearest": case(gradient_of(resized("NEAREST_NEIGHBOR")), PICTURES),
        "crops": case(gradient_of_crops, PICTURES, BOXES),
        "reciprocal": case(gradient_of(tf.math.reciprocal), PICTURES),
        "filter": case(
            gradient_of_weights(lambda x, w: tf.nn.conv2d(x, w, 2, "SAME"), FILTER, PICTURES),
            PICTURES,
        ),
        "depthwise_filter": case(gradient_of_weights(depthwise, DEEP, PICTURES), PICTURES),
        "cube_filter": case(gradient_of_weights(convolved_volume, CUBE, VOLUMES), PICTURES),
    },
    "drawn_pictures": {
        "boxes": case(lambda x, b: tf.compat.v1.image.draw_bounding_boxes(x, b), PICTURES, BOXES),
        "colored": case(
            lambda x, b: tf.image.draw_bounding_boxes(x, b, [[1.0, 0.5, 0.25, 1.0]]),
            PICTURES,
            BOXES,
        ),
        "glimpse": case(
            lambda x, b: tf.raw_ops.ExtractGlimpse(
                input=x, size=[4, 5], offsets=b[:, 0, :2], noise="zero", uniform_noise=False
            ),
            PICTURES,
            BOXES,
        ),
        "dilated": case(
            lambda x: tf.nn.dilation2d(
                x,
                FILTER[..., 0],
                strides=[1, 2, 1, 1],
                padding="VALID",
                data_format="NHWC",
                dilations=[1, 2, 3, 1],
            ),
            PICTURES,
        ),
    },
}
