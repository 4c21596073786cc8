"""Reads a Dockerfile, and does in a folder what it does in an image: no daemon builds one here."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

INSTRUCTIONS = {"ARG", "FROM", "RUN", "COPY", "USER", "ENV"}


@dataclass(frozen=True)
class Instruction:
    """A line of a Dockerfile, with those that continue it."""

    name: str
    text: str


def read(file: Path) -> list[Instruction]:
    """The instructions of a file, with its arguments' defaults put in; an unknown one fails."""
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    whole = re.sub(r"\\\n\s*", "", "\n".join(lines))
    found: list[Instruction] = []
    defaults: dict[str, str] = {}
    for line in filter(None, whole.splitlines()):
        name, _, text = line.partition(" ")
        assert name in INSTRUCTIONS, f"{file.name}: {line}"
        if name == "ARG":
            argument, equals, default = text.partition("=")
            assert equals, f"{file.name}: {argument} has no default"
            defaults[argument] = default
        for argument, default in defaults.items():
            text = text.replace(f"${{{argument}}}", default)
        assert "${" not in text, f"{file.name}: {line}"
        found.append(Instruction(name, text))
    return found


def arguments(file: Path) -> set[str]:
    """The names that `--build-arg` can give."""
    return {each.text.partition("=")[0] for each in read(file) if each.name == "ARG"}


def lay_out(file: Path, context: Path, image: Path, installed: dict[str, Path]) -> dict[str, str]:
    """Do in the folder `image` what the file does in an image; return the environment that it sets.

    What installs with pip is not run: `installed` has the folders of the image that it would write,
    and what is linked there in their place.
    """
    environment = {}
    for each in read(file):
        if each.name == "COPY":
            *sources, target = [w for w in shlex.split(each.text) if not w.startswith("--")]
            files = [found for source in sources for found in context.glob(source)]
            assert files or "dist/" in each.text, f"{file.name}: nothing is {sources}"
            assert len(files) <= 1 or target.endswith("/"), f"{file.name}: several to {target}"
            for found in files:
                _copy(found, _inside(image, target), target.endswith("/"))
        elif each.name == "ENV":
            name, _, value = each.text.partition("=")
            environment[name] = value.replace("/opt/", f"{image}/opt/")
        elif each.name == "RUN" and "pip3 install" in each.text:
            for folder, there in installed.items():
                _inside(image, folder).parent.mkdir(parents=True, exist_ok=True)
                _inside(image, folder).symlink_to(there)
        elif each.name == "RUN":
            moved = each.text.replace("/opt/", f"{image}/opt/")
            subprocess.run(["bash", "-ec", moved], check=True, capture_output=True)
    return environment


def _inside(image: Path, path: str) -> Path:
    return image / path.lstrip("/")


def _copy(source: Path, target: Path, is_folder: bool) -> None:
    (target if is_folder else target.parent).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target / source.name if is_folder else target)
