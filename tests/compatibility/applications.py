"""`keras.applications`, at small input sizes and with random weights.

Not the five whose weights are over 300 MB, which are larger members of families that are here:
ConvNeXtBase, ConvNeXtLarge, ConvNeXtXLarge, EfficientNetV2L and NASNetLarge.
"""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np

# An input size that each takes: of the smallest member of each family first.
SIZES = {
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
    "VGG19": 32,
    "ResNet101": 32,
    "ResNet152": 32,
    "ResNet101V2": 32,
    "ResNet152V2": 32,
    "MobileNetV3Large": 32,
    "DenseNet169": 32,
    "DenseNet201": 32,
    **{f"EfficientNetB{number}": 32 for number in range(1, 8)},
    **{f"EfficientNetV2B{number}": 32 for number in range(1, 4)},
    "EfficientNetV2S": 32,
    "EfficientNetV2M": 32,
    "ConvNeXtSmall": 32,
}


def cases() -> Iterator[tuple]:
    for name, size in SIZES.items():
        rows = np.random.default_rng(5).uniform(0, 255, (2, size, size, 3)).astype("float32")

        def build(name: str = name, size: int = size) -> keras.Model:
            make = getattr(keras.applications, name)
            return make(weights=None, input_shape=(size, size, 3), classes=10, include_top=True)

        yield "applications", name, build, rows
