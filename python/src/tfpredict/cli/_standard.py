"""Standard input as a file, since Spark reads its input twice and in several places at once."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tfpredict.cli._tables import Format
from tfpredict.errors import TfpredictException

if TYPE_CHECKING:
    from collections.abc import Iterator

# What messages call it.
NAME = "standard input"


@contextlib.contextmanager
def standard_input(form: Format) -> Iterator[Path]:
    """Copy standard input to a temporary file, which goes when the block ends.

    Parameters
    ----------
    form : Format
        One of text. The other formats cannot be read from their beginning.

    Raises
    ------
    TfpredictException
        If nothing was there to read.
    """
    # Spark's JVM knows folders of this name, and removes them if this process is killed.
    with tempfile.TemporaryDirectory(prefix="tfpredict-input-") as folder:
        file = Path(folder) / f"standard-input.{form.value}"
        with file.open("wb") as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy, 1 << 20)
        if file.stat().st_size == 0:
            raise TfpredictException(f"{NAME} is empty: expected rows of {form.value}.")
        yield file
