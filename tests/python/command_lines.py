"""What of a command line can be checked where it cannot be run: that all it names is there."""

from __future__ import annotations

import functools
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import tfpredict
from blocks import ROOT
from tfpredict._versions import LINES
from tfpredict.session import any_jar

SPARK = ("spark-submit", "spark-shell", "spark-sql")
_CLUSTER = re.compile(r"^(yarn|hdfs://|s3a://|gs://|spark://|k8s://)")

TESTED = {f"pyspark=={line.pyspark}" for line in LINES}


def needs_cluster(words: list[str]) -> bool:
    """Whether a command names what no single machine has."""
    return any(_CLUSTER.match(word) for word in words)


def check(words: list[str]) -> None:
    """Check a command that is not run; one of a kind that nobody knows fails."""
    name = Path(words[0]).name
    if name in SPARK:
        _spark(words)
    elif name == "tfpredict":
        _tfpredict(words)
    elif name == "make":
        _make(words)
    elif name == "sbtw":
        _sbtw(words)
    elif name == "pip" or words[1:3] == ["-m", "pip"]:
        _pip(words)
    else:
        raise AssertionError(f"nobody knows how to check {' '.join(words)}")


def setting_names() -> set[str]:
    """The names of all settings."""
    source = (ROOT / "scala/src/main/scala/tfpredict/Settings.scala").read_text()
    return set(re.findall(r'"(spark\.tfpredict\.[\w.]+)"', source))


def is_setting(name: str) -> bool:
    """Whether it is one of Spark's own, or one of the package's."""
    if not name.startswith("spark.tfpredict."):
        return name.startswith("spark.")
    named = re.fullmatch(
        r"spark\.tfpredict\.models\.\w+(\.(version|signature|onError|replace))?", name
    )
    return name in setting_names() or named is not None


@functools.cache
def _options_of(name: str) -> set[str]:
    """The options that a command's help tells."""
    told = subprocess.run(
        [Path(sys.executable).parent / name, "--help"], capture_output=True, text=True, check=False
    )
    return set(re.findall(r"--[a-z][\w-]*", told.stdout + told.stderr))


def _spark(words: list[str]) -> None:
    # One help for all of them: each starts a JVM.
    options = _options_of("spark-submit") | {"-e", "-f", "-i", "-I"}
    for place, word in enumerate(words):
        if word.startswith("-"):
            assert word in options, f"{words[0]} has no {word}"
        value = words[place + 1] if place + 1 < len(words) else ""
        if word == "--class":
            own = [ROOT / each for each in words if re.fullmatch(r"build/[\w./-]+\.jar", each)]
            with zipfile.ZipFile(*own or [any_jar()]) as jar:
                assert f"{value.replace('.', '/')}.class" in jar.namelist(), value
        if word == "--conf":
            name, equals, _ = value.partition("=")
            assert equals, f"--conf {value}"
            assert is_setting(name), f"there is no setting {name}"
        if re.fullmatch(r"[\w.-]+/[\w./-]+\.(py|sql)", word):
            assert (ROOT / word).is_file(), word


def _tfpredict(words: list[str]) -> None:
    from tfpredict.cli.app import app
    from typer.main import get_command

    command = get_command(app).commands[words[1]]  # type: ignore[attr-defined]
    options = {name for parameter in command.params for name in parameter.opts}
    for word in words[2:]:
        if word.startswith("-"):
            assert word in options, f"tfpredict {words[1]} has no {word}"


def _make(words: list[str]) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in words[1:]:
        assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE), target


def _sbtw(words: list[str]) -> None:
    files = [ROOT / "build.sbt", *(ROOT / "project").glob("*.scala")]
    build = "".join(file.read_text() for file in files)
    used = build + "".join((ROOT / name).read_text() for name in ("Makefile", "scripts/consumer"))
    for word in words[1:]:
        if word.startswith("-D"):
            assert f'"{word[2:].partition("=")[0]}"' in build, word
        else:
            assert word.rpartition("/")[2] in used, word


def _pip(words: list[str]) -> None:
    project = (ROOT / "python/pyproject.toml").read_text()
    for word in words[words.index("install") + 1 :]:
        name, _, extras = word.rstrip("]").partition("[")
        for extra in filter(None, extras.split(",")):
            assert re.search(rf"^{extra} = \[", project, re.MULTILINE), word
        if "==" in word:
            is_tested = f'"{word}"' in project or word in TESTED
            assert is_tested, f"{word} is not the version that is tested"
        elif not word.startswith("-"):
            wheel = rf"(dist/)?tfpredict-(\*|{re.escape(tfpredict.__version__)})[\w.*-]*\.whl"
            assert name == "tfpredict" or re.fullmatch(wheel, name), word
