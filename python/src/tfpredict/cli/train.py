"""``tfpredict train``: trains one of three models to try tfpredict with."""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Optional, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tfpredict.cli._options import Json
from tfpredict.cli._training import training_extra

if TYPE_CHECKING:
    from collections.abc import Callable


class Name(str, enum.Enum):
    """The models to choose from.

    Examples
    --------
    >>> Name("linear").value
    'linear'
    """

    linear = "linear"
    digits = "digits"
    cancer = "cancer"


@dataclass(frozen=True)
class _Trained:
    model: Any
    examples: Any
    quality: dict[str, Any]
    said: str


_EPOCHS = {Name.linear: 100, Name.digits: 30}


def command(
    name: Annotated[
        Name, typer.Argument(help="linear: a regression; digits: a network; cancer: a classifier.")
    ],
    output: Annotated[
        Optional[str],
        typer.Option("--output", "-o", help="The model's folder. By default data/NAME_model."),
    ] = None,
    epochs: Annotated[
        Optional[int], typer.Option(min=1, help="Number of epochs. Not for cancer.")
    ] = None,
    seed: Annotated[
        Optional[int], typer.Option(help="Makes the training repeatable. Not for cancer.")
    ] = None,
    as_json: Json = False,
    debug: bool = False,
) -> None:
    """Train a model to try tfpredict with, and export it as the next version.

    Needs the extra train, and no Spark. Example: tfpredict train linear --epochs 20 --seed 1

    Examples
    --------
    >>> command(Name.linear, str(tmp_path / "m"), epochs=1, seed=1)
    mean squared error ..., w = ..., b = ...
    exported to .../m/1
    """
    if name is Name.cancer and (epochs is not None or seed is not None):
        raise typer.BadParameter("cancer is fitted in one step: it takes no --epochs or --seed.")
    with training_extra(debug) as shown:
        import tfpredict

        wanted = _EPOCHS.get(name, 0) if epochs is None else epochs
        trained = _train(name, wanted, seed, shown)
        folder = tfpredict.export(
            trained.model, output or f"data/{name.value}_model", examples=trained.examples
        )
    if as_json:
        print(json.dumps({"model": name.value, "exported": folder, **trained.quality}))
    else:
        console = Console(highlight=False, markup=False)
        console.print(trained.said, soft_wrap=True)
        console.print(f"exported to {folder}", soft_wrap=True)


def _train(name: Name, epochs: int, seed: int | None, shown: TextIO) -> _Trained:
    from tfpredict.training import cancer, digits, linear

    if name is Name.linear:
        with _Bar(epochs, shown) as bar:
            line = linear.train(seed, epochs, bar)
        kernel, bias = (weights.ravel().tolist() for weights in line.model.get_weights())
        return _Trained(
            line.model,
            line.features[:64],
            {"mean_squared_error": line.losses[-1], "w": kernel, "b": bias},
            f"mean squared error {line.losses[-1]:.4g} (the noise alone is 4), "
            f"w = {_short(kernel)}, b = {_short(bias)} (made from 2, -1 and 3)",
        )
    if name is Name.digits:
        with _Bar(epochs, shown) as bar:
            digit = digits.train(seed, epochs, bar)
        return _Trained(
            digit.model,
            digit.images[:64],
            {"accuracy": digit.accuracy},
            f"right on {digit.accuracy:.2%} of {len(digit.images)} held-out images",
        )
    case = cancer.fit()
    return _Trained(
        case.model,
        case.features[:64],
        {"accuracy": case.accuracy},
        f"right on {case.accuracy:.2%} of {len(case.features)} held-out cases",
    )


def _short(numbers: list[float]) -> str:
    return ", ".join(f"{number:.3f}" for number in numbers)


class _Bar:
    """A bar of epochs, on a terminal only."""

    def __init__(self, epochs: int, shown: TextIO) -> None:
        console = Console(file=shown)
        self._progress = Progress(
            TextColumn("training"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("epochs, loss {task.fields[loss]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("training", total=epochs, loss="?")

    def __enter__(self) -> Callable[[int, float], None]:
        self._progress.start()
        return lambda epoch, loss: self._progress.update(
            self._task, completed=epoch, loss=f"{loss:.4g}"
        )

    def __exit__(self, *failed: object) -> None:
        self._progress.stop()
