"""Families of `keras.applications`, at small input sizes and with random weights."""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np

# The smallest member of each family, and an input size that it takes.
FAMILIES = {
    "VGG16": 32,
    "ResNet50": 64,
    "ResNet50V2": 64,
    "InceptionV3": 75,
    "Xception": 71,
    "InceptionResNetV2": 75,
    "MobileNet": 32,
    "MobileNetV2": 32,
    "MobileNetV3Small": 32,
    "DenseNet121": 32,
    "NASNetMobile": 32,
    "EfficientNetB0": 32,
    "EfficientNetV2B0": 32,
    "ConvNeXtTiny": 32,
}


def cases() -> Iterator[tuple]:
    for name, size in FAMILIES.items():
        rows = np.random.default_rng(5).uniform(0, 255, (2, size, size, 3)).astype("float32")

        def build(name: str = name, size: int = size) -> keras.Model:
            make = getattr(keras.applications, name)
            return make(weights=None, input_shape=(size, size, 3), classes=10, include_top=True)

        yield "applications", name, build, rows
