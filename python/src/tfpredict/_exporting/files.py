"""Chooses how a file or a folder is exported, by its contents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfpredict._error_classes import EXPORT_FILE, EXPORT_TENSORS
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
    ValueError: [TFPREDICT_EXPORT_FILE] ... Expected: a .keras or .h5 file, a SavedModel's ...
    """
    if not file.exists():
        raise EXPORT_FILE.error(FileNotFoundError, _KINDS, f"no file {file}", "Check the path.")
    if file.name in saved_models.FILES:
        file = file.parent
    graph = not file.is_dir() and frozen_graphs.is_graph(file)
    if not graph and (inputs is not None or outputs is not None):
        raise EXPORT_TENSORS.error(
            ValueError,
            "a frozen graph where inputs or outputs are given",
            f"{file}, which has its own",
            "Leave inputs and outputs out.",
        )
    if file.is_dir():
        return saved_models.folder_writer(file, examples)
    if graph:
        return frozen_graphs.graph_writer(file, inputs, outputs)
    if keras_files.is_keras(file):
        return keras_files.keras_writer(file, examples, safe_mode)
    raise EXPORT_FILE.error(ValueError, _KINDS, f"{file}", "Give one of these.")
