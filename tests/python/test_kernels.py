"""The kept lists of kernels are the runtime's own."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest
from tfpredict.session import jar_path

ROOT = Path(__file__).parents[2]
RESOURCES = ROOT / "scala/src/main/resources/tfpredict"


@pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"),
    reason="the native libraries are read by a program of their own platform",
)
@pytest.mark.parametrize("name", ["kernels", "xla_kernels"])
def test_the_list_of_kernels_is_the_runtimes(name):
    script = ROOT / f"scripts/{name}.py"
    printed = subprocess.run(
        [sys.executable, script, jar_path()], check=True, capture_output=True, text=True
    ).stdout
    kept = RESOURCES / f"{name.replace('_', '-')}-1.15.0.txt"
    assert printed == kept.read_text()
    # As the runtime says when it lacks one.
    lines = dict(line.split("\t") for line in printed.splitlines())
    if name == "kernels":
        assert "T=bool,out_idx=int32" in lines["Unique"].split()
    assert "CudnnRNN" not in lines
