"""The three models: the data they learn from, and how well."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="training needs the extra [train]")

from tfpredict.training import cancer, digits, linear


def test_linear_is_the_walk_through_regression():
    result = linear.train(seed=3)
    kernel, bias = result.model.layers[1].get_weights()
    # 800 points with noise of 2: the standard errors are about 0.012 and 0.07, and rmsprop
    # adds some.
    assert kernel.ravel() == pytest.approx([2.0, -1.0], abs=0.1)
    assert bias == pytest.approx([3.0], abs=0.4)
    assert result.features.min() >= -10
    assert result.features.max() <= 10
    assert len(result.losses) == 100
    assert result.losses[-1] == pytest.approx(4.0, abs=0.8)
    assert [layer.name for layer in result.model.layers] == ["inputs", "outputs"]
    noise = result.targets[:, 0] - result.features @ [2.0, -1.0] - 3.0
    assert noise.std() == pytest.approx(2.0, abs=0.2)


def test_a_seed_makes_it_repeatable():
    first, second, other = (linear.train(seed=seed, epochs=1) for seed in (5, 5, 6))
    assert np.array_equal(first.features, second.features)
    assert first.losses == second.losses
    assert not np.array_equal(first.features, other.features)


def test_digits_are_right_on_held_out_images():
    epochs = []
    result = digits.train(seed=1, on_epoch=lambda epoch, loss: epochs.append(epoch))
    assert result.accuracy >= 0.97
    assert epochs == list(range(1, 31))
    assert result.images.shape == (360, 8, 8, 1)
    assert result.images.max() == 1.0
    predicted = result.model.predict(result.images, verbose=0).argmax(axis=1)
    assert (predicted == result.labels).mean() == result.accuracy


def test_cancer_is_classified_without_gradient_descent():
    result = cancer.fit()
    assert result.accuracy >= 0.94
    found = result.model(result.features)["benign"].numpy()
    assert found.shape == (114, 1)
    assert ((found[:, 0] > 0.5) == result.labels).mean() == result.accuracy
    # The same closed form from a well-kept library, on the same components.
    from sklearn.datasets import load_breast_cancer
    from sklearn.decomposition import PCA
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.model_selection import train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    data = load_breast_cancer()
    train_x, test_x, train_y, _ = train_test_split(
        data.data, data.target, test_size=0.2, random_state=0, stratify=data.target
    )
    library = make_pipeline(StandardScaler(), PCA(10), LinearDiscriminantAnalysis())
    expected = library.fit(train_x, train_y).predict_proba(test_x)[:, 1]
    assert found[:, 0] == pytest.approx(expected, abs=1e-4)
