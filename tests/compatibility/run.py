"""Measures which models run: exports each with the current TensorFlow, replays it on the JVM.

``python tests/compatibility/run.py FOLDER DOCUMENT PYTHON`` exports all cases into the folder, with
examples, has the JVM verify them, and writes the table. The zoos' cases are exported by the other
Python, whose environment has their packages.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import exporting
import plain

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MODELS = ROOT / "tests" / "models"
# Modules with cases, by the environment that has what they import; the page has them in this order.
OURS = ("layers", "modules", "applications", "halves")
ZOOS = ("hub_texts", "hub_pictures", "hub_together", "keras2")
LAYERS = (
    *("core", "convolution", "pooling", "recurrent", "preprocessing", "normalization"),
    *("regularization", "attention", "reshaping", "merging", "activation"),
)

# Why rows that are not equal are not.
REASONS = {
    "VAE": "TensorFlow's own answer is as far (1e-5) from that of the same weights in float64",
}


def export(folder: Path, zoo: Path) -> dict[str, tuple[str, str]]:
    """Write every case as a model; return group and name by the folder's name."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    paths = {"PYTHONPATH": str(ROOT / "python" / "src")}
    for python, parts in ((sys.executable, OURS), (zoo, ZOOS)):
        command = [python, HERE / "exporting.py", folder, *parts]
        subprocess.run(command, env={**os.environ, **paths}, check=True)
    names = exporting.names(folder)
    for version in ("1.15", "2.4", "2.15"):
        for model in sorted((MODELS / "older" / version).iterdir()):
            number = f"{len(names):04d}"
            shutil.copytree(model, folder / number)
            names[number] = (f"exports of TensorFlow {version}", model.name)
    return names


def verify(folder: Path) -> tuple[dict[str, tuple], list[tuple]]:
    """Have the JVM replay all.

    Return difference, what it may be and reason by the folder's name; and of each signature what
    ``inspect`` says of it, with the signatures of the models that the tests use.
    """
    (ROOT / "target" / "tmp").mkdir(parents=True, exist_ok=True)
    folders = [folder.absolute(), *(MODELS / "made" / part for part in ("", "rules", "fuzzed"))]
    command = [ROOT / "sbtw", f"Test/runMain tfpredict.VerifyAll {' '.join(map(str, folders))}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"the replay failed: {done.stdout[-3000:]}{done.stderr[-1000:]}")
    found = re.findall(r"RESULT\t(\S+)\t(\S+)\t(\S+)\t(.*)", done.stdout)
    said = re.findall(r"SAID\t(\S+)\t(\S+)\t(.*)", done.stdout)
    return {number: tuple(result) for number, *result in found}, said


def is_right(result: tuple) -> bool:
    difference, tolerance, _ = result
    return difference != "none" and float(difference) <= float(tolerance)


def write(document: Path, names: dict, results: dict, said: list[tuple]) -> None:
    groups: dict[str, list[str]] = {}
    for number, (group, _) in names.items():
        groups.setdefault(group, []).append(number)
    of_layers = [n for n, (group, _) in names.items() if group in LAYERS]
    layers_right = sum(is_right(results[number]) for number in of_layers)
    others = len(names) - len(of_layers)
    all_right = sum(is_right(results[number]) for number in names)
    wrong = [(model, what) for model, agrees, what in said if agrees != "true"]
    for model, what in wrong:
        print(f"inspect says of {names.get(model, model)} what does not happen: {what}")
    others_right = all_right - layers_right
    summary = (
        f"Of {len(of_layers)} layers with their options {layers_right} "
        f"({layers_right / len(of_layers):.1%}) are equal; of {others} other rows {others_right} "
        f"({others_right / others:.1%}); of all {len(names)} rows {all_right}. "
        f"Of {len(said)} signatures of these and of the tests' models, `inspect` says of "
        f"{len(wrong)} what does not happen when they are registered and run."
    )
    lines = [
        "# Compatibility",
        "",
        "Written by `make compatibility`: each row was exported by TensorFlow 2.21 and Keras 3.15",
        "(or what its group says) with example rows and TensorFlow's own answers, and replayed by",
        "TensorFlow Java 1.15 through this project. The difference is the largest of all outputs:",
        "relative where the answer is over 1, and 0 or infinite for strings, integers and truths.",
        "A row is equal within 1e-5; within 1e-2 where the model computes in float16 or bfloat16.",
        "All weights are random, and models of zoos are small ones of their kind. Left out are the",
        "members of `keras.applications` with weights over 300 MB: ConvNeXtBase, ConvNeXtLarge,",
        "ConvNeXtXLarge, EfficientNetV2L and NASNetLarge.",
        "",
        summary,
        "",
    ]
    for group, numbers in groups.items():
        right = sum(is_right(results[number]) for number in numbers)
        lines += [
            f"## {group}: {right} of {len(numbers)}",
            "",
            "| | difference | |",
            "|---|---|---|",
        ]
        for number in numbers:
            difference, _, reason = results[number]
            if difference != "none" and not is_right(results[number]):
                reason = REASONS.get(names[number][1], reason)
            shown = "refused" if difference == "none" else f"{float(difference):.1g}"
            short = re.sub(r"^.*?: expected .*?, found ", "", reason).split(". Export the model")[0]
            lines.append(f"| {names[number][1]} | {shown} | {short.replace('|', chr(92) + '|')} |")
        lines.append("")
    document.write_text("\n".join(lines))
    print(summary)


def main() -> None:
    folder, document, zoo = map(Path, sys.argv[1:])
    names = export(folder, zoo)
    results, said = verify(folder)
    missing = set(names) - set(results)
    if missing:
        raise SystemExit(f"the replay ended without a word on {sorted(missing)}")
    write(document, names, results, said)
    told = plain.measured(
        folder,
        {number: name for number, (_, name) in names.items()},
        {number: float(tolerance) for number, (_, tolerance, _) in results.items()},
    )
    document.write_text(f"{document.read_text()}\n{told}")


if __name__ == "__main__":
    main()
