"""SavedModels that something else wrote, as text or with what only Python restores."""

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

# What a SavedModel consists of beside its graphs.
_FOLDERS = ("variables", "assets", "assets.extra")


def folder_writer(folder: Path, examples: Any) -> Writer:
    """Make a SavedModel ready to be written anew.

    One that is text is written in the binary form, and stays what it is. One that is binary is
    loaded and saved again, with every variable that TensorFlow's Python restores; what loading it
    runs is looked at first.

    Parameters
    ----------
    folder : Path
        The one that holds ``saved_model.pb`` or ``saved_model.pbtxt``.
    examples
        As `tfpredict.export` takes them.

    Raises
    ------
    ValueError
        If it holds neither, or what it holds cannot be read.
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
