"""Suggestions for a mistyped name or path."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return how a sentence ends: ``; did you mean a or b?``, or a full stop.

    Examples
    --------
    >>> suggestion("featurs", ["id", "features"])
    '; did you mean features?'
    >>> suggestion("zzz", ["id", "features"])
    '.'
    """
    return _question(_near(name, known))


def path_suggestion(path: Path) -> str:
    """Return the same for a path that does not exist, from the names in its parent folder.

    Where a folder above it is missing too, that folder's name is the mistyped one.

    Examples
    --------
    >>> (tmp_path / "linear_model").mkdir()
    >>> path_suggestion(tmp_path / "linear_modl")
    '; did you mean .../linear_model?'
    """
    parts = (path, *path.parents)
    missing = next((part for part, above in zip(parts, parts[1:]) if above.is_dir()), None)
    if missing is None:
        return "."
    rest = path.relative_to(missing)
    there = [entry.name for entry in missing.parent.iterdir() if (entry / rest).exists()]
    return _question([str(missing.parent / name / rest) for name in _near(missing.name, there)])


def _near(name: str, known: Iterable[str]) -> list[str]:
    by_lower = {other.lower(): other for other in known}
    near = difflib.get_close_matches(name.lower(), by_lower, n=3, cutoff=0.6)
    return [by_lower[other] for other in near]


def _question(near: list[str]) -> str:
    return f"; did you mean {' or '.join(near)}?" if near else "."
