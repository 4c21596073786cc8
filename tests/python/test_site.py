"""What the documentation site is made of; `make check-docs` looks at the site itself."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from types import SimpleNamespace

from blocks import ROOT

SITE = ROOT / "scripts" / "site"
build = runpy.run_path(str(SITE / "build.py"))
hooks = runpy.run_path(str(SITE / "hooks.py"))


def pages(entries: list) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, str):
            yield entry
        else:
            for below in entry.values():
                yield from pages([below] if isinstance(below, str) else below)


def test_the_navigation_has_each_page_once():
    found = [page for page in pages(build["navigation"]()) if page.endswith(".md")]
    wanted = {str(file.relative_to(ROOT)) for file in (ROOT / "docs").rglob("*.md")}
    assert sorted(found) == sorted(wanted | set(build["TOP"]))


def shown(markdown: str, *there: str) -> str:
    page = SimpleNamespace(file=SimpleNamespace(src_uri="docs/sql.md"))
    files = SimpleNamespace(get_file_from_path=lambda path: path if path in there else None)
    return hooks["on_page_markdown"](markdown, page=page, files=files)


def test_links_to_what_the_site_lacks_are_text():
    assert shown("[a](../examples/byhand) and [b](ml.md#x)", "docs/ml.md") == "a and [b](ml.md#x)"
    assert shown("[a](https://example.org/) [b](#x)") == "[a](https://example.org/) [b](#x)"
    block = "```python\nrows[0](gone.md)\n```\n"
    assert shown(block) == block


def test_lists_in_lists_are_indented_for_the_site():
    assert shown("- a\n  - b\n") == "- a\n    - b\n"


def test_chinese_pages_say_so():
    def language(name: str) -> str:
        page = SimpleNamespace(file=SimpleNamespace(src_uri=name))
        return hooks["on_post_page"]('<html lang="en" class="no-js">', page=page)[:15]

    assert language("docs/sql.md") == '<html lang="en"'
    assert language("README.zh.md") == language("docs/zh/start.md") == '<html lang="zh"'
