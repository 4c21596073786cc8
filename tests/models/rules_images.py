"""Rules for images that are turned, zoomed or moved."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from placed import case

RNG = np.random.default_rng(10)
IMAGES = RNG.normal(size=(5, 6, 7, 2)).astype("float32")
TURNED = np.array([0.8, -0.6, 2.0, 0.6, 0.8, -1.5, 0.0, 0.0], "float32")
FAR = np.array([2.3, 0.4, -9.25, -0.3, -1.9, 14.5, 0.0, 0.0], "float32")
# Of which the middle one leads some pixels nowhere.
EACH = np.stack([TURNED, np.array([1, 0, 0, 0, 1, 0, -0.5, 0.25], "float32"), FAR, TURNED, FAR])


def moved(transforms=TURNED[None], size=(6, 7), fill=0.0, how="BILINEAR", mode="CONSTANT"):
    def of(x):
        return tf.raw_ops.ImageProjectiveTransformV3(
            images=x,
            transforms=tf.constant(transforms),
            output_shape=tf.constant(size),
            fill_value=fill,
            interpolation=how,
            fill_mode=mode,
        )

    return of


def second(x):
    return tf.raw_ops.ImageProjectiveTransformV2(
        images=x,
        transforms=tf.constant(FAR[None]),
        output_shape=tf.constant([4, 9]),
        interpolation="BILINEAR",
        fill_mode="REFLECT",
    )


RULES = {
    "projective_transform": {
        "turned": case(moved(), IMAGES),
        "filled": case(moved(EACH, fill=0.75), IMAGES),
        "nearest": case(moved(EACH, fill=-1.5, how="NEAREST"), IMAGES),
        "larger": case(moved(EACH, (9, 12), mode="NEAREST"), IMAGES),
        "reflected": case(moved(EACH, (20, 15), mode="REFLECT"), IMAGES),
        "wrapped": case(moved(EACH, (20, 15), mode="WRAP"), IMAGES),
        "whole": case(moved(EACH, (20, 15), how="NEAREST", mode="REFLECT"), IMAGES),
        "narrow": case(moved(EACH, mode="WRAP"), IMAGES[:, :, :1]),
        "second": case(second, IMAGES),
        "bytes": case(
            lambda x: tf.cast(
                moved(EACH, fill=9.5)(tf.cast(tf.clip_by_value(x, 0, 1) * 255, tf.uint8)),
                tf.float32,
            ),
            IMAGES,
        ),
    },
}
