"""Text of models, paths and errors as a terminal may show it."""

from __future__ import annotations

import unicodedata

# Controls, format characters, and ends of lines and paragraphs.
_HIDDEN = {"Cc", "Cf", "Zl", "Zp"}


def plain(text: str) -> str:
    r"""Write out what a terminal obeys and does not show: a model chooses its names.

    Examples
    --------
    >>> print(plain("a\x1b[2Jb\nc"))
    a\u001b[2Jb\u000ac
    """
    return "".join(
        f"\\u{ord(letter):04x}" if unicodedata.category(letter) in _HIDDEN else letter
        for letter in text
    )
