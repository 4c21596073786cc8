"""``tfpredict export``: writes a model's file or folder as a version that Spark can serve."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from tfpredict.cli._near import suggestion
from tfpredict.cli._options import Json
from tfpredict.cli._training import training_extra
from tfpredict.errors import TfpredictException


def command(
    model_file: Annotated[
        Path,
        typer.Argument(
            help="A .keras or .h5 file, a SavedModel's folder, or a frozen graph (.pb)."
        ),
    ],
    output: Annotated[str, typer.Argument(help="The model's folder, which holds its versions.")],
    version: Annotated[
        Optional[int], typer.Option(min=0, help="Number of the version. By default the next one.")
    ] = None,
    examples: Annotated[
        Optional[Path],
        typer.Option(help="Rows to keep for verify: .npy, or .npz with an array for each input."),
    ] = None,
    inputs: Annotated[
        Optional[list[str]],
        typer.Option(
            metavar="TENSORS",
            help="Inputs of a frozen graph, with commas, such as x:0 or features=x:0.",
        ),
    ] = None,
    outputs: Annotated[
        Optional[list[str]],
        typer.Option(metavar="TENSORS", help="Outputs of a frozen graph, such as y:0."),
    ] = None,
    safe_mode: Annotated[
        bool,
        typer.Option(help="Refuse a Keras file with code inside, such as a Lambda layer's."),
    ] = True,
    as_json: Json = False,
    debug: bool = False,
) -> None:
    """Write a model's file or folder as a new version, completely or not at all.

    Needs the extra train, and no Spark. Example: tfpredict export net.keras data/net --examples
    rows.npy

    Examples
    --------
    >>> command(tmp_path / "none.keras", str(tmp_path / "m"))
    Traceback (most recent call last):
    ...
    tfpredict.errors.TfpredictException: there is no file ...
    """
    if not model_file.is_dir():
        _check(model_file)
    with training_extra(debug):
        from tfpredict.export import export_file

        rows = None if examples is None else _read(examples)
        folder = export_file(
            model_file,
            output,
            version,
            inputs=_words(inputs),
            outputs=_words(outputs),
            safe_mode=safe_mode,
            examples=rows,
        )
    if as_json:
        print(json.dumps({"exported": folder, "examples": rows is not None}))
    else:
        print(f"exported to {folder}")


def _words(options: list[str] | None) -> list[str] | None:
    if options is None:
        return None
    return [word.strip() for option in options for word in option.split(",") if word.strip()]


def _check(file: Path) -> None:
    if not file.is_file():
        near = [entry.name for entry in file.parent.iterdir()] if file.parent.is_dir() else []
        raise TfpredictException(f"there is no file {file}{suggestion(file.name, near)}")


def _read(file: Path) -> Any:
    import numpy as np

    _check(file)
    try:
        found = np.load(file, allow_pickle=False)
        if isinstance(found, np.ndarray):
            return found
        with found:
            return {name: found[name] for name in found.files}
    except (ValueError, EOFError, OSError) as failed:
        raise TfpredictException(
            f"examples {file}: expected a .npy or .npz file of numbers or texts ({failed})."
        ) from failed
