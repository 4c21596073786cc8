"""Builds the documentation site from the pages as they lie in the repository.

Usage: build.py MKDOCS WORK SITE. MKDOCS is the program, WORK a folder for copies, and SITE gets the
HTML. What else is in SITE, such as the API references, stays if REFERENCES names it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Made by pdoc and by Scaladoc.
REFERENCES = {"Python": "python", "Scala": "scala"}
TOP = ("README.md", "README.zh.md", "CONTRIBUTING.md", "CHANGELOG.md")
ROW = re.compile(r"^\| \[([^]]+)\]\(([\w./-]+\.md)\) \|", re.MULTILINE)


def main(mkdocs: str, work: Path, site: Path) -> None:
    """Build the site."""
    pages = work / "pages"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(ROOT / "docs", pages / "docs")
    for name in TOP:
        shutil.copy(ROOT / name, pages)
    shutil.copy(Path(__file__).with_name("extra.css"), pages)
    config = work / "mkdocs.yml"
    # JSON is YAML too.
    lines = {
        "INHERIT": str(Path(__file__).with_name("mkdocs.yml")),
        "hooks": [str(Path(__file__).with_name("hooks.py"))],
        "docs_dir": str(pages),
        "nav": navigation(),
    }
    text = "".join(
        f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in lines.items()
    )
    config.write_text(text, encoding="utf-8")
    html = work / "html"
    subprocess.run(
        [mkdocs, "build", "--strict", "--quiet", "-f", str(config), "-d", str(html)], check=True
    )
    site.mkdir(parents=True, exist_ok=True)
    for entry in site.iterdir():
        if entry.name not in REFERENCES.values():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    shutil.copytree(html, site, dirs_exist_ok=True)
    # Where a browser looks for it, on the references' pages too.
    shutil.copy(site / "assets/images/favicon.png", site / "favicon.ico")


def navigation() -> list[dict[str, object]]:
    """Return the navigation: the groups of docs/README.md, the references, and Chinese."""
    groups = sections("docs")
    api = [{title: f"{folder}/index.html"} for title, folder in REFERENCES.items()]
    chinese: list[object] = [{"中文": "README.zh.md"}]
    if (ROOT / "docs/zh/README.md").exists():
        chinese += sections("docs/zh", index="docs/zh/README.md")
    return [{"Home": ["README.md", "docs/README.md"]}, *groups, {"API": api}, {"中文": chinese}]


def sections(folder: str, index: str = "") -> list[dict[str, object]]:
    """Return the groups of a folder's README.md, each with its pages."""
    text = (ROOT / folder / "README.md").read_text(encoding="utf-8")
    found: list[dict[str, object]] = []
    listed = {index}
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        pages = []
        for title, target in ROW.findall(section):
            path = str((ROOT / folder / target).resolve().relative_to(ROOT))
            # A page of the other language is in the navigation already.
            if path not in listed and (folder == "docs" or path.startswith(folder)):
                pages.append({title: path})
                listed.add(path)
        if pages:
            found.append({section.partition("\n")[0]: pages})
    return [*([{"目录": index}] if index else []), *found]


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]).absolute(), Path(sys.argv[3]).absolute())
