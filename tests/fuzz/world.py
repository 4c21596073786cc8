"""What the queries of one block find: tables, and functions over models that get versions."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import models
import tfpredict
from domain import Type, literal, value
from formulas import Tensor
from functions import Bad, Function, Reference
from models import Answers, Model
from tables import random_table

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MODELS = 40


class Made:
    """The models of a run, each written when it is first wanted."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.models = [self._random(seed, n) for n in range(MODELS)]
        number = (Tensor("x", "DOUBLE", ()),)
        drawn = ("floormod(x, 1) * 0 + uniform(x)",)
        self.drawing = Model("draws", number, (Tensor("y", "DOUBLE", ()),), drawn, (1.0,))
        kept = (Tensor("y", "DOUBLE", ()), Tensor("z", "FLOAT", ()))
        self.keeping = Model("keeps", number, kept, ("x", "cast(x, 'float32')"), (1.0,))

    def _random(self, seed: int, n: int) -> Model:
        # Every third takes what the one before takes, so that they meet over the same columns.
        inputs = self._random(seed, n - 1).inputs if n % 3 == 2 else None
        return models.random_model(Random(f"{seed}/model/{n}"), f"m{n}", inputs)

    def version(self, model: Model, version: int, misfit: bool = False) -> Path:
        """Return the folder of a version; a misfit has other outputs, and one more."""
        folder = self.folder / (f"{model.name}_misfit" if misfit else model.name)
        target = folder / str(version)
        if not target.exists():
            if misfit:
                # Other names too: functions that chose some of the outputs take one that has more.
                others = (replace(o, name=f"z{o.name}") for o in model.outputs)
                more = (*others, Tensor("zzz", "INT", ()))
                formulas = (
                    *model.formulas,
                    f"cast(number({model.inputs[0].name}), 'int32')",
                )
                model = replace(model, outputs=more, formulas=formulas)
            models.export(model, folder, version)
        return target


class World:
    """A block's models, functions and tables: the same for the same seed and block."""

    def __init__(
        self, spark: SparkSession, made: Made, answers: Answers, seed: int, block: int
    ) -> None:
        self.spark, self.made, self.seed, self.block = spark, made, seed, block
        self.reference = Reference(answers)
        self.registered: set[str] = set()
        self.primed: set[str] = set()
        self.latest: dict[str, int] = {}  # of the models that get versions: the newest that serves
        self.highest: dict[str, int] = {}
        self.events: list[str] = []
        rng = Random(f"{seed}/{block}")
        chosen = rng.sample(range(MODELS // 3), 4)
        members = [made.models[n * 3 + k] for n in chosen for k in range(3)]
        self.versioned = rng.sample(members, 2)
        self.functions = [f for m in members for f in self._functions(rng, m)]
        for function in self.functions:
            if function.model in self.versioned:
                self.register(function)
        self.drawing = Function(f"draws_{block}", made.drawing, batch_size=rng.choice((2, None)))
        self.keeping = Function(
            f"keeps_{block}",
            made.keeping,
            batch_size=rng.choice((2, None)),
            outputs=(rng.choice("yz"),),
        )
        self.tables = [random_table(rng, f"t{n}", dirty=n == 2) for n in range(3)]
        if all(t.form == "cached" for t in self.tables):
            self.tables[0].form = "values"
        for table in self.tables:
            table.make(spark)

    def _functions(self, rng: Random, model: Model) -> list[Function]:
        def one(suffix: str, on_error: str, version: object = None) -> Function:
            size = rng.choice((1, 2, 3, 5, 7, None))
            told = rng.random() < (0.5 if version == "latest" else 0.1)
            name = f"{model.name}_{suffix}_{self.block}"
            names = [o.name for o in model.outputs]
            some = tuple(rng.sample(names, 2)) if len(names) > 2 and rng.random() < 0.3 else ()
            return Function(name, model, on_error, size, version, told, some)

        modes = rng.sample(("fail", "fail", "null", "struct"), 2)
        if modes[0] == modes[1]:
            modes = modes[:1]
        found = [one(mode, mode) for mode in modes]
        if model in self.versioned:
            found += [one("latest", "fail", "latest"), one("also", rng.choice(modes), "latest")]
            found.append(one("first", "fail", 1))
        return found

    def register(self, function: Function) -> None:
        if function.name in self.registered:
            return
        self.registered.add(function.name)
        model = function.model
        folder = self.made.folder / model.name
        if model in self.versioned:
            folder = self.made.folder / f"block{self.block}" / model.name
        if model.name not in self.reference.folders:
            self.reference.folders[model.name] = folder
            if model in self.versioned:
                self.latest[model.name] = self.highest[model.name] = 0
                self.publish(model)
            else:
                self.made.version(model, 1)
        found = tfpredict.register(
            self.spark,
            folder,
            function.name,
            version=function.version,
            batch_size=function.batch_size,
            on_error=function.on_error,
            model_version=function.model_version,
            outputs=function.outputs or None,
        )
        self.reference.serving[function.name] = found.version

    def prime(self, function: Function) -> None:
        """Let a model that refuses rows answer one: else the model itself may be at fault."""
        model = function.model
        self.register(function)
        if not model.refuses or function.name in self.primed:
            return
        rng, strict = Random(function.name), replace(function, on_error="fail")
        while True:
            row = [value(rng, Type(i.base, i.shape)) for i in model.inputs]
            if not isinstance(self.reference.answer(strict, row), Bad):
                break
        types = [Type(i.base, i.shape) for i in model.inputs]
        args = [literal(v, kind) for v, kind in zip(row, types, strict=True)]
        self.spark.sql(f"SELECT {function.name}({', '.join(args)})").collect()
        if model not in self.versioned:  # of which another version may be loaded next
            self.primed.add(function.name)

    def publish(self, model: Model, misfit: bool = False) -> None:
        """Give a model a new version, which names of `latest` then have; a misfit none takes."""
        self.highest[model.name] += 1
        version = self.highest[model.name]
        source = self.made.version(model, version, misfit)
        target = self.reference.folders[model.name] / str(version)
        shutil.copytree(source, target.with_name(f".{version}"))
        target.with_name(f".{version}").rename(target)
        if misfit:
            return
        self.latest[model.name] = version
        for function in self.functions:
            if function.model is model and function.version == "latest":
                self.reference.serving[function.name] = version

    def settle(self, model: Model) -> None:
        """Let names of `latest` take the newest: else one behind a misfit is never tried."""
        for function in self.functions:
            if function.model is model and function.version == "latest":
                nulls = [literal(None, Type(i.base, i.shape)) for i in model.inputs]
                self.spark.sql(f"SELECT {function.name}({', '.join(nulls)})").collect()

    def change(self, rng: Random) -> None:
        """Let something happen between two queries."""
        model = rng.choice(self.versioned)
        misfit = rng.random() < 0.2
        if misfit:
            self.settle(model)
        self.publish(model, misfit)
        self.events.append(
            f"{model.name} got version {self.highest[model.name]}{' (misfit)' if misfit else ''}"
        )
        plain = [f for f in self.functions if f.model is model and f.version is None]
        if plain and not misfit and rng.random() < 0.5:
            function = rng.choice(plain)
            tfpredict.refresh(self.spark, function.name)
            self.reference.serving[function.name] = self.latest[model.name]
            self.events.append(f"{function.name} was refreshed")

    def close(self) -> None:
        for table in self.tables:
            for statement in table.statements()[:2]:
                self.spark.sql(statement)
