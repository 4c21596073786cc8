"""A classic model as a ``tf.Module``: standardisation, PCA and Fisher's discriminant.

All three are computed directly, without gradient descent. The graph that serves has the three steps
as linear algebra.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tfpredict.export import export

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True)
class CancerResult:
    """The result of `fit`.

    Attributes
    ----------
    model : tf.Module
        The fitted model, from float32 [batch, 30] to the probability of a benign tumour.
    features : numpy.ndarray
        The held-out fifth of the cases, float32 [114, 30], in the data's own units.
    labels : numpy.ndarray
        1 for benign and 0 for malignant, int64 [114].
    accuracy : float
        Share of the held-out cases that the model predicts correctly, 0 to 1.

    Examples
    --------
    >>> CancerResult(None, None, None, 0.96).accuracy
    0.96
    """

    model: Any
    features: npt.NDArray[Any]
    labels: npt.NDArray[Any]
    accuracy: float


def fit(components: int = 10) -> CancerResult:
    """Fit on four fifths of scikit-learn's breast cancer data (569 cases), and test on the rest.

    Parameters
    ----------
    components : int
        Number of principal components, 1 to 30.

    Returns
    -------
    CancerResult
        The model, the held-out cases and the accuracy on them.

    Examples
    --------
    >>> fit().accuracy > 0.9
    True
    """
    import numpy as np
    from sklearn.datasets import load_breast_cancer
    from sklearn.model_selection import train_test_split

    data = load_breast_cancer()
    train_x, test_x, train_y, test_y = train_test_split(
        data.data, data.target, test_size=0.2, random_state=0, stratify=data.target
    )
    mean, scale = train_x.mean(axis=0), train_x.std(axis=0)
    standard = (train_x - mean) / scale
    axes = np.linalg.svd(standard, full_matrices=False)[2][:components].T
    reduced = standard @ axes

    # Fisher 1936: with one covariance for both classes, the log odds are linear in the features.
    groups = [reduced[train_y == label] for label in (0, 1)]
    means = [group.mean(axis=0) for group in groups]
    scatter = sum(((group - m).T @ (group - m)) for group, m in zip(groups, means))
    weights = np.linalg.solve(scatter / len(reduced), means[1] - means[0])
    prior = np.log(len(groups[1]) / len(groups[0]))
    bias = prior - 0.5 * (means[0] + means[1]) @ weights

    model = _module(mean, scale, axes, weights[:, None], bias)
    features = test_x.astype("float32")
    predicted = model(features)["benign"].numpy()[:, 0] > 0.5
    return CancerResult(model, features, test_y, float((predicted == test_y).mean()))


def _module(mean: Any, scale: Any, axes: Any, weights: Any, bias: Any) -> Any:
    import tensorflow as tf

    class FisherDiscriminant(tf.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.mean = tf.Variable(mean, dtype=tf.float32, name="mean")
            self.scale = tf.Variable(scale, dtype=tf.float32, name="scale")
            self.axes = tf.Variable(axes, dtype=tf.float32, name="axes")
            self.weights = tf.Variable(weights, dtype=tf.float32, name="weights")
            self.bias = tf.Variable(bias, dtype=tf.float32, name="bias")

        @tf.function(  # type: ignore[untyped-decorator]
            input_signature=[tf.TensorSpec([None, 30], tf.float32, name="features")]
        )
        def __call__(self, features: Any) -> dict[str, Any]:
            reduced = ((features - self.mean) / self.scale) @ self.axes
            return {"benign": tf.sigmoid(reduced @ self.weights + self.bias)}

    return FisherDiscriminant()


def main(arguments: list[str] | None = None) -> str:
    """Fit, print the accuracy, and export; return the version folder.

    Examples
    --------
    >>> main(["--path", str(tmp_path / "cancer")]).endswith("cancer/1")
    held-out accuracy = ...
    exported to ...
    True
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--path", default="data/cancer_model")
    options = parser.parse_args(arguments)
    result = fit()
    print(f"held-out accuracy = {result.accuracy:.4f}")
    folder = export(result.model, options.path, examples=result.features[:64])
    print("exported to", folder)
    return folder


if __name__ == "__main__":
    main()
