"""An option of a model is declared once, in Scala, and each way to a model has it."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
import tfpredict
from pyspark.ml.param import Param
from tfpredict.cli.predict import command
from tfpredict.ml import SavedModelTransformer

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def declared(spark):
    options = spark._jvm.tfpredict.python.PythonApi.modelOptions()
    return {option["name"]: dict(option) for option in options}


def snake(name: str) -> str:
    return re.sub("([A-Z])", lambda found: "_" + found.group(1).lower(), name)


def word(value: object) -> str:
    """A default, as settings write it."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def keywords(function) -> dict[str, str]:
    parameters = inspect.signature(function).parameters.values()
    return {p.name: word(p.default) for p in parameters if p.kind is p.KEYWORD_ONLY}


def test_register_has_each_option_with_its_default(declared):
    expected = {snake(name): option["default"] for name, option in declared.items()}
    assert keywords(tfpredict.register) == expected


def of_calls(declared) -> dict[str, dict]:
    return {name: option for name, option in declared.items() if not option["of_name"]}


def test_predict_has_each_that_is_not_of_a_name(declared):
    expected = {snake(name): option["default"] for name, option in of_calls(declared).items()}
    assert keywords(tfpredict.predict) == expected
    assert set(of_calls(declared)) == set(declared) - {"replace"}


def test_the_stage_has_a_param_of_each_in_both_languages(declared, spark):
    stage = SavedModelTransformer()
    python = {p.name: p.doc for p in stage.params}
    scala = {p.name(): p.doc() for p in stage._java_obj.params()}
    for name, option in of_calls(declared).items():
        assert python[name] == scala[name] == option["doc"], name
        param: Param = getattr(stage, name)
        default = stage.getOrDefault(param) if stage.hasDefault(param) else None
        assert word(default) == option["default"], name
        capital = name[0].upper() + name[1:]
        assert hasattr(stage, f"set{capital}"), name
        assert hasattr(stage, f"get{capital}"), name
        assert name in inspect.signature(SavedModelTransformer).parameters


def test_the_shell_has_a_flag_of_each(declared):
    flags = inspect.signature(command).parameters
    for name, option in of_calls(declared).items():
        default = flags[snake(name)].default
        assert word(getattr(default, "value", default)) == option["default"], name


def test_the_documents_have_each(declared):
    settings = (DOCS / "sql.md").read_text()
    stage = (DOCS / "ml.md").read_text()
    for name, option in declared.items():
        default = f"`{option['default']}`" if option["default"] else ""
        assert f"| `….{name}` | {default} | {option['doc']} |" in settings, name
        if not option["of_name"]:
            assert f"| `{name}` |" in stage, name


def test_a_value_that_is_none_is_told_by_its_option(spark, models):
    api = spark._jvm.tfpredict.python.PythonApi
    for name, value, expected in [
        ("version", "newest", "a number or latest for version. Found: newest"),
        ("onError", "skip", "one of fail, null, struct for onError. Found: skip"),
        ("batchSize", 0, "at least 1 for batchSize. Found: 0"),
        ("modelVersion", "maybe", "true or false for modelVersion. Found: maybe"),
        ("batch", 8, "an option of a model: batchSize, modelVersion.* Found: batch."),
    ]:
        given = spark._jvm.java.util.HashMap()
        given.put(name, value)
        with pytest.raises(Exception, match=expected):
            api.register(spark._jsparkSession, str(models / "linear"), "odd", given)
