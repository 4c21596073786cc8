"""Shortens the text of an exception to one line."""

from __future__ import annotations

import textwrap

_MOST = 300  # letters


def first_line(failed: Exception) -> str:
    r"""Return the first line of an exception's text, or the name of its class.

    TensorFlow and Keras raise many kinds, some with an entire graph in their text. A long line is
    cut between two words.

    Examples
    --------
    >>> first_line(ValueError("\n  no such op  \nand more")), first_line(KeyError())
    ('no such op', 'KeyError')
    """
    lines = [line.strip() for line in str(failed).splitlines() if line.strip()]
    return textwrap.shorten((lines or [type(failed).__name__])[0], _MOST, placeholder=" …")
