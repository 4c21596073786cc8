"""Chooses how a file or a folder is exported, by its contents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfpredict._exporting import frozen_graphs, keras_files, saved_models

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tfpredict._exporting.writers import Writer

_KINDS = (
    "a .keras or .h5 file, a SavedModel's folder, or a frozen graph (.pb) with its inputs and "
    "outputs"
)


def writer_of(
    file: Path,
    examples: Any,
    *,
    inputs: Iterable[str] | None,
    outputs: Iterable[str] | None,
    safe_mode: bool,
) -> Writer:
    """Make the model in a file ready to be written.

    Parameters
    ----------
    file, examples, inputs, outputs, safe_mode
        As for `tfpredict.export_file`.

    Raises
    ------
    FileNotFoundError
        If nothing is there.
    ValueError
        If it is not a model, or the tensors of a frozen graph are not named.

    Examples
    --------
    >>> (tmp_path / "notes.txt").write_text("no model")
    8
    >>> writer_of(tmp_path / "notes.txt", None, inputs=None, outputs=None, safe_mode=True)
    Traceback (most recent call last):
    ...
    ValueError: expected a .keras or .h5 file, a SavedModel's folder, or a frozen graph ...
    """
    if not file.exists():
        raise FileNotFoundError(f"there is no file {file}")
    if file.name in saved_models.FILES:
        file = file.parent
    graph = not file.is_dir() and frozen_graphs.is_graph(file)
    if not graph and (inputs is not None or outputs is not None):
        raise ValueError(
            f"inputs and outputs are for a frozen graph; {file} says itself what it takes and gives"
        )
    if file.is_dir():
        return saved_models.folder_writer(file, examples)
    if graph:
        return frozen_graphs.graph_writer(file, inputs, outputs)
    if keras_files.is_keras(file):
        return keras_files.keras_writer(file, examples, safe_mode)
    raise ValueError(f"expected {_KINDS}, found {file}")
