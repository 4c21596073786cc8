"""Looks at the built site in a real browser: `make check-docs`.

Usage: check.py SITE [PICTURES]. Fails with every page that has a broken link, an error in the
console, a request to another host, or text that is wider than a phone.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

from browser import Browser, browser, served

PHONE, DESK = (390, 844), (1280, 900)
# Made by pdoc and Scaladoc, which also decide how wide they are.
REFERENCES = ("python/index.html", "scala/index.html")
# A query, and the page that must be among its first answers.
QUERIES = {
    "roll back": "docs/operations.html",
    "maximum input bytes": "docs/settings.html",
    "输入输出规则": "docs/zh/inputs.html",
}
PICTURED = ("index.html", "docs/settings.html", "docs/sql.html", "README.zh.html")

LINKS = """
return {
  links: [...document.querySelectorAll('a[href], img[src], link[rel=stylesheet], script[src]')]
    .map(each => each.href || each.src).filter(each => typeof each === 'string'),
  ids: [...document.querySelectorAll('[id], a[name]')].map(each => each.id || each.name),
  asked: performance.getEntriesByType('resource').map(each => each.name),
  width: document.documentElement.scrollWidth,
  words: document.body.innerText.trim().length,
}
"""
SEARCH = """
const query = document.querySelector('[data-md-component=search-query]');
query.focus();
query.value = arguments[0];
for (const kind of ['keyup', 'input', 'change'])
  query.dispatchEvent(new Event(kind, {bubbles: true}));
return [...document.querySelectorAll('.md-search-result__link')].map(each => each.href);
"""


def main(site: Path, pictures: Path | None) -> int:
    """Check all pages; print each fault; return how many there are."""
    own = sorted(
        str(file.relative_to(site))
        for file in site.rglob("*.html")
        if file.relative_to(site).parts[0] not in ("python", "scala") and file.name != "404.html"
    )
    assert len(own) > 20, f"{site} has {len(own)} pages: run make docs"
    with served(site) as address, browser() as chromium:
        faults, seen = [], {}
        for name in (*own, *REFERENCES):
            chromium.resize(*PHONE)
            chromium.open(f"{address}/{name}")
            found = chromium.run(LINKS)
            seen[name] = found
            faults += [f"{name}: console: {line}" for line in chromium.console()]
            faults += [
                f"{name}: asks {url}" for url in found["asked"] if not url.startswith(address)
            ]
            if found["words"] < 20:
                faults.append(f"{name}: shows nothing")
            if name in own and found["width"] > PHONE[0]:
                faults.append(f"{name}: {found['width']} pixels wide on a phone of {PHONE[0]}")
            if pictures and name in PICTURED:
                _picture(chromium, pictures, name)
        faults += broken(site, address, {name: seen[name] for name in own})
        faults += [fault for query in QUERIES for fault in unanswered(chromium, address, query)]
    for fault in faults:
        print(fault)
    print(f"{len(own)} pages and 2 references: {len(faults)} faults")
    return len(faults)


def _picture(chromium: Browser, pictures: Path, name: str) -> None:
    stem = name.replace("/", "-").removesuffix(".html")
    chromium.picture(pictures / f"{stem}-phone.png")
    chromium.resize(*DESK)
    chromium.picture(pictures / f"{stem}.png")


def broken(site: Path, address: str, seen: dict[str, dict]) -> list[str]:
    """Return the links that lead to no file, or to no place in a page."""
    faults = []
    for name, found in seen.items():
        for link in sorted(set(found["links"])):
            url, anchor = urldefrag(link)
            if not url.startswith(address):
                if urlsplit(url).scheme != "https":
                    faults.append(f"{name}: link {link}")
                continue
            target = unquote(url.removeprefix(address)).lstrip("/")
            target += "index.html" if target in ("", "docs/") or target.endswith("/") else ""
            if not (site / target).is_file():
                faults.append(f"{name}: no file {target}")
            elif anchor and target in seen and unquote(anchor) not in seen[target]["ids"]:
                faults.append(f"{name}: no place {target}#{unquote(anchor)}")
    return faults


def unanswered(chromium: Browser, address: str, query: str) -> list[str]:
    """Return a fault if a search does not find its page."""
    chromium.resize(*DESK)
    chromium.open(f"{address}/index.html")
    answers: list[str] = []
    for _ in range(40):
        answers = [urlsplit(link).path.lstrip("/") for link in chromium.run(SEARCH, query)]
        if QUERIES[query] in answers[:10]:
            return []
        time.sleep(0.25)
    return [f"search for {query}: {QUERIES[query]} is not among {answers[:10]}"]


if __name__ == "__main__":
    arguments = [Path(argument).absolute() for argument in sys.argv[1:]]
    sys.exit(bool(main(arguments[0], arguments[1] if len(arguments) > 1 else None)))
