"""What MkDocs does to a page beside its own work.

The pages are written for GitHub, where a link may lead to any file of the repository. The site has
only the pages, so links to other files become plain text there.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any

_FENCE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
# A list in a list, which GitHub wants by two spaces and Python's Markdown by four.
_NESTED = re.compile(r"^  (?=- )", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)#\s]+)(#[^)\s]*)?\)")


def on_page_markdown(markdown: str, page: Any, files: Any, **_: Any) -> str:
    """Make links to files that the site does not have plain text; indent lists in lists."""
    folder = posixpath.dirname(page.file.src_uri)

    def plain(link: re.Match[str]) -> str:
        target = link[2]
        path = posixpath.normpath(posixpath.join(folder, target))
        is_there = target.startswith("https://") or files.get_file_from_path(path) is not None
        return link[0] if is_there else link[1]

    parts = _FENCE.split(markdown)
    return "".join(
        part if part.startswith("```") else _NESTED.sub("    ", _LINK.sub(plain, part))
        for part in parts
    )


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Say which language a page is in: screen readers and hyphenation go by it."""
    is_chinese = page.file.src_uri == "README.zh.md" or page.file.src_uri.startswith("docs/zh/")
    return output.replace('<html lang="en"', '<html lang="zh"', 1) if is_chinese else output
