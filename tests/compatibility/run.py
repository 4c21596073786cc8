"""Measures which models run: exports each with the current TensorFlow, replays it on the JVM.

``python tests/compatibility/run.py FOLDER DOCUMENT`` exports all cases into the folder, with
examples, has the JVM verify them, and writes the table. An export that fails ends the run: it is
this file's mistake.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
GOAL = 1e-5


def export(folder: Path) -> dict[str, tuple[str, str]]:
    """Write every case as a model; return group and name by the folder's name."""
    import keras
    import tfpredict

    import applications
    import layers
    import modules

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    names = {}
    for part in (layers, modules, applications):
        for group, name, build, rows in part.cases():
            number = f"{len(names):04d}"
            keras.utils.set_random_seed(len(names))
            try:
                tfpredict.export(build(), folder / number, examples=rows)
            except Exception as failed:
                raise SystemExit(f"cannot export {group}: {name}: {failed}") from failed
            names[number] = (group, name)
            print(f"\r{len(names)} exported", end="", file=sys.stderr)
    print(file=sys.stderr)
    (folder / "names.json").write_text(json.dumps(names))
    return names


def verify(folder: Path) -> dict[str, tuple[str, str]]:
    """Have the JVM replay all; return difference and reason by the folder's name."""
    (ROOT / "target" / "tmp").mkdir(parents=True, exist_ok=True)
    command = [ROOT / "sbtw", f"Test/runMain tfpredict.VerifyAll {folder.absolute()}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"the replay failed: {done.stdout[-3000:]}{done.stderr[-1000:]}")
    found = re.findall(r"RESULT\t(\S+)\t(\S+)\t(.*)", done.stdout)
    return {number: (difference, reason) for number, difference, reason in found}


def is_right(difference: str) -> bool:
    return difference != "none" and float(difference) <= GOAL


def write(document: Path, names: dict, results: dict) -> None:
    groups: dict[str, list[str]] = {}
    for number, (group, _) in names.items():
        groups.setdefault(group, []).append(number)
    of_layers = [n for n, (group, _) in names.items() if group not in ("tf.Module", "applications")]
    layers_right = sum(is_right(results[number][0]) for number in of_layers)
    all_right = sum(is_right(results[number][0]) for number in names)
    summary = (
        f"Of {len(of_layers)} layers with their options {layers_right} "
        f"({layers_right / len(of_layers):.1%}) are equal within {GOAL:g}; "
        f"of all {len(names)} rows {all_right}."
    )
    lines = [
        "# Compatibility",
        "",
        "Written by `make compatibility`: each row was exported by TensorFlow 2.21 and Keras 3.15",
        "with example rows and TensorFlow's own answers, and replayed by TensorFlow Java 1.15",
        "through this project. The difference is the largest of all outputs: relative where the",
        "answer is over 1, and 0 or infinite for strings, integers and booleans.",
        "",
        summary,
        "",
    ]
    for group, numbers in groups.items():
        right = sum(is_right(results[number][0]) for number in numbers)
        lines += [
            f"## {group}: {right} of {len(numbers)}",
            "",
            "| | difference | |",
            "|---|---|---|",
        ]
        for number in numbers:
            difference, reason = results[number]
            shown = "refused" if difference == "none" else f"{float(difference):.1g}"
            short = re.sub(r"^.*?: expected .*?, found ", "", reason).split(". Export the model")[0]
            lines.append(f"| {names[number][1]} | {shown} | {short.replace('|', chr(92) + '|')} |")
        lines.append("")
    document.write_text("\n".join(lines))
    print(summary)


def main() -> None:
    folder, document = Path(sys.argv[1]), Path(sys.argv[2])
    names = export(folder)
    results = verify(folder)
    missing = set(names) - set(results)
    if missing:
        raise SystemExit(f"the replay ended without a word on {sorted(missing)}")
    write(document, names, results)


if __name__ == "__main__":
    main()
