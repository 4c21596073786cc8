"""A linear regression with Keras: two numbers in, one out."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tfpredict.export import export
from tfpredict.training.progress import each_epoch, progress

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt


@dataclass(frozen=True)
class LinearResult:
    """The result of `train`.

    Attributes
    ----------
    model : keras.Model
        The trained model.
    features : numpy.ndarray
        The data, float32 [800, 2].
    targets : numpy.ndarray
        The true values, float32 [800, 1].
    losses : list of float
        Mean squared error after each epoch.

    Examples
    --------
    >>> LinearResult(None, None, None, [4.1]).losses
    [4.1]
    """

    model: Any
    features: npt.NDArray[Any]
    targets: npt.NDArray[Any]
    losses: list[float]


def train(
    seed: int | None = None,
    epochs: int = 100,
    on_epoch: Callable[[int, float], None] | None = None,
) -> LinearResult:
    """Fit ``y = 2 x0 - x1 + 3`` from 800 points with noise of standard deviation 2.

    Parameters
    ----------
    seed : int, optional
        Makes data and training repeatable.
    epochs : int
        Number of epochs, in batches of 8. After 100 the weights are near 2, -1 and 3.
    on_epoch : callable, optional
        Called after each epoch, with its number from 1 and its loss.

    Returns
    -------
    LinearResult
        The model, its data, and the loss after each epoch.

    Examples
    --------
    >>> result = train(seed=1, epochs=1)
    >>> result.features.shape, len(result.losses)
    ((800, 2), 1)
    """
    import keras
    import tensorflow as tf

    if seed is not None:
        keras.utils.set_random_seed(seed)
    n = 800
    features = tf.random.uniform([n, 2], minval=-10, maxval=10)
    w0 = tf.constant([[2.0], [-1.0]])
    b0 = tf.constant(3.0)
    targets = features @ w0 + b0 + tf.random.normal([n, 1], mean=0.0, stddev=2.0)

    inputs = keras.layers.Input(shape=(2,), name="inputs")
    outputs = keras.layers.Dense(1, name="outputs")(inputs)
    model = keras.Model(inputs=inputs, outputs=outputs)
    model.compile(optimizer="rmsprop", loss="mse", metrics=["mae"])
    history = model.fit(
        features, targets, batch_size=8, epochs=epochs, verbose=0, callbacks=each_epoch(on_epoch)
    )
    return LinearResult(model, features.numpy(), targets.numpy(), history.history["loss"])


def main(arguments: list[str] | None = None) -> str:
    """Train, print w and b, and export; return the version folder.

    Examples
    --------
    >>> folder = main(["--path", str(tmp_path / "linear"), "--epochs", "1", "--seed", "1"])
    w = ...
    b = ...
    exported to ...
    >>> folder.endswith("linear/1")
    True
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--path", default="data/linear_model")
    parser.add_argument("--seed", type=int, help="makes the training repeatable")
    parser.add_argument("--epochs", type=int, default=100)
    options = parser.parse_args(arguments)
    result = train(options.seed, options.epochs, progress(options.epochs))
    kernel, bias = result.model.layers[1].get_weights()
    print("w =", kernel.tolist())
    print("b =", bias.tolist())
    folder = export(result.model, options.path, examples=result.features[:64])
    print("exported to", folder)
    return folder


if __name__ == "__main__":
    main()
