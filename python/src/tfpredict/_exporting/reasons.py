"""Why something could not be read, in a line."""

from __future__ import annotations


def first_line(failed: Exception) -> str:
    r"""Return the first line of an exception's words, or its class where it has none.

    TensorFlow and Keras raise many kinds, some with a whole graph or configuration in their text.

    Examples
    --------
    >>> first_line(ValueError("\n  no such op  \nand more")), first_line(KeyError())
    ('no such op', 'KeyError')
    """
    lines = [line.strip() for line in str(failed).splitlines() if line.strip()]
    return (lines or [type(failed).__name__])[0][:300]
