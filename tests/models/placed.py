"""Functions as models twice: within a library function, as exports of today have them, and in the
graph itself, as those of TensorFlow 1 had them. A rule must hold in both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf
import tfpredict
from tfpredict._exporting.served import Served
from tfpredict.examples import keep, keep_answers


@dataclass
class Case:
    """A function of rows and, where it has some, of one variable."""

    function: Callable
    rows: tuple[np.ndarray, ...]
    variable: np.ndarray | None

    def bound(self) -> Callable:
        """The function of rows alone, with its variable made here."""
        variables = () if self.variable is None else (tf.Variable(self.variable),)

        def serving(*tensors: tf.Tensor) -> dict[str, tf.Tensor]:
            found = self.function(*tensors, *variables)
            return dict(zip("xyz", found if isinstance(found, tuple) else (found,)))

        return serving

    def specs(self) -> list[tf.TensorSpec]:
        return [
            tf.TensorSpec([None, *row.shape[1:]], tf.as_dtype(row.dtype.type), name=name)
            for name, row in zip("abc", self.rows)
        ]

    def example(self) -> dict[str, np.ndarray]:
        return dict(zip("abc", self.rows))


def case(function: Callable, *rows: np.ndarray, variable: np.ndarray | None = None) -> Case:
    return Case(function, rows, variable)


def export(cases: dict[str, Case], path: Path) -> None:
    """Write ``path`` and ``path_in_graph``, with a signature and examples for each case."""
    in_functions(cases, path)
    in_graph(cases, path.with_name(f"{path.name}_in_graph"))


def in_functions(cases: dict[str, Case], path: Path) -> None:
    module = tf.Module()
    module.serving = {
        name: tf.function(one.bound(), input_signature=one.specs()) for name, one in cases.items()
    }
    module.used = [
        variable
        for function in module.serving.values()
        for variable in function.get_concrete_function().graph.variables
    ]
    examples = {name: one.example() for name, one in cases.items()}
    tfpredict.export(
        module,
        path,
        signatures=module.serving,
        examples=examples if len(cases) > 1 else next(iter(examples.values())),
    )


def in_graph(cases: dict[str, Case], path: Path) -> None:
    folder = path / "1"
    _written(cases, folder, None)
    examples = {name: one.example() for name, one in cases.items()}
    keep(folder, examples if len(cases) > 1 else next(iter(examples.values())))


def as_of(producer: int, cases: dict[str, Case], path: Path) -> None:
    """Write ``path`` with ops that no function of today has, as a version of graphs had them."""
    folder = path / "1"
    answers = _written(cases, folder, producer)
    rows = {
        name: {key: tf.constant(row) for key, row in one.example().items()}
        for name, one in cases.items()
    }
    served = {
        name: Served({}, None, {}, lambda _, found=found: _constants(found))
        for name, found in answers.items()
    }
    keep_answers(folder, served, rows)


def _constants(found: dict[str, np.ndarray]) -> dict[str, tf.Tensor]:
    return {name: tf.constant(value) for name, value in found.items()}


def _written(cases: dict[str, Case], folder: Path, producer: int | None) -> dict[str, dict]:
    """Write the cases' graph; give its answers where it is of another version than today's."""
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        if producer is not None:
            # A graph is of the version of the oldest that came into it.
            tf.import_graph_def(v1.GraphDef(versions={"producer": producer}))
        tf.Variable(0.0, name="unused")  # a model of no variables leaves an empty folder for them
        signatures, fetches, feeds = {}, {}, {}
        for name, one in cases.items():
            with tf.name_scope(name):
                inputs = {spec.name: v1.placeholder(spec.dtype, spec.shape) for spec in one.specs()}
                outputs = one.bound()(*inputs.values())
            signatures[name] = v1.saved_model.predict_signature_def(inputs, outputs)
            fetches[name] = outputs
            feeds.update((inputs[key], row) for key, row in one.example().items())
        session.run(v1.global_variables_initializer())
        builder = v1.saved_model.Builder(str(folder))
        builder.add_meta_graph_and_variables(session, ["serve"], signatures)
        builder.save()
        return {} if producer is None else session.run(fetches, feeds)
