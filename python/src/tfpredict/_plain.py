"""Makes text of models, paths and errors safe for a terminal."""

from __future__ import annotations

import unicodedata

# Control and format characters, and ends of lines and paragraphs.
_HIDDEN = {"Cc", "Cf", "Zl", "Zp"}


def plain(text: str) -> str:
    r"""Return text with control characters written out, since a model may put them into names.

    Examples
    --------
    >>> print(plain("a\x1b[2Jb\nc"))
    a\u001b[2Jb\u000ac
    """
    return "".join(
        f"\\u{ord(letter):04x}" if unicodedata.category(letter) in _HIDDEN else letter
        for letter in text
    )
