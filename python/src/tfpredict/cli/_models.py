"""Checks a model's path before a JVM starts, so that a typing error is told at once."""

from __future__ import annotations

import re

from tfpredict.cli._near import path_suggestion
from tfpredict.cli._tables import format_of, local_path
from tfpredict.errors import TfpredictException

EXPECTED = "a SavedModel's folder, with saved_model.pb, or a folder of versions such as 1 and 2"

# Files of models, checkpoints and archives.
_OF_MODELS = re.compile(
    r"\.(keras|h5|hdf5|pb|pbtxt|tflite|onnx|zip|tar|tgz|gz|bz2|xz)$"
    r"|^checkpoint$|\.(ckpt|index|meta)|\.data-\d+-of-\d+$"
)


def check_model(model: str) -> None:
    """Refuse a local path where no folder is.

    A file in some other format of models is left to the JVM, whose error says how to convert it.

    Parameters
    ----------
    model : str
        A path or a URI, as the user gave it.

    Raises
    ------
    TfpredictException
        If nothing is there, or a file of another kind.

    Examples
    --------
    >>> (tmp_path / "points.csv").touch()
    >>> check_model(str(tmp_path / "points.csv"))
    Traceback (most recent call last):
    ...
    tfpredict.errors.TfpredictException: model ...points.csv: this is a file, not a model folder...
    """
    path = local_path(model)
    if path is None or path.is_dir() or model.startswith("~"):
        return
    if not path.exists():
        raise TfpredictException(
            f"model {model}: there is no such folder{path_suggestion(path)} Expected: {EXPECTED}."
        )
    if not _OF_MODELS.search(path.name.lower()) or format_of(path.name) is not None:
        raise TfpredictException(
            f"model {model}: this is a file, not a model folder. Expected: {EXPECTED}. "
            "Fix: name the model's folder."
        )
