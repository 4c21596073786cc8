"""Prepares TensorFlow for commands that make models, and explains if it is missing."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from tfpredict.cli._quiet import output_to
from tfpredict.errors import TfpredictException

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXTRA = ("tensorflow", "keras", "sklearn", "numpy")


@contextlib.contextmanager
def training_extra(debug: bool) -> Iterator[TextIO]:
    """Explain a missing package of the extra ``train``, and give the terminal for progress.

    TensorFlow's native code writes about devices to standard error. Only `debug` shows that.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        if debug:
            yield sys.stderr
        else:
            with os.fdopen(os.dup(2), "w") as shown, output_to(Path(os.devnull), (2,)):
                yield shown
    except ModuleNotFoundError as missing:
        if (missing.name or "").split(".")[0] not in _EXTRA:
            raise
        raise TfpredictException(
            f"{missing.name} is not installed: pip install 'tfpredict[train]'."
        ) from missing
