"""Names that a mistyped one may have meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return how a sentence ends: ``; did you mean a or b?``, or a full stop."""
    by_lower = {other.lower(): other for other in known}
    near = difflib.get_close_matches(name.lower(), by_lower, n=3, cutoff=0.6)
    if not near:
        return "."
    return f"; did you mean {' or '.join(by_lower[other] for other in near)}?"
