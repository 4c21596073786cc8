"""TensorFlow for the commands that make models, and what to say where it is missing."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from tfpredict.errors import TfpredictException

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXTRA = ("tensorflow", "keras", "sklearn", "numpy")


@contextlib.contextmanager
def training_extra() -> Iterator[None]:
    """Make a missing package of the extra ``train`` a sentence; keep TensorFlow's log short."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        yield
    except ModuleNotFoundError as missing:
        if (missing.name or "").split(".")[0] not in _EXTRA:
            raise
        raise TfpredictException(
            f"{missing.name} is not installed: pip install 'tfpredict[train]'."
        ) from missing
