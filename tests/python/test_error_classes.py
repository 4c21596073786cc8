"""Every error class is explained on the page, is used, and has an example that a test makes."""

from __future__ import annotations

import re
from pathlib import Path

import blocks
import pytest
from blocks import ROOT
from tfpredict import _error_classes
from tfpredict._error_classes import ErrorClass

PAGE = "docs/errors.md"
MAIN = (ROOT / "scala" / "src" / "main", ROOT / "engines", ROOT / "python" / "src")
CATALOG = ROOT / "scala/src/main/scala/tfpredict/messages/ErrorClass.scala"


def in_scala() -> dict[str, tuple[str, str]]:
    """Return each class's value, and its sentence, by its name."""
    source = CATALOG.read_text()
    found = {
        name: (value, sentence)
        for value, name, sentence in re.findall(
            r'val (\w+): ErrorClass =\s+ErrorClass\(\s*"(\w+)",\s*"([^"]+)"\s*\)', source
        )
    }
    name, sentence = re.findall(r'final val SparkLine(?:Name|Sentence) = "([^"]+)"', source)
    # Nothing of the catalog is passed over.
    assert len(found) == source.count(": ErrorClass =")
    return {**found, name: ("SparkLineName", sentence)}


def in_python() -> dict[str, tuple[str, str]]:
    classes = {key: each for key, each in vars(_error_classes).items() if key.isupper()}
    return {
        each.name: (key, each.sentence)
        for key, each in classes.items()
        if isinstance(each, ErrorClass)
    }


def sources(catalog: Path) -> str:
    """The code without a list of classes, in one text."""
    files = [file for folder in MAIN for file in folder.rglob(f"*{catalog.suffix}")]
    return "\n".join(file.read_text() for file in files if file != catalog)


def sections() -> dict[str, str]:
    """What the page says of each class."""
    text = (ROOT / PAGE).read_text()
    parts = re.split(r"^#{2,3} ", text, flags=re.MULTILINE)[1:]
    named = [part.partition("\n") for part in parts]
    return {head: body for head, _, body in named if head.startswith("TFPREDICT_")}


def test_a_class_of_both_languages_has_one_sentence():
    scala, python = in_scala(), in_python()
    both = set(scala) & set(python)
    assert both
    assert {name: scala[name][1] for name in both} == {name: python[name][1] for name in both}


def test_the_table_of_the_page_has_each_class_and_its_sentence():
    rows = re.findall(
        r"^\| \[(\w+)\]\(#(\w+)\) \| (.+) \| (.+) \|$", (ROOT / PAGE).read_text(), re.M
    )
    assert [anchor for _, anchor, _, _ in rows] == [name.lower() for name, *_ in rows]
    assert all(re.fullmatch(r"`\w+`(, `\w+`)*", kinds) for _, _, kinds, _ in rows)
    told = {name: sentence for name, _, _, sentence in rows}
    assert told == {name: each[1] for name, each in {**in_scala(), **in_python()}.items()}
    assert [name for name, *_ in rows] == sorted(told)


def test_the_page_explains_each_class_and_no_other():
    assert set(sections()) == set(in_scala()) | set(in_python())
    headings = re.findall(r"^### (TFPREDICT_\w+)$", (ROOT / PAGE).read_text(), re.MULTILINE)
    assert len(headings) == len(set(headings))


@pytest.mark.parametrize("name", sorted({**in_scala(), **in_python()}))
def test_a_class_has_an_example_that_is_made(name):
    body = sections()[name]
    sentence = {**in_scala(), **in_python()}[name][1]
    flat = re.sub(r"\s+", " ", body)
    assert f"[{name}] {sentence} " in flat
    for part in ("Expected: ", "Found: ", " Fix: ", "**What to do.** "):
        assert part in flat, part
    if not blocks.of_text(PAGE, body):  # a block is run by test_documents.py
        (test,) = re.findall(r"^The test is `(\w+)(?:\.py)?`\.$", body, re.MULTILINE)
        (file,) = [
            found
            for folder in ("scala", "python")
            for found in (ROOT / "tests" / folder).rglob(f"{test}.*")
            if found.suffix in (".scala", ".py")
        ]
        assert name in file.read_text(), f"{test} does not make {name}"


def test_each_class_is_used():
    code = sources(CATALOG)
    unused = [name for name, (value, _) in in_scala().items() if f"ErrorClass.{value}" not in code]
    python = sources(Path(_error_classes.__file__).resolve())
    unused += [
        name
        for name, (value, _) in in_python().items()
        if not re.search(rf"\b{value}\.error\(", python)
    ]
    assert not unused


def test_no_exception_of_ours_is_without_a_class():
    """Python's own exceptions outside the shell command are made by a class."""
    bare = re.compile(r"raise (?:errors\.)?(?:\w+Exception|ValueError|TypeError|\w+ExistsError)\(")
    package = ROOT / "python" / "src" / "tfpredict"
    files = [file for file in package.rglob("*.py") if "cli" not in file.parts]
    assert [file.name for file in files if bare.search(file.read_text())] == []


def test_no_value_or_state_is_refused_without_a_class():
    """Scala's are made by `IllegalValue` and `IllegalUse`, but where no user can get."""
    internal = {
        "Predict.scala",  # what analysis has refused before
        "ResultField.scala",
        "InternalRowReader.scala",
        "VariableIndex.scala",  # told as a damaged file
        "ExampleFile.scala",
        "Check.scala",
        "ConditionWords.scala",
        "ModelPath.scala",  # programs' own usage
        "TfStream.scala",
        "SparkFit.scala",  # constants only
    }
    bare = re.compile(r"new Illegal(?:Argument|State)Exception\(")
    files = [file for folder in MAIN for file in folder.rglob("*.scala")]
    found = {file.name for file in files if bare.search(file.read_text())}
    assert found == internal
