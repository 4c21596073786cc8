"""Makes text of models safe for rich, which prints tables and lines."""

from __future__ import annotations

from rich.markup import escape

from tfpredict._plain import plain


def literal(text: str) -> str:
    r"""Return text without rich's markup and without control characters.

    Examples
    --------
    >>> print(literal("[red]x\x1b[2J"))
    \[red]x\u001b[2J
    """
    return escape(plain(text))
