"""What `make bench` starts still fits the jar: the systems of the JVM, on a table of few rows."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from programs import LINE, run

ROOT = Path(__file__).parents[2]
JAR = ROOT / "build" / "benchmarks" / f"tfpredict-benchmarks_{LINE.name}.jar"

SMALL = f"""
import sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, {str(ROOT / "benchmarks")!r})
from workloads import WORKLOADS
workload, root = replace(WORKLOADS[sys.argv[1]], rows=6400), Path(sys.argv[2])
"""

PREPARE = f"""{SMALL}
import prepare
workload.folder(root).mkdir()
prepare.write(workload, root)
"""

# Systems in Python are left out: their workers would start TensorFlow a dozen times.
MEASURE = f"""{SMALL}
import measure
for name in ("batch_udf", "pandas_udf"):
    del measure.SYSTEMS[name]
measure.WARM_UP, measure.REPEATS, measure.SECONDS = 0, 1, 0
measure._fastest_of = lambda system, variants: variants[0]
measure.main(workload, root, Path(sys.argv[3]))
"""


@pytest.mark.parametrize("workload", ["linear", "wide_and_deep"])
def test_the_systems_of_the_jvm_answer_as_tensorflow_does(workload, run_script, tmp_path):
    prepared = run_script(PREPARE, workload, tmp_path)
    assert prepared.returncode == 0, prepared.stderr[-3000:]
    # Answers that differ from TensorFlow's own end it with another code.
    measured = run_script(MEASURE, workload, tmp_path, JAR)
    assert measured.returncode == 0, measured.stderr[-3000:]
    systems = json.loads((tmp_path / workload / "results.json").read_text())["systems"]
    assert {"scan", "session", "sql", "row_udf"} <= set(systems)
    assert {name for name, found in systems.items() if found["difference"] is None} <= {
        "scan",
        "rdd_scan",
    }
    for found in systems.values():
        assert found["rows"] > 0
        assert min(found["seconds"]) > 0


def test_single_workloads_are_not_measured_before_all_of_them_were(tmp_path):
    script = ROOT / "benchmarks" / "run.py"
    done = run([sys.executable, script, tmp_path, JAR, "", JAR, tmp_path, "mlp"])
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "no earlier run measured digits, linear, resnet50, wide_and_deep: "
        "run make bench without WORKLOADS"
    ]
