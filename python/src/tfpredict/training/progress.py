"""Reports the progress of a training."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def progress(epochs: int) -> Callable[[int, float], None]:
    """Return a function that prints about five lines over a training, to standard error.

    Parameters
    ----------
    epochs : int
        Number of epochs.

    Returns
    -------
    callable
        Takes an epoch's number from 1, and its loss.

    Examples
    --------
    >>> report = progress(10)
    >>> report(2, 0.5)
    """
    step = max(1, epochs // 5)

    def report(epoch: int, loss: float) -> None:
        if epoch % step == 0 or epoch == epochs:
            print(f"    epoch {epoch} of {epochs}, loss {loss:.4g}", file=sys.stderr, flush=True)

    return report


def each_epoch(on_epoch: Callable[[int, float], None] | None) -> list[Any]:
    """Return Keras callbacks that call a function with each epoch's number and loss.

    Parameters
    ----------
    on_epoch : callable or None
        The function; None for no callback.

    Returns
    -------
    list of keras.callbacks.Callback
        For ``Model.fit``.

    Examples
    --------
    >>> each_epoch(None)
    []
    """
    if on_epoch is None:
        return []
    import keras

    def report(epoch: int, logs: dict[str, float]) -> None:
        on_epoch(epoch + 1, logs["loss"])

    return [keras.callbacks.LambdaCallback(on_epoch_end=report)]
