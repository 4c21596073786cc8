"""The kept list of kernels is the runtime's own."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest
import tfpredict

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "engines/tensorflow1/src/main/resources/tfpredict/kernels-1.15.0.txt"


@pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"),
    reason="the native libraries are read by a program of their own platform",
)
def test_the_list_of_kernels_is_the_runtimes():
    script = ROOT / "scripts/kernels.py"
    printed = subprocess.run(
        [
            sys.executable,
            script,
            Path(tfpredict.__file__).parent / f"jars/tfpredict-natives-{tfpredict.__version__}.jar",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert printed == KEPT.read_text()
    # As the runtime says when it lacks one.
    lines = dict(line.split("\t") for line in printed.splitlines())
    assert "T=bool,out_idx=int32" in lines["Unique"].split()
    assert "CudnnRNN" not in lines
