"""Random models, written in several ways, and answered by TensorFlow a row at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import formulas
from formulas import DTYPES, Tensor


@dataclass(frozen=True)
class Model:
    """A program with names for its tensors; each version of it answers otherwise."""

    name: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    formulas: tuple[str, ...]
    weights: tuple[float, ...]
    batch: int | None = None  # of its signature
    refuses: bool = False  # a row whose first input's numbers add up to 12 or more
    style: str = "module"  # or "graph", as TensorFlow 1 writes them, or "saved"
    one_row: bool = False  # its outputs' first dimension is 1, its inputs' is open

    def describe(self) -> str:
        lines = [f"{self.name} ({self.style}, batch of {self.batch or 'any'}, w = {self.weights}):"]
        lines += [f"    input {tensor.describe()}" for tensor in self.inputs]
        pairs = zip(self.outputs, self.formulas, strict=True)
        lines += [f"    output {tensor.describe()} = {formula}" for tensor, formula in pairs]
        if self.one_row:
            lines.append("    outputs are ensured to be [1, ...]")
        if self.refuses:
            lines.append(f"    asserts number({self.inputs[0].name}) < 12")
        return "\n".join(lines)


def random_model(rng: Random, name: str, inputs: tuple[Tensor, ...] | None = None) -> Model:
    inputs = inputs or formulas.random_inputs(rng)
    count = rng.choice((1, 1, 1, 2, 3))
    made = [
        formulas.random_output(rng, name, inputs)
        for name in sorted(rng.sample(("label", "out", "score", "y", "z"), count))
    ]
    style = rng.choice(("module", "module", "saved", "graph"))
    if style == "graph" and rng.random() < 0.4:
        # An output that is an input itself.
        alike = rng.choice(inputs)
        made.append((Tensor("zecho", alike.base, alike.shape), alike.name))
    batch = rng.choice((None,) * 8 + (1, 3))
    number = inputs[0].base not in ("STRING", "BOOLEAN")
    return Model(
        name=name,
        inputs=inputs,
        outputs=tuple(tensor for tensor, _ in made),
        formulas=tuple(formula for _, formula in made),
        weights=tuple(float(rng.choice((1, 2, 3, 5, -1, 0.5))) for _ in range(3)),
        batch=batch,
        one_row=batch is None and style != "graph" and rng.random() < 0.06,
        refuses=number and style != "graph" and rng.random() < 0.2,
        style=style,
    )


def export(model: Model, folder: Path, version: int) -> Path:
    """Write a version of it, whole."""
    import tensorflow as tf
    import tfpredict

    def compute(weights: Any, *given: Any) -> dict[str, Any]:
        words = formulas.scope(tf, weights, version)
        words.update({i.name: t for i, t in zip(model.inputs, given, strict=True)})
        checks = []
        if model.refuses:
            number = words["number"](given[0])
            checks = [tf.debugging.assert_less(number, tf.constant(12.0, tf.float64))]
        with tf.control_dependencies([check for check in checks if check is not None]):
            found = {}
            for output, formula in zip(model.outputs, model.formulas, strict=True):
                tensor = eval(formula, words)
                if model.one_row:
                    tensor = tf.ensure_shape(tensor, [1, *tensor.shape[1:]])
                # Where there is an assertion, the identity waits for it.
                found[output.name] = tensor if model.style == "graph" else tf.identity(tensor)
            return found

    target = folder / str(version)
    if model.style == "graph":
        _export_graph(model, target, compute)
        return target
    module = tf.Module()
    module.w = tf.Variable(model.weights, dtype=tf.float64)
    specs = [
        tf.TensorSpec([model.batch, *i.shape], DTYPES[i.base], name=i.name) for i in model.inputs
    ]
    module.f = tf.function(lambda *given: compute(module.w, *given), input_signature=specs)
    if model.style == "module":
        tfpredict.export(module, folder, version, signatures=module.f)
    else:
        tf.saved_model.save(module, str(target), signatures=module.f)
    return target


def _export_graph(model: Model, target: Path, compute: Any) -> None:
    import tensorflow as tf

    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        given = [
            v1.placeholder(DTYPES[i.base], [model.batch, *i.shape], i.name) for i in model.inputs
        ]
        weights = v1.get_variable("w", initializer=tf.constant(model.weights, tf.float64))
        results = compute(weights, *given)
        session.run(v1.global_variables_initializer())
        inputs = {i.name: tensor for i, tensor in zip(model.inputs, given, strict=True)}
        v1.saved_model.simple_save(session, str(target), inputs, results)


class Refused(Exception):
    """TensorFlow itself takes no such row."""


class Answers:
    """TensorFlow's answers in Python, for one row at a time, from what was exported."""

    def __init__(self) -> None:
        self._loaded: dict[Path, Any] = {}
        self._known: dict[Any, Any] = {}
        self.asked = 0

    def __call__(self, model: Model, version: Path, row: list) -> dict[str, Any]:
        key = (version, repr(row))  # in which both zeros, 1 and true are told apart
        if key not in self._known:
            self._known[key] = self._answer(model, version, row)
        if isinstance(self._known[key], str):
            raise Refused(self._known[key])
        return self._known[key]

    def _answer(self, model: Model, version: Path, row: list) -> Any:
        import numpy as np
        import tensorflow as tf

        self.asked += 1
        if version not in self._loaded:
            loaded = tf.saved_model.load(str(version))
            self._loaded[version] = (loaded, loaded.signatures["serving_default"])
        rows = model.batch or 1
        fed = {}
        for tensor, value in zip(model.inputs, row, strict=True):
            if tensor.base == "STRING":
                array = np.array(value, dtype=object)
            else:
                array = np.array(value, dtype=DTYPES[tensor.base])
            if None not in tensor.shape:
                array = array.reshape(tensor.shape)
            elif array.ndim < len(tensor.shape):  # no elements
                array = array.reshape((0,) * len(tensor.shape))
            fed[tensor.name] = tf.constant(np.stack([array] * rows), DTYPES[tensor.base])
        try:
            results = self._loaded[version][1](**fed)
        except tf.errors.InvalidArgumentError as refused:
            return str(refused)
        return {o.name: _spark(results[o.name].numpy()[0], o) for o in model.outputs}


def _spark(answer: Any, output: Tensor) -> Any:
    found = answer.reshape(()) if output.shape == (1,) else answer
    if output.base == "STRING":
        return _decoded(found.tolist() if hasattr(found, "tolist") else found)
    return found.tolist()


def _decoded(value: Any) -> Any:
    return [_decoded(v) for v in value] if isinstance(value, list) else value.decode()
