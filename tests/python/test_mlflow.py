"""A folder that MLflow wrote is a model's path, from Python and from the shell."""

from __future__ import annotations

import json
import shutil

import pytest
import tfpredict
from tfpredict.cli.app import app
from typer.testing import CliRunner

# As MLflow 2.20 writes it for a model of Keras 3.
MLMODEL = """artifact_path: model
flavors:
  keras:
    data: data
    keras_backend: tensorflow
    keras_version: 3.8.0
    save_exported_model: true
  python_function:
    data: data
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.keras
    python_version: 3.11.9
mlflow_version: 2.20.1
signature:
  inputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 2]}}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 1]}}]'
  params: null
"""


@pytest.fixture
def logged(models, tmp_path):
    folder = tmp_path / "logged"
    shutil.copytree(models / "versions" / "1", folder / "data" / "model")
    (folder / "MLmodel").write_text(MLMODEL)
    (folder / "requirements.txt").write_text("keras\n")
    return folder


def test_it_predicts_and_is_verified(spark, models, logged):
    model = tfpredict.register(spark, logged, "logged")
    assert model.path == str(logged / "data" / "model")
    assert model.version is None
    rows = spark.createDataFrame([([1.0, 2.0],)], "features array<float>")
    plain = tfpredict.predict(models / "versions" / "1", "features")
    both = rows.select(tfpredict.predict(logged, "features").alias("a"), plain.alias("b")).first()
    assert both.a == both.b
    assert tfpredict.inspect(logged).path == model.path
    assert tfpredict.verify(logged).agrees


def test_latest_follows_the_folder(spark, logged):
    tfpredict.register(spark, logged, "latest_logged", version="latest")
    query = "SELECT latest_logged(array(1.0, 2.0)) AS y"
    assert spark.sql(query).first().y == spark.sql(query).first().y


def test_the_shell_takes_it(logged):
    told = CliRunner().invoke(app, ["inspect", str(logged), "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["path"] == str(logged / "data" / "model")


def test_a_keras_file_in_it_says_what_to_do(spark, logged):
    shutil.rmtree(logged / "data" / "model")
    (logged / "data" / "model.keras").write_bytes(b"x")
    with pytest.raises(tfpredict.ModelNotFoundException, match="save_exported_model=True"):
        tfpredict.register(spark, logged, "kept_as_keras")
