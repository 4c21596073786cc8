"""Writes ``docs/api.md``: every public name of both languages, read off the sources.

``python tests/python/api_page.py`` writes it; `test_pages.py` says whether it is in step.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "python" / "src" / "tfpredict"
SCALA = ROOT / "scala" / "src" / "main" / "scala" / "tfpredict"
# Public for Spark, which asks for them by name, or for the Python package.
_INNER = {"python", "sql"}
_HEAD = """# Every public name

Written by `make docs` from the sources. It also writes the complete reference, with each parameter
and each error, into `build/docs`. In Python `help(tfpredict.register)` says the same. Setters and
getters of params are left out: they are named after the params of [ml.md](ml.md).
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_python(), *_scala()]) + "\n"


def _entry(signature: str, line: str) -> str:
    return f"- `{signature}`" + (f": {line}" if line else "")


def _first(text: str) -> str:
    """The first sentence of a comment, on one line."""
    sentence = re.split(r"(?<=\.) ", " ".join(text.split()), maxsplit=1)[0]
    return re.sub(r"``|\[\[|\]\]", "`", sentence)


def _is_param(name: str) -> bool:
    return re.match(r"(set|get)[A-Z]", name) is not None


def _python() -> Iterator[str]:
    yield "## Python"
    for file in sorted(PACKAGE.rglob("*.py")):
        place = file.relative_to(PACKAGE)
        if "cli" in place.parts or any(part.startswith("_") for part in place.parts):
            continue
        entries = list(_of_module(ast.parse(file.read_text(encoding="utf-8"))))
        if entries:
            yield f"\n### tfpredict.{'.'.join(place.with_suffix('').parts)}\n"
            yield from entries


def _of_module(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield _function(node.name, node)
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _class(node)


def _function(name: str, node: ast.FunctionDef) -> str:
    arguments = ast.unparse(node.args)
    arguments = re.sub(r"^(self|cls)(, )?", "", arguments)
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return _entry(f"{name}({arguments}){returns}", _first(ast.get_docstring(node) or ""))


def _class(node: ast.ClassDef) -> Iterator[str]:
    methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
    made = [each for each in methods if each.name == "__init__"]
    if made:
        arguments = re.sub(r"^self(, )?", "", ast.unparse(made[0].args))
    else:
        fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
        arguments = ", ".join(ast.unparse(each) for each in fields)
    parents = ", ".join(ast.unparse(base) for base in node.bases)
    shown = f"({arguments})" if arguments else f"({parents})"
    yield _entry(f"class {node.name}{shown}", _first(ast.get_docstring(node) or ""))
    for each in methods:
        if not each.name.startswith("_") and not _is_param(each.name):
            is_property = any(ast.unparse(d) == "property" for d in each.decorator_list)
            told = _function(each.name, each)
            yield "  " + (told.replace(f"{each.name}()", each.name, 1) if is_property else told)


def _scala() -> Iterator[str]:
    yield "\n## Scala"
    folders = [SCALA, *sorted(each for each in SCALA.iterdir() if each.is_dir())]
    for folder in folders:
        entries = [entry for file in sorted(folder.glob("*.scala")) for entry in _of_file(file)]
        if entries and folder.name not in _INNER:
            name = ".".join(folder.relative_to(SCALA.parent).parts)
            yield f"\n### {name}\n"
            yield from entries


# A definition of a file, or a member of one, with the comment before it.
_DEFINED = re.compile(
    r"(?:^(?P<comment>[ ]{0,2}/\*\*(?:(?!\*/).)*\*/)\s*?\n)?"
    r"^(?P<indent>|[ ]{2})(?P<words>(?:(?:final|sealed|abstract|case|implicit|lazy) )*)"
    r"(?P<kind>class|object|trait|def|val) (?P<name>\w+)",
    re.MULTILINE | re.DOTALL,
)


def _of_file(file: Path) -> Iterator[str]:
    source = file.read_text(encoding="utf-8")
    is_open = False
    for found in _DEFINED.finditer(source):
        is_member = bool(found["indent"])
        if not is_member:
            before = source.rfind("\n", 0, found.start("words")) + 1
            is_open = "private" not in source[before : found.start("words")]
        if not is_open or (is_member and (_is_param(found["name"]) or found["name"] == "this")):
            continue
        signature = found["words"] + _signature(source, found.start("kind"))
        yield found["indent"] + _entry(signature, _comment(found["comment"] or ""))


def _comment(comment: str) -> str:
    lines = [re.sub(r"^\s*(/\*\*|\*/|\*)", "", line) for line in comment.splitlines()]
    text = "\n".join(lines).replace("*/", "")
    return _first(re.split(r"\{\{\{|(?:^|\s)@(?:param|return|throws|since|group)\b", text)[0])


def _signature(source: str, start: int) -> str:
    """What stands before a body, an equals sign or a parent."""
    depth, end = 0, start
    while end < len(source):
        char = source[end]
        depth += (char in "([") - (char in ")]")
        rest = source[end : end + 10]
        if depth == 0 and (char in "{\n" or re.match(r"\s=\s|\s+extends\b|:\s*$", rest)):
            break
        end += 1
    told = " ".join(source[start:end].split()).replace("( ", "(").replace(" )", ")")
    # Who may not make one is told nothing of how.
    return re.sub(r" private(\[\w+\])? ?\(.*", "", told).strip()


if __name__ == "__main__":
    (ROOT / "docs" / "api.md").write_text(page(), encoding="utf-8")
