"""A model as a function of SQL: how it is registered, and what it answers for one row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from domain import FLOATING, STRING, Type
from formulas import Tensor
from models import Answers, Model, Refused

MODEL_VERSION = Type("BIGINT")


@dataclass(frozen=True)
class Error:
    """Why a row was refused, whatever the words: all reasons are equal."""


@dataclass(frozen=True)
class Bad:
    """In place of a value that a query cannot have, since a model refuses its row."""

    why: str = ""


BAD = Bad()


@dataclass(frozen=True)
class Function:
    """What a model is registered with."""

    name: str
    model: Model
    on_error: Literal["fail", "null", "struct"] = "fail"
    batch_size: int | None = None
    version: int | Literal["latest"] | None = None
    model_version: bool = False
    outputs: tuple[str, ...] = ()  # the ones that are wanted, in this order; else all

    def __deepcopy__(self, memo: dict) -> Function:
        return self  # a copy of a query calls the same functions

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """The outputs that it gives."""
        by_name = {o.name: o for o in self.model.outputs}
        return tuple(by_name[name] for name in self.outputs) or self.model.outputs

    @property
    def value_type(self) -> Type:
        outputs = self.tensors
        if len(outputs) == 1:
            return outputs[0].spark()
        return Type("STRUCT", fields=tuple((o.name, o.spark()) for o in outputs))

    @property
    def type(self) -> Type:
        fields = [("value", self.value_type)]
        if self.on_error == "struct":
            fields.append(("error", STRING))
        if self.model_version:
            fields.append(("model_version", MODEL_VERSION))
        return self.value_type if len(fields) == 1 else Type("STRUCT", fields=tuple(fields))

    def result(self, value: Any, error: Error | None, version: int) -> Any:
        """Return a row's result: a struct, where it is one, is there for each row."""
        found = {"value": value}
        if self.on_error == "struct":
            found["error"] = error
        if self.model_version:
            found["model_version"] = version
        return value if len(found) == 1 else found

    def describe(self) -> str:
        options = [f"on_error={self.on_error!r}"]
        for key in ("batch_size", "version", "model_version", "outputs"):
            if getattr(self, key):
                options.append(f"{key}={getattr(self, key)!r}")
        return f"{self.name} = {self.model.name} with {', '.join(options)}"


def encoded(value: Any, tensor: Tensor) -> Any:
    """Return a column's value as a row of the tensor; raise `Refused` as the encoder should."""
    if tensor.shape == (1,) and not isinstance(value, list):
        value = [value]
    if len(tensor.shape) > 1 and None not in tensor.shape and not isinstance(value[0], list):
        count = 1
        for length in tensor.shape:
            count *= length
        return _checked(value, (count,), tensor.base)
    return _checked(value, tensor.shape, tensor.base)


def _checked(value: Any, shape: tuple, base: str) -> Any:
    if not shape:
        if value is None:
            raise Refused("a null inside")
        if base == "SMALLINT" and not 0 <= value <= 255:
            raise Refused(f"{value} is no byte")
        return float(value) if base in FLOATING else value
    if value is None:
        raise Refused("a null inside")
    if shape[0] is not None and len(value) != shape[0]:
        raise Refused(f"a length of {len(value)}")
    inner = shape[1:]
    if len(value) > 1 and inner and inner[0] is None and isinstance(value[0], list):
        inner = (len(value[0]), *inner[1:])
    return [_checked(v, inner, base) for v in value]


class Reference:
    """What functions answer now: versions change between queries."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.folders: dict[str, Path] = {}  # of models
        self.serving: dict[str, int] = {}  # the version of each function
        # Whether a call that may not fail was made, in the query's order, for a row that fails.
        self.may_fail = False
        self.calls = 0

    def answer(self, function: Function, arguments: list) -> Any:
        """Return the function's result for one row."""
        if any(isinstance(argument, Bad) for argument in arguments):
            return BAD
        version = self.serving[function.name]
        if any(argument is None for argument in arguments):
            return function.result(None, None, version)
        self.calls += 1
        folder = self.folders[function.model.name] / str(version)
        error = None
        try:
            pairs = zip(arguments, function.model.inputs, strict=True)
            row = [encoded(argument, tensor) for argument, tensor in pairs]
            answers = self.answers(function.model, folder, row)
            outputs = {o.name: answers[o.name] for o in function.tensors}
            value = next(iter(outputs.values())) if len(outputs) == 1 else outputs
        except Refused as refused:
            if function.on_error == "fail":
                self.may_fail = True
                return Bad(str(refused))
            value, error = None, Error()
        return function.result(value, error, version)
