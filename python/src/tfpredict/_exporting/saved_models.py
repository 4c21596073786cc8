"""Exports SavedModels of other programs: as text, or with variables that only Python restores."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tfpredict._error_classes import EXPORT_FILE
from tfpredict._exporting.functions import function_served
from tfpredict._exporting.reaching import refuse_reaching
from tfpredict._exporting.reasons import first_line
from tfpredict._exporting.served import Served
from tfpredict._exporting.writers import Writer, writer

BINARY, TEXT = "saved_model.pb", "saved_model.pbtxt"
FILES = (BINARY, TEXT)

# The folders of a SavedModel.
_FOLDERS = ("variables", "assets", "assets.extra")


def folder_writer(folder: Path, examples: Any) -> Writer:
    """Make a SavedModel ready to be written again.

    A SavedModel as text is written in the binary form, otherwise unchanged. A binary one is loaded
    and saved, with every variable that Python restores. Before loading, its ops are checked.

    Parameters
    ----------
    folder : Path
        The folder with ``saved_model.pb`` or ``saved_model.pbtxt``.
    examples
        As for `tfpredict.export`.

    Raises
    ------
    ValueError
        If it has neither, or the file cannot be read.
    """
    if (folder / BINARY).is_file():
        refuse_reaching(folder)
        return writer(_loaded(folder), None, examples)
    if (folder / TEXT).is_file():
        return _of_text(folder, examples)
    versions = sorted(
        (found for found in folder.iterdir() if any((found / name).is_file() for name in FILES)),
        key=lambda found: (not found.name.isdecimal(), len(found.name), found.name),
    )
    if versions:
        raise EXPORT_FILE.error(
            ValueError,
            "a SavedModel's own folder",
            f"{folder}, which holds versions of a model",
            f"Give one of them, for instance {versions[-1]}.",
        )
    raise EXPORT_FILE.error(
        ValueError,
        f"a SavedModel's folder, with {BINARY} or {TEXT}",
        f"{folder}",
        "Give the folder that holds one of these files.",
    )


def _loaded(folder: Path) -> Any:
    import tensorflow as tf

    try:
        return tf.saved_model.load(str(folder))
    except Exception as failed:
        raise EXPORT_FILE.error(
            ValueError,
            f"a model that TensorFlow loads, in {folder}",
            first_line(failed).removesuffix("."),
            "Export the model again, from the program that wrote it.",
        ) from failed


def _of_text(folder: Path, examples: Any) -> Writer:
    from google.protobuf import text_format
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    file = folder / TEXT
    try:
        model = text_format.Parse(file.read_text(encoding="utf-8"), SavedModel())
    except (text_format.ParseError, UnicodeDecodeError) as failed:
        raise EXPORT_FILE.error(
            ValueError,
            f"a SavedModel as text in {file}",
            f"{failed}",
            "Copy or export the model again.",
        ) from failed

    def save(target: str) -> None:
        written = Path(target)
        written.mkdir(parents=True)
        (written / BINARY).write_bytes(model.SerializeToString(deterministic=True))
        for name in _FOLDERS:
            if (folder / name).is_dir():
                shutil.copytree(folder / name, written / name)

    return Writer(_signatures(folder) if examples is not None else {}, save)


def _signatures(folder: Path) -> dict[str, Served]:
    return {
        name: function_served(function, name, str(folder))
        for name, function in _loaded(folder).signatures.items()
        if not name.startswith("__")
    }
