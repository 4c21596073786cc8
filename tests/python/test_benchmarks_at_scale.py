"""What `make bench-scale` starts still fits the jar, and its page computes what it says."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from programs import LINE

ROOT = Path(__file__).parents[2]
JAR = ROOT / "build" / "benchmarks" / f"tfpredict-benchmarks_{LINE.name}.jar"

BENCHMARKS = {"scale", *(path.stem for path in (ROOT / "benchmarks").iterdir())}

SMALL = f"""
import sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, {str(ROOT / "benchmarks")!r})
from scale import plan
name, root = sys.argv[1], Path(sys.argv[2])
plan.WORKLOADS = {{name: replace(plan.WORKLOADS[name], rows=64 * 1024)}}
"""

# The converter to ONNX is not in the tests' environment.
TABLES = f"""{SMALL}
plan.WIDTHS, plan.MODELS = (2,), (1,)
from scale import tables
tables._onnx = lambda folder, file: None
tables.main(root)
"""

# An answer that differs from TensorFlow's ends it with another code.
MEASURE = f"""{SMALL}
plan.REPEATS, plan.SECONDS = 1, 0.0
from scale import one
for system in sys.argv[4:]:
    one.main(system, name, root, sys.argv[3], root / "turns.json")
"""


@pytest.mark.parametrize(
    ("workload", "systems"),
    [
        ("linear", ["scan", "bare", "bare_table", "sql", "sql_alone", "rdd", "tf_java", "row_udf"]),
        ("wide_and_deep", ["bare", "bare_table", "sql"]),
    ],
)
def test_the_systems_of_the_jvm_answer_as_tensorflow_does(workload, systems, run_script, tmp_path):
    made = run_script(TABLES, workload, tmp_path)
    assert made.returncode == 0, made.stderr[-3000:]
    measured = run_script(MEASURE, workload, tmp_path, JAR, *systems)
    assert measured.returncode == 0, measured.stderr[-3000:]
    turns = json.loads((tmp_path / "turns.json").read_text())
    assert [turn["system"] for turn in turns] == systems
    for turn in turns:
        assert (turn["difference"] is None) == (turn["system"] == "scan")
        assert turn["rows"] > 0
        assert min(turn["seconds"]) > 0


@pytest.fixture
def scale(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    yield
    for name in [name for name in sys.modules if name.split(".")[0] in BENCHMARKS]:
        del sys.modules[name]


def test_the_limits_are_computed_from_the_median_rates(scale):
    from scale.limits import limits

    def rates(**medians):
        return {system: {"median": median} for system, median in medians.items()}

    found = limits(
        {
            "mlp": rates(scan=4.0, bare=4.0, bare_table=2.0, sql=1.0, sql_alone=2.0, rdd=1.0),
            "wide_and_deep": rates(scan=2.0, bare=2.0, bare_table=1.0, sql=1.0, sql_alone=1.0),
        }
    )
    assert [(target.title.split(",")[0], target.found, target.is_reached) for target in found] == [
        ("mlp: SQL's time", 2.0, False),
        ("mlp: SQL's time", pytest.approx(4 / 3), False),
        ("wide_and_deep: SQL's time", 1.0, True),
        ("wide_and_deep: SQL's time", pytest.approx(2 / 3), True),
        ("mlp: SQL's time with the other columns kept", 2.0, False),
        ("wide_and_deep: SQL's time with the other columns kept", 1.0, True),
        ("mlp: the RDD's time", 2.0, False),
    ]


def test_the_page_has_each_system_with_its_median_and_its_best(scale, tmp_path):
    from scale import report
    from scale.plan import WORKLOADS
    from scale.report import main

    root, docs = tmp_path / "scale", tmp_path / "docs"
    seconds = {"scan": 1.0, "bare": 1.0, "bare_table": 1.5, "sql": 4.0, "sql_alone": 3.0}
    seconds |= {"rdd": 4.0, "onnx": 8.0}
    for name, workload in WORKLOADS.items():
        (root / name).mkdir(parents=True)
        turns = [
            {
                "system": system,
                "files": 32,
                "rows": workload.rows,
                "difference": 0.0,
                "seconds": [took, took * 2, took],
            }
            for system, took in seconds.items()
            if name != "wide_and_deep" or system not in ("rdd", "onnx")
        ]
        (root / name / "turns.json").write_text(json.dumps(turns))
        (root / name / "failed.json").write_text(json.dumps({"djl": "a\nlast line"}))
    points = [
        {"kind": kind, "at": at, "rows": 1000, "seconds": [1.0, 3.0, 2.0]}
        for kind in report.GROWN
        for at in (1, 2)
    ]
    (root / "growth.json").write_text(json.dumps(points))
    (root / "machine.json").write_text(json.dumps({"processor": "some"}))
    docs.mkdir()
    main(root, docs)

    page = (docs / "benchmarks-at-scale.md").read_text()
    assert "| tfpredict, SQL | 2,500,000 | 2,500,000 | 1.00 | 4.0 | all | 0e+00 |" in page
    assert "| ONNX Runtime by hand, batches | 1,250,000 | 1,250,000 | 2.00 | 8.0 | all |" in page
    assert "DJL by hand, batches did not run here: `last line`" in page
    floor = "mlp: SQL's time, over the scan's and the bare Session's on"
    assert f"| {floor} one batch together | 2.00 |" in page
    assert f"| {floor} 100 batches together | 1.60 |" in page
    assert "| 2 | 1,000 | 2.00 | 500 |" in page
    assert "processor | some" in page
    for chart in ("speeds-at-scale.svg", "growth.svg"):
        assert "</svg>" in (docs / "images" / chart).read_text()
