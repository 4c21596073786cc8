"""Pictures. Needs matplotlib (the extra ``plots``)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    import numpy.typing as npt


def demo(
    path: str | os.PathLike[str],
    *,
    losses: npt.NDArray[Any],
    targets: npt.NDArray[Any],
    predictions: npt.NDArray[Any],
    images: npt.NDArray[Any],
    labels: npt.NDArray[Any],
    digits: npt.NDArray[Any],
) -> Path:
    """Draw three pictures: a loss curve, predictions against truth, and digits.

    Parameters
    ----------
    path : str or path-like
        The PNG file to write.
    losses : numpy.ndarray
        Mean squared error after each epoch.
    targets, predictions : numpy.ndarray
        True and predicted values of the linear data, of one length.
    images : numpy.ndarray
        Pictures of digits, [n, 8, 8].
    labels, digits : numpy.ndarray
        The true and the predicted digits, integers [n].

    Returns
    -------
    Path
        The file that was written.

    Examples
    --------
    >>> import numpy as np
    >>> file = demo(
    ...     tmp_path / "demo.png",
    ...     losses=np.array([9.0, 4.0]),
    ...     targets=np.array([0.0, 1.0]),
    ...     predictions=np.array([0.1, 0.9]),
    ...     images=np.zeros((3, 8, 8)),
    ...     labels=np.array([1, 2, 3]),
    ...     digits=np.array([1, 2, 7]),
    ... )
    >>> file.stat().st_size > 0
    True
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    # Not pyplot's figure, which may open a window.
    figure = Figure(figsize=(14, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    parts: Any = figure.subfigures(1, 3)
    left, middle, right = parts

    axes = left.subplots()
    loss_curve(axes, losses)
    axes.set(ylabel="mean squared error", title="linear: loss")

    axes = middle.subplots()
    predicted_against_true(axes, targets, predictions)
    axes.set_title("linear: predicted against true")

    digit_grid(right, images, labels, digits)
    target = Path(path)
    figure.savefig(target, dpi=110)
    return target


def loss_curve(axes: Any, losses: Sequence[float] | npt.NDArray[Any]) -> None:
    """Draw a training's loss, epoch by epoch.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    losses : sequence of float or numpy.ndarray
        The loss after each epoch.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = Figure().subplots()
    >>> loss_curve(axes, [9.0, 4.0])
    >>> axes.get_xlabel()
    'epoch'
    """
    axes.plot(range(1, len(losses) + 1), losses)
    axes.set(xlabel="epoch", ylabel="loss", yscale="log")


def predicted_against_true(
    axes: Any, targets: npt.NDArray[Any], predictions: npt.NDArray[Any]
) -> None:
    """Draw a regression's predictions. Right ones are on the line.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    targets, predictions : numpy.ndarray
        True and predicted values, of one length.

    Examples
    --------
    >>> import numpy as np
    >>> from matplotlib.figure import Figure
    >>> axes = Figure().subplots()
    >>> predicted_against_true(axes, np.array([0.0, 1.0]), np.array([0.1, 0.9]))
    >>> axes.get_ylabel()
    'predicted by Spark'
    """
    axes.scatter(targets, predictions, s=8, alpha=0.6)
    ends = [min(targets.min(), predictions.min()), max(targets.max(), predictions.max())]
    axes.plot(ends, ends, linewidth=1, color="black")
    axes.set(xlabel="true", ylabel="predicted by Spark")


def digit_grid(
    figure: Any, images: npt.NDArray[Any], labels: npt.NDArray[Any], digits: npt.NDArray[Any]
) -> None:
    """Draw digits, each with its prediction above it; wrong ones first, in red, with the truth.

    Parameters
    ----------
    figure : matplotlib.figure.Figure or SubFigure
        Where to draw, four rows of eight.
    images : numpy.ndarray
        Pictures of digits, [n, 8, 8].
    labels, digits : numpy.ndarray
        The true and the predicted digits, integers [n].

    Examples
    --------
    >>> import numpy as np
    >>> from matplotlib.figure import Figure
    >>> figure = Figure()
    >>> digit_grid(figure, np.zeros((2, 8, 8)), np.array([1, 2]), np.array([1, 7]))
    >>> [axes.get_title() for axes in figure.axes[:2]]
    ['7 (is 2)', '1']
    """
    figure.suptitle("digits: predicted by Spark; wrong ones first, in red, with the true digit")
    # False sorts before True.
    order = sorted(range(len(images)), key=lambda index: bool(labels[index] == digits[index]))
    for index, axes in zip(order, figure.subplots(4, 8).flat):
        wrong = labels[index] != digits[index]
        axes.imshow(images[index], cmap="gray_r")
        title = f"{digits[index]} (is {labels[index]})" if wrong else f"{digits[index]}"
        axes.set_title(title, fontsize=9, color="red" if wrong else "black", pad=2)
    for axes in figure.axes:
        axes.axis("off")
