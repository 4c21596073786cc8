"""Has plain TensorFlow Java 1.15 open adapted models: a JVM without this project's classes.

``python tests/compatibility/plain.py FOLDER`` adapts all models of a folder and prints what comes
of each. ``build/byhand`` has the jars, which `make build/byhand/byhand.jar` puts there.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM, LINEAR = (Path(__file__).with_name(f"{name}.java") for name in ("Plain", "Linear"))
STAGE = ROOT / "build" / "byhand"
# What native code does to one model must not cost the others.
AT_ONCE = 40
GOAL = 1e-5
SECONDS = 1200


def class_path() -> str:
    """TensorFlow Java's jars and those of its protocol buffers, and nothing else."""
    jars = sorted(STAGE.glob("lib/*.jar")) + sorted(STAGE.glob("proto/*.jar"))
    if len(jars) != 5:
        raise SystemExit(f"expected five jars in {STAGE}, found {len(jars)}: make {STAGE}")
    return ":".join(map(str, jars))


def run(folders: Iterable[Path]) -> dict[Path, tuple[int, str, str]]:
    """Load models and run the examples that are kept with them.

    Returns
    -------
    dict of Path to tuple
        For each model how many outputs were compared, the largest difference or ``none``, and why
        there is none.
    """
    waiting = list(folders)
    found = {}
    while waiting:
        part = waiting[:AT_ONCE]
        done = subprocess.run(
            ["java", "-cp", class_path(), PROGRAM, *part],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        # Each answer is a line; the first model without one is what the JVM ended at.
        pattern = r"^RESULT\t(.*?)\t(\d+)\t(\S+)\t(.*)$"
        told = re.findall(pattern, done.stdout, re.MULTILINE)
        for folder, outputs, difference, reason in told:
            found[Path(folder)] = (int(outputs), difference, reason)
        if len(told) < len(part):
            words = done.stderr.strip().splitlines()[-1:]
            found[part[len(told)]] = (0, "none", f"the JVM ended with {done.returncode}: {words}")
        waiting = waiting[len(told) + (len(told) < len(part)) :]
    return found


def adapt(models: Path, target: Path) -> dict[str, str]:
    """Adapt all models of a folder into another; return why not, by their names."""
    shutil.rmtree(target, ignore_errors=True)
    (ROOT / "target" / "tmp").mkdir(parents=True, exist_ok=True)
    task = f"Test/runMain tfpredict.AdaptAll {models.absolute()} {target.absolute()}"
    done = subprocess.run([ROOT / "sbtw", task], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"adapting failed: {done.stdout[-3000:]}{done.stderr[-1000:]}")
    return dict(re.findall(r"ADAPTED\t(.*?)\t.*?\t(.*)", done.stdout))


def section(
    names: Mapping[str, str],
    refused: Mapping[str, str],
    found: Mapping[str, tuple[int, str, str]],
    allowed: Mapping[str, float],
) -> str:
    """Return the part of the page on compatibility that tells of plain programs.

    Parameters
    ----------
    names : mapping of str to str
        What each model is, by its folder's name.
    refused : mapping of str to str
        What `adapt` returned.
    found : mapping of str to tuple
        What `run` did, by the folder's name.
    allowed : mapping of str to float
        What a model may differ by, where it is not 1e-5.
    """
    apart = {
        name: difference
        for name, (_, difference, _) in found.items()
        if difference == "none" or float(difference) > allowed.get(name, GOAL)
    }
    lines = [
        "## Plain TensorFlow Java 1.15",
        "",
        f"Of these {len(names)} models `tfpredict adapt` wrote {len(found)}. A program that has",
        'TensorFlow\'s jars alone opened them by `SavedModelBundle.load(folder, "serve")` and ran',
        f"their examples: {len(found) - len(apart)} answered as TensorFlow does, within the same.",
    ]
    others = [
        (names[name], "not written", reason)
        for name, reason in refused.items()
        if name not in found
    ]
    others += [(names[name], shown, found[name][2]) for name, shown in apart.items()]
    if others:
        lines += ["", "| | difference | |", "|---|---|---|"]
    for name, shown, reason in others:
        short = re.sub(r"^.*?: expected .*?, found ", "", reason).split(". Export the model")[0]
        text = shown if shown in ("none", "not written") else f"{float(shown):.1g}"
        lines.append(f"| {name} | {text} | {short.replace('|', chr(92) + '|')} |")
    return "\n".join([*lines, ""])


def measured(models: Path, names: Mapping[str, str], allowed: Mapping[str, float]) -> str:
    """Adapt models, run them, and return the section; parameters are as there."""
    target = models.with_name(f"{models.name}-adapted")
    refused = adapt(models, target)
    written = [target / name for name in names if (target / name).is_dir()]
    found = {folder.name: told for folder, told in run(written).items()}
    shutil.rmtree(target)
    return section(names, refused, found, allowed)


if __name__ == "__main__":
    place = Path(sys.argv[1])
    print(
        measured(place, {entry.name: entry.name for entry in place.iterdir() if entry.is_dir()}, {})
    )
