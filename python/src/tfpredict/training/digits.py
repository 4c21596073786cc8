"""A small convolutional network on real 8x8 images of handwritten digits."""

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
class DigitsResult:
    """The result of `train`.

    Attributes
    ----------
    model : keras.Model
        The trained model, from float32 [batch, 8, 8, 1] to ten probabilities.
    images : numpy.ndarray
        The held-out fifth of the images, float32 [360, 8, 8, 1], between 0 and 1.
    labels : numpy.ndarray
        The true digits, int64 [360].
    accuracy : float
        Share of the held-out images that the model predicts correctly, 0 to 1.

    Examples
    --------
    >>> DigitsResult(None, None, None, 0.98).accuracy
    0.98
    """

    model: Any
    images: npt.NDArray[Any]
    labels: npt.NDArray[Any]
    accuracy: float


def train(
    seed: int | None = None,
    epochs: int = 30,
    on_epoch: Callable[[int, float], None] | None = None,
) -> DigitsResult:
    """Train on four fifths of scikit-learn's digits (1,797 images), and test on the rest.

    Parameters
    ----------
    seed : int, optional
        Makes the training repeatable. The held-out fifth is the same for every seed.
    epochs : int
        Number of epochs, in batches of 32.
    on_epoch : callable, optional
        Called after each epoch, with its number from 1 and its loss.

    Returns
    -------
    DigitsResult
        The model, the held-out images and the accuracy on them.

    Examples
    --------
    >>> result = train(seed=1, epochs=1)
    >>> result.images.shape, result.labels.shape
    ((360, 8, 8, 1), (360,))
    """
    import keras
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    if seed is not None:
        keras.utils.set_random_seed(seed)
    data = load_digits()
    images = (data.images / 16.0).astype("float32")[..., None]
    train_x, test_x, train_y, test_y = train_test_split(
        images, data.target, test_size=0.2, random_state=0, stratify=data.target
    )
    model = keras.Sequential(
        [
            keras.layers.Input(shape=(8, 8, 1), name="image"),
            keras.layers.Conv2D(32, 3, padding="same", activation="relu"),
            keras.layers.Conv2D(32, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(10, activation="softmax", name="probabilities"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(
        train_x, train_y, batch_size=32, epochs=epochs, verbose=0, callbacks=each_epoch(on_epoch)
    )
    predicted = model.predict(test_x, verbose=0).argmax(axis=1)
    return DigitsResult(model, test_x, test_y, float((predicted == test_y).mean()))


def main(arguments: list[str] | None = None) -> str:
    """Train, print the accuracy, and export; return the version folder.

    Examples
    --------
    >>> folder = main(["--path", str(tmp_path / "digits"), "--epochs", "1", "--seed", "1"])
    held-out accuracy = ...
    exported to ...
    >>> folder.endswith("digits/1")
    True
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--path", default="data/digits_model")
    parser.add_argument("--seed", type=int, help="makes the training repeatable")
    parser.add_argument("--epochs", type=int, default=30)
    options = parser.parse_args(arguments)
    result = train(options.seed, options.epochs, progress(options.epochs))
    print(f"held-out accuracy = {result.accuracy:.4f}")
    folder = export(result.model, options.path, examples=result.images[:64])
    print("exported to", folder)
    return folder


if __name__ == "__main__":
    main()
