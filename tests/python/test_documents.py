"""Every fenced block of the documents is run, or checked as far as it can be here.

A block's language says how, and a block of which nothing can be said fails. So does a text that
follows a block and is not what that prints.
"""

from __future__ import annotations

import doctest
import functools
import multiprocessing
import re
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import blocks
import command_lines
import pytest
import reader
import scala_shell
import tfpredict
from blocks import ROOT, Block

# Pages whose blocks a test of their own runs: (page, language) -> that test.
ELSEWHERE = {
    ("docs/containers.md", "dockerfile"): "test_platforms.py",
    ("docs/containers.md", "sh"): "test_platforms.py",
    ("docs/databricks.md", "properties"): "test_platforms.py",
    ("docs/databricks.md", "python"): "test_platforms.py",
    ("docs/databricks.md", "sh"): "test_platforms.py",
    ("docs/dataproc.md", "sh"): "test_platforms.py",
    ("docs/emr.md", "sh"): "test_platforms.py",
    ("docs/connect.md", "properties"): "test_connect4.py",
    ("docs/connect.md", "python"): "test_connect4.py",
    ("docs/connect.md", "sh"): "test_connect4.py",
    ("docs/ml.md", "python"): "test_ml.py",
    ("docs/ml.md", "scala"): "test_ml.py",
    ("docs/metrics.md", "properties"): "test_metrics.py",
    ("docs/notebooks.md", "sh"): "test_notebooks.py",
    ("docs/sql.md", "properties"): "test_connect.py",
    ("docs/sql.md", "python"): "test_connect.py",
    # With beeline, the servers and the shells; Connect's and spark-sql's own tests run theirs.
    ("docs/sql.md", "sh"): "test_thriftserver.py",
    ("docs/sql.md", "sql"): "test_thriftserver.py",
}
# Drawings, which are no program: (page, language) -> the test that looks at them.
DRAWINGS = {("docs/architecture.md", ""): "test_pages.py"}
# Builds of others: a line of theirs is one of the build that `make consumer` runs.
BUILDS = {"sbt": "tests/consumer/build.sbt", "xml": "tests/consumer/pom.xml"}
# What makes a command take seconds and not minutes.
QUICK = {"bench": ["--seconds", "0.05"], "train": ["--epochs", "1"]}
# Its commands run as they stand: what it shows next is of the model that it trains.
IN_FULL = "README.md"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
SECONDS = 240


def is_elsewhere(block: Block) -> bool:
    if block.page.startswith("docs/zh/"):
        return block.text in _texts_elsewhere()  # it is the same in both languages
    return (block.page, block.language) in {**ELSEWHERE, **DRAWINGS}


@functools.cache
def _texts_elsewhere() -> set[str]:
    return {
        block.text
        for page, language in ELSEWHERE
        for block in blocks.of(page)
        if block.language == language
    }


@pytest.fixture(scope="module")
def process(models, tmp_path_factory):
    """A process in a folder that has what pages name; calls a function of `reader` there."""
    folder = tmp_path_factory.mktemp("documents")
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context) as pool:

        def call(function, *arguments):
            return pool.submit(function, *arguments).result(timeout=SECONDS)

        call(reader.begin, str(folder), str(models))
        yield call
        call(reader.end)


@pytest.fixture(scope="module")
def scala(models, tmp_path_factory):
    """What each block of Scala answered; the shells run beside the other blocks, from the start."""
    folder = tmp_path_factory.mktemp("scala")
    reader.furnish(folder, models)
    found = [
        block
        for page in blocks.PAGES
        for block in blocks.of(page)
        if block.language == "scala" and not is_elsewhere(block) and not quoted(block)
    ]
    with ThreadPoolExecutor(1) as pool:
        answers = pool.submit(scala_shell.run, found, folder) if found else None
        yield lambda block: answers.result(timeout=SECONDS)[block]


def shell(process, block: Block) -> str:
    """Run or check each command; return what those that ran printed."""
    printed = []
    for line in blocks.commands(block.text):
        words = blocks.words(line)
        if words[0] == "tfpredict" and not command_lines.needs_cluster(words):
            if "--output" in words:
                process(reader.remove, words[words.index("--output") + 1])
            printed.append(run(process, words, is_quick=block.page != IN_FULL))
        elif re.match(r"\w+=", words[0]):
            # A name for files, for the commands that follow; from here, or from the repository.
            name = words[0].partition("=")[0]
            there = f'[ -e "$file" ] || [ -e "{ROOT}/$file" ] || exit 1'
            process(reader.bash, f"{line}\nfor file in ${{{name}//,/ }}; do {there}; done")
        else:
            command_lines.check(words)
    return "".join(printed)


def run(process, words: list[str], status: int = 0, is_quick: bool = True) -> str:
    piped = words.index("|") if "|" in words else len(words)
    # What draws need not be here; what is drawn is looked at.
    assert words[piped + 1 :][:2] in ([], ["dot", "-Tsvg"]), words
    # Standard input is a file.
    read = words.index("<") if "<" in words else piped
    given = words[read + 1] if read < piped else None
    own = words[1:read]
    if is_quick and own[1:2] != ["cancer"] and "--epochs" not in own:
        own += QUICK.get(own[0], [])
    found, out, errors = process(reader.tfpredict, own, given)
    assert found == status, f"{' '.join(words)}: {out}{errors}"
    return out + errors


def masked(line: str) -> str:
    """A line without its figures and folders, which differ from run to run."""
    return " ".join(re.sub(r"[\d,.]+", "#", re.sub(r"(/[\w.-]+)+", "PATH", line)).split())


def is_bar(line: str) -> bool:
    return "━" in line


def transcript(process, block: Block) -> None:
    steps = blocks.transcript(block.text)
    for command, _ in steps:
        if " --output " in command:
            process(reader.remove, command.rpartition(" --output ")[2].split()[0])
    for command, lines in steps:
        fails = any(line.startswith("tfpredict: ") for line in lines)
        printed = run(process, blocks.words(command), int(fails))
        told = {masked(line) for line in printed.splitlines()}
        missing = [line for line in lines if not is_bar(line) and masked(line) not in told]
        assert not missing, f"{block}: {command} prints {told}, and not {missing}"


def same_lines(block: Block, file: str) -> None:
    """Each line stands in a file that the tests of the project really use."""
    source = (ROOT / file).read_text()
    for name in ('sys.props("tfpredict.version")', "${tfpredict.version}"):
        source = source.replace(name, tfpredict.__version__)
    known = {plain(line) for line in source.splitlines()}
    own = block.text.splitlines()[quoted(block) is not None :]
    for line in own:
        assert plain(line) in known, f"{block}: {line.strip()} is not in {file}"


def plain(line: str) -> str:
    return " ".join(line.partition(" //")[0].split()).rstrip(",").replace('"', "")


def quoted(block: Block) -> str | None:
    """The file that a block's first line names, of which the rest are lines."""
    first = re.match(r"(?:#|//) ([\w./-]+/[\w.-]+)$", block.text.partition("\n")[0])
    return first[1] if first else None


def differs(block: Block, before: Block | None, printed: str | None) -> str:
    """Tell how a text is not what the block before it printed; `…` stands for anything."""
    assert printed is not None, f"{block} follows nothing that was run"
    wanted = block.text.replace("…", "...")
    if before.language in ("scala", "sh"):  # which also tell values' types, and other commands'
        wanted, printed = f"...\n{wanted.rstrip()}...", f"\n{printed}"
    # Spark 4 says this in its own errors; pages have the words of 3.5.
    printed = re.sub(r" SQLSTATE: \w+(?=;)", "", printed)
    if doctest.OutputChecker().check_output(wanted, printed, FLAGS):
        return ""
    return f"{block}: what is printed is\n{printed}"


def check(block: Block, process, scala) -> str | None:
    """Check a block by its language; return what it printed, for a text that follows."""
    file = quoted(block) or BUILDS.get(block.language)
    if file is not None:
        same_lines(block, file)
        return None
    if block.language == "python":
        return process(reader.python, block.text)
    if block.language == "sql":
        return process(reader.sql, block.text)
    if block.language == "scala":
        answer = scala(block)
        if not answer.is_whole:
            pytest.fail(f"{block}:\n{answer.printed}")
        return answer.printed
    if block.language == "sh":
        return shell(process, block)
    if block.language == "text":
        transcript(process, block)
    else:
        pytest.fail(f"{block}: no test knows this language")
    return None


@pytest.mark.parametrize("page", blocks.PAGES)
def test_the_blocks_of_a_page(page, request):
    found = blocks.of(page)
    if all(is_elsewhere(block) for block in found):
        return  # Spark need not start
    process, scala = request.getfixturevalue("process"), request.getfixturevalue("scala")
    process(reader.open_page)
    before, printed, wrong = None, None, []
    for block in found:
        if is_elsewhere(block):
            before, printed = block, None
        elif block.language == "text" and not block.text.startswith("$ "):
            wrong.append(differs(block, before, printed))
        else:
            before, printed = block, check(block, process, scala)
    assert not any(wrong), "\n".join(filter(None, wrong))


@pytest.mark.parametrize(("place", "test"), sorted({**ELSEWHERE, **DRAWINGS}.items()))
def test_what_is_run_elsewhere_is(place, test):
    page, language = place
    source = (ROOT / "tests" / "python" / test).read_text()
    assert page.rpartition("/")[2] in source
    assert any(block.language == language for block in blocks.of(page)), f"{page}: no {language}"


def block(text: str) -> Block:
    (found,) = blocks.of_text("a page", text)
    return found


def test_a_block_that_nobody_knows_fails():
    with pytest.raises(pytest.fail.Exception, match=r"a page:1 \(yaml\): no test knows"):
        check(block("```yaml\na: 1\n```\n"), None, None)


@pytest.mark.parametrize("text", ["```sh\nls\n", "- a point:\n  ```sh\n  ls\n  ```\n"])
def test_a_block_that_would_be_passed_over_fails(text):
    with pytest.raises(AssertionError, match="a block that is indented or has no end"):
        blocks.of_text("a page", text)


def test_a_text_is_compared_with_what_was_printed():
    before, text = block("```python\n```\n"), block("```text\n1 row\n… rows\n```\n")
    assert differs(text, before, "1 row\n17 rows\n") == ""
    assert "what is printed is\n2 row" in differs(text, before, "2 row\n17 rows\n")
    with pytest.raises(AssertionError, match="follows nothing that was run"):
        differs(text, before, None)


@pytest.mark.parametrize(
    "line",
    [
        "kubectl get pods",
        "make no-such-target",
        "spark-submit --no-such-option",
        "spark-submit --class tfpredict.examples.NoSuchClass x.jar",
        "spark-submit --conf spark.tfpredict.no.such.key=1 x.jar",
        "spark-submit demo/no_such_program.py",
        "tfpredict doctor --no-such-option",
        "pip install tfpredict[no_such_extra]",
        "pip install pyspark==4.0.1",
        "./sbtw no-such-task",
    ],
)
def test_a_command_that_names_what_is_not_there_fails(line):
    with pytest.raises(AssertionError):
        command_lines.check(blocks.words(line))


def test_lines_of_another_file_are_held_against_it():
    same_lines(block("```make\n# ./Makefile\n.PHONY: help\n```\n"), "Makefile")
    with pytest.raises(AssertionError, match="is not in Makefile"):
        same_lines(block("```make\n# ./Makefile\n.PHONY: nothing\n```\n"), "Makefile")
