"""Where results go: complete, or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import IO, TYPE_CHECKING

from tfpredict.cli._tables import SUFFIXES, TEXT, local_path
from tfpredict.errors import TfpredictException

if TYPE_CHECKING:
    from collections.abc import Iterator

# What Spark writes into a folder: parts, marks, and folders of partitions.
_WRITTEN = re.compile(r"part-.*|[._].*|[^=]+=.*")

# As the output, standard output; as the input, standard input.
STANDARD = "-"


def is_one_file(output: str) -> bool:
    """Tell whether results go into one file, and not into a folder of several.

    They do where the name ends as a text file's: Spark's parts can be joined then.

    Examples
    --------
    >>> [name for name in ("a.csv", "a.jsonl", "a.parquet", "a", "-") if is_one_file(name)]
    ['a.csv', 'a.jsonl', '-']
    """
    return output == STANDARD or SUFFIXES.get(Path(output).suffix.lower()) in TEXT


@contextlib.contextmanager
def written_whole(output: str, overwrite: bool, source: str) -> Iterator[Path]:
    """Give a folder to write into. When the block ends well, its results become the local output.

    The folder stands beside the output, hidden. It is renamed, or its parts are joined into one
    file. What the output held is removed only then. If the block fails nothing of it stays.

    Parameters
    ----------
    output : str
        A path; ``-`` is standard output.
    overwrite : bool
        Whether an output that exists is replaced.
    source : str
        The input, which is never replaced.
    """
    if output == STANDARD:
        with _printed() as temporary:
            yield temporary
        return
    target = local_path(output)
    if target is None:
        raise TfpredictException(f"output {output}: expected a path of this machine's disk.")
    target = target.absolute()
    _check(target, overwrite, source)
    beside = next(folder for folder in target.parents if folder.is_dir())
    mark = uuid.uuid4().hex[:8]
    temporary, aside = (beside / f".{target.name}-{mark}.{end}" for end in ("tmp", "old"))
    try:
        yield temporary
        result = _joined_in(temporary) if is_one_file(output) else temporary
        target.parent.mkdir(parents=True, exist_ok=True)
        if overwrite and target.exists():
            target.rename(aside)
        try:
            result.rename(target)
        except BaseException:
            if aside.exists():
                aside.rename(target)
            raise
    finally:
        for left in (temporary, aside):
            _remove(left)


@contextlib.contextmanager
def _printed() -> Iterator[Path]:
    temporary = Path(tempfile.gettempdir(), f".tfpredict-{uuid.uuid4().hex[:8]}.tmp")
    try:
        yield temporary
        try:
            _join(temporary, sys.stdout.buffer)
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader, such as head, has closed the pipe.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    finally:
        _remove(temporary)


def _joined_in(folder: Path) -> Path:
    # Inside the folder, which is removed whatever happens.
    whole = folder / "joined"
    with whole.open("wb") as file:
        _join(folder, file)
    return whole


def _join(folder: Path, into: IO[bytes]) -> None:
    """Write Spark's parts one after the other, with the header of the first."""
    for number, part in enumerate(sorted(folder.glob("part-*"))):
        with part.open("rb") as file:
            if number > 0 and part.suffix == ".csv":
                file.readline()
            shutil.copyfileobj(file, into, 1 << 20)


def _check(target: Path, overwrite: bool, source: str) -> None:
    above = next(place for place in target.parents if place.exists())
    if not above.is_dir():
        raise TfpredictException(f"output {target}: {above} is a file; name another path.")
    if not os.access(above, os.W_OK):
        raise TfpredictException(f"output {target}: this user may not write into {above}.")
    if not target.exists():
        return
    if not overwrite:
        raise TfpredictException(
            f"output {target} exists already: give --overwrite to replace it, or another output."
        )
    read = local_path(source)
    if read is not None:
        place = read.resolve()
        if place == target.resolve() or target.resolve() in place.parents:
            raise TfpredictException(f"output {target} holds the input: name another output.")
    strange = sorted(
        entry.name
        for entry in (target.iterdir() if target.is_dir() else ())
        if not _WRITTEN.fullmatch(entry.name)
    )
    if strange:
        raise TfpredictException(
            f"output {target} holds what no Spark job wrote, such as {strange[0]}: it is not "
            "replaced; name another output."
        )


def _remove(left: Path) -> None:
    # A task that was told to end may write for a moment more.
    for _ in range(50):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        elif left.exists():
            left.unlink()
        if not left.exists():
            return
        time.sleep(0.1)
