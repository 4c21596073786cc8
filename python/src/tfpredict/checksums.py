"""Writes checksums with a model, so that readers find damage before they load it."""

from __future__ import annotations

import hashlib
from pathlib import Path

FILE = Path("assets.extra") / "tfpredict_sha256"


def write(folder: Path) -> None:
    r"""Write the checksums of a SavedModel's files, in the format of ``sha256sum``.

    The variables' data are left out: they are large, and have checksums of their own.

    Parameters
    ----------
    folder : Path
        A complete SavedModel, without this file.

    Examples
    --------
    >>> (tmp_path / "saved_model.pb").write_bytes(b"graph")
    5
    >>> write(tmp_path)
    >>> (tmp_path / FILE).read_text()
    '...  saved_model.pb\n'
    """
    files = sorted(
        file.relative_to(folder)
        for file in folder.rglob("*")
        if file.is_file() and not file.name.startswith("variables.data-")
    )
    lines = [
        f"{hashlib.sha256((folder / file).read_bytes()).hexdigest()}  {file.as_posix()}\n"
        for file in files
    ]
    target = folder / FILE
    target.parent.mkdir(exist_ok=True)
    target.write_text("".join(lines), encoding="utf-8")
