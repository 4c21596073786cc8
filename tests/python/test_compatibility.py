"""Some cases of what `make compatibility` measures, so that no test run goes without."""

from __future__ import annotations

import compatibility
import pytest
import tfpredict
from answers import TOLERANCE, difference

RIGHT = {
    "core": [
        "Dense on rank 3",
        "EinsumDense",
        "Embedding mask_zero",
        "Dense float64",
        "Dense float16 policy",
    ],
    "convolution": [
        "Conv1D causal dilated",
        "Conv2D groups strides same",
        "Conv3D groups",
        "SeparableConv2D",
        "Conv2DTranspose",
    ],
    "pooling": ["AveragePooling2D same", "AdaptiveAveragePooling2D"],
    "recurrent": ["Bidirectional LSTM", "GRU masked"],
    "preprocessing": [
        "Hashing salted",
        "HashedCrossing",
        "StringLookup count",
        "TextVectorization tf_idf",
        "MelSpectrogram",
    ],
    "normalization": ["BatchNormalization", "GroupNormalization"],
    "regularization": ["GaussianDropout"],
    "attention": ["AdditiveAttention", "MultiHeadAttention causal"],
    "reshaping": ["UpSampling2D bilinear"],
    "merging": ["Dot normalized"],
    "activation": ["gelu", "sparsemax"],
    "tf.Module": [
        "cholesky",
        "top-k",
        "bincount",
        "string split",
        "for loop",
        "ndtri, erfinv",
    ],
    # Untrained, it says nearly the same to every row: what this tells is that its ops run.
    "applications": ["MobileNet"],
}


@pytest.fixture(scope="module")
def cases():
    return compatibility.cases()


@pytest.fixture
def export(cases, tmp_path):
    """Write a case as a model; return its version's folder and the rows of each input."""

    def write(group: str, name: str):
        import keras

        if (group, name) not in cases:
            pytest.fail(f"no case {name!r} of {group} in tests/compatibility")
        build, rows = cases[group, name]
        keras.utils.set_random_seed(41)
        return tfpredict.export(build(), tmp_path), rows if isinstance(rows, list) else [rows]

    return write


@pytest.mark.parametrize(
    ("group", "name"), [(group, name) for group, names in RIGHT.items() for name in names]
)
def test_it_is_right(spark, export, group, name):
    folder, rows = export(group, name)
    answers = compatibility.expected(folder, rows)
    model = tfpredict.register(spark, folder, "compatibility_case")
    found = compatibility.ask(spark, model, rows)
    assert sorted(found) == list(range(len(answers)))
    for index, answer in enumerate(answers):
        for output, expected in answer.items():
            given = found[index][output] if len(answer) > 1 else found[index]
            assert difference(given, expected) <= TOLERANCE, (index, output, given, expected)


def test_every_group_has_a_case_here(cases):
    assert set(RIGHT) == {group for group, _ in cases}
