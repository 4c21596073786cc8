"""Text of models in the tables and lines that rich prints."""

from __future__ import annotations

from rich.markup import escape

from tfpredict._plain import plain


def literal(text: str) -> str:
    r"""Give text in which neither brackets nor what a terminal obeys mean anything.

    Examples
    --------
    >>> print(literal("[red]x\x1b[2J"))
    \[red]x\u001b[2J
    """
    return escape(plain(text))
