"""Every public function and class has an example in its docstring, and every example is run."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil

import pytest
import tfpredict

MODULES = sorted(module.name for module in pkgutil.walk_packages(tfpredict.__path__, "tfpredict."))


def is_private(name: str) -> bool:
    return any(part.startswith("_") for part in name.split("."))


PUBLIC = [name for name in MODULES if not is_private(name)]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


def public_definitions(name: str):
    module = importlib.import_module(name)
    for attribute, value in vars(module).items():
        is_definition = inspect.isfunction(value) or inspect.isclass(value)
        if is_definition and value.__module__ == name and not attribute.startswith("_"):
            yield f"{name}.{attribute}", value


# Exceptions have one example, at their common parent.
DEFINITIONS = [
    pytest.param(value, id=place)
    for name in MODULES
    for place, value in public_definitions(name)
    if not (inspect.isclass(value) and issubclass(value, tfpredict.TfpredictException))
    or value is tfpredict.TfpredictException
]


def test_modules_are_found():
    assert {"tfpredict.export", "tfpredict.functions", "tfpredict.training.linear"} <= set(PUBLIC)


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_example(definition, spark, models, tmp_path):
    module = importlib.import_module(definition.__module__)
    names = {**vars(module), "tmp_path": tmp_path, "linear_model": models / "linear"}
    test = doctest.DocTestParser().get_doctest(
        inspect.getdoc(definition) or "", names, definition.__qualname__, module.__file__, None
    )
    has_one = test.examples or is_private(definition.__module__)
    assert has_one, f"{definition.__qualname__} has no example"
    report: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append)
    assert not report, "".join(report)


def test_what_the_package_exports_is_documented():
    for name in tfpredict.__all__:
        if name != "__version__":
            assert inspect.getdoc(getattr(tfpredict, name)), name
