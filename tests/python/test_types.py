"""What a type checker sees of the package in a program that uses it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import tfpredict

ROOT = Path(__file__).parents[2]

CONSUMER = """
from __future__ import annotations

import tfpredict
from pyspark.sql import Column, DataFrame, SparkSession

spark = tfpredict.configure(SparkSession.builder).getOrCreate()
model: tfpredict.RegisteredModel = tfpredict.register(spark, "m", on_error="struct", version=1)
names: list[str] = [column.name for column in model.inputs]
column: Column = tfpredict.predict("m", "features", outputs=["y"])
table: DataFrame = spark.range(1).transform(tfpredict.with_predictions("m", "id", output="y"))
info: tfpredict.ModelInfo = tfpredict.inspect("m")
runs: bool = all(signature.runs for signature in info.signatures)
report: tfpredict.VerifyReport = tfpredict.verify("m", version=2)
agrees: bool = report.agrees
folder: str = tfpredict.export(object(), "m")
file: str = tfpredict.export_file("net.keras", "m")
adapted: tfpredict.AdaptReport = tfpredict.adapt("m", "out")
well: bool = tfpredict.doctor(spark).is_well
settings: tuple[tfpredict.SettingReport, ...] = tfpredict.doctor(spark).settings
loads: list[tfpredict.ExecutorLoads] = tfpredict.executor_loads(spark)
stage = tfpredict.ml.SavedModelTransformer(modelPath="m", inputCols=["features"])
scored: DataFrame = stage.transform(table)
try:
    tfpredict.refresh(spark)
except tfpredict.ModelNotFoundException as missing:
    print(str(missing))
tfpredict.unregister(spark, "f")
some: list[tfpredict.RegisteredModel] = tfpredict.registered(spark)
"""

WRONG = {
    'tfpredict.register(spark, "m", on_error="skip")': "on_error",
    'tfpredict.register(spark, "m", batch_size="8")': "batch_size",
    'tfpredict.predict("m", 1.5)': "predict",
    'tfpredict.with_predictions("m", "x", output=3)': "output",
    "tfpredict.no_such_name": "no_such_name",
    'tfpredict.inspect("m").no_such_field': "no_such_field",
}


def checked(folder: Path, source: str) -> subprocess.CompletedProcess:
    """Run mypy over a program, in a folder without any set-up of its own."""
    (folder / "consumer.py").write_text(source)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "consumer.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_every_public_name_has_its_type(tmp_path):
    names = "".join(f"\n_{n} = tfpredict.{n}" for n in tfpredict.__all__ if n != "__version__")
    done = checked(tmp_path, CONSUMER + names)
    assert done.returncode == 0, done.stdout
    assert (Path(tfpredict.__file__).parent / "py.typed").is_file()


def test_wrong_uses_are_seen(tmp_path):
    head = CONSUMER.partition("model: ")[0]
    lines = "\n".join(WRONG)
    done = checked(tmp_path, head + lines)
    first = head.count("\n") + 1
    for line, (use, word) in enumerate(WRONG.items(), first):
        told = [each for each in done.stdout.splitlines() if f"consumer.py:{line}:" in each]
        assert any(word in each or "arg-type" in each for each in told), f"{use}: {done.stdout}"


@pytest.mark.parametrize("name", ["ml", *tfpredict.__all__])
def test_a_name_that_is_told_is_there(name):
    assert getattr(tfpredict, name) is not None
    assert name in dir(tfpredict) or name == "ml"
