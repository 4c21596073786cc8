"""Random expressions over the columns in scope, with calls of models among them."""

from __future__ import annotations

from random import Random

from conditions import Case, Coalesce, InList, IsNull, Logic
from domain import BIGINT, BOOLEAN, CASTS, FLOATING, INT, INTEGERS, STRING, Type, value
from expressions import Array, Call, Col, Expr, Field, Item, Lit, Op
from formulas import Tensor
from functions import Function
from paths import columns, reach, results

SCALARS = (INT, BIGINT, Type("FLOAT"), Type("DOUBLE"), STRING, BOOLEAN)
# Whether arguments may be written by name, as `f(age => x)`.
NAMED = True


class Values:
    """Makes expressions; `functions` are the models that it may call."""

    def __init__(
        self, rng: Random, functions: list[Function], drawing: Function, keeping: Function
    ) -> None:
        self.rng = rng
        self.functions = functions
        self.drawing = drawing  # draws at random
        self.keeping = keeping  # answers with the number that it is given
        self.made: list[Call] = []
        self.names = 0

    def fresh(self, prefix: str = "c") -> str:
        self.names += 1
        return f"{prefix}{self.names}"

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def literal(self, kind: Type) -> Expr:
        return Lit(kind, value(self.rng, kind))

    # Calls

    def call(self, scope: list[Col], depth: int = 1, function: Function | None = None) -> Expr:
        """Return a call, most often with plain columns; at times one that was made before."""
        if function is None and self.chance(0.25):
            names = {c.name for c in scope}
            again = [c for c in self.made if all(a.name in names for a in columns(c))]
            if again:
                return self.rng.choice(again)
        function = function or self._fitting(scope)
        args = [self.argument(tensor, scope, depth) for tensor in function.model.inputs]
        style = "positional"
        if self.chance(0.15):
            style = "named" if NAMED and self.chance(0.5) else "struct"
        self.made.append(Call(function.type, function, args, style))
        return self.made[-1]

    def _fitting(self, scope: list[Col]) -> Function:
        chosen = self.rng.sample(self.functions, min(3, len(self.functions)))

        def fit(function: Function) -> int:
            return sum(bool(self._columns(t, scope)) for t in function.model.inputs) - len(
                function.model.inputs
            )

        return max(chosen, key=fit)

    def _columns(self, tensor: Tensor, scope: list[Col]) -> list[Expr]:
        shapes = [tensor.shape] + ([()] if tensor.shape == (1,) else [])
        found: list[Expr] = []
        for column in scope:
            # An error's words are nobody's to foretell, so no model has them.
            known = [(name, t) for name, t in column.type.fields if name != "error"]
            fields = [Field(t, column, name) for name, t in known]
            for candidate in (column, *fields):
                kind = candidate.type
                if not kind.fields and kind.base in CASTS[tensor.base] and kind.shape in shapes:
                    found.append(candidate)
        return found

    def argument(self, tensor: Tensor, scope: list[Col], depth: int) -> Expr:
        columns = self._columns(tensor, scope)
        if self.chance(0.03):
            return Lit(Type(tensor.base, tensor.shape), None)
        choice = self.rng.random()
        if columns and choice < 0.7:
            return self.rng.choice(columns)
        target = Type(tensor.base, tensor.shape)
        if depth > 0 and choice < 0.85:
            nested = [
                (f, path)
                for f in self.functions
                for path, kind in results(f.type)
                if not kind.fields
                and kind.base in CASTS[tensor.base]
                and kind.shape == tensor.shape
            ]
            if nested:
                function, path = self.rng.choice(nested)
                return reach(self.call(scope, depth - 1, function), path)
        if tensor.shape == (1,) and self.chance(0.7):
            target = Type(tensor.base)
        if columns and choice < 0.93:
            return Case(target, [(self.predicate(scope, 0), self.rng.choice(columns))], None)
        if target.is_scalar:
            return self.scalar(target, scope, depth)
        if target.shape[0] and len(target.shape) == 1:
            items = [self._solid(target.element(), scope) for _ in range(target.shape[0])]
            return Array(target, items)
        return self.literal(target)

    def _solid(self, kind: Type, scope: list[Col]) -> Expr:
        found = self.scalar(kind, scope, 0)
        return found if isinstance(found, Lit) else Coalesce(kind, [found, self.literal(kind)])

    # Values

    def result(self, kind: Type, scope: list[Col], depth: int = 1) -> Expr | None:
        """Return a value that a model gives, of this type; none where no model has one."""
        found = [(f, p) for f in self.functions for p, k in results(f.type) if k == kind]
        if not found:
            return None
        function, path = self.rng.choice(found)
        return reach(self.call(scope, depth, function), path)

    def called(self, scope: list[Col], depth: int = 1) -> Expr:
        """Return a single value that a model gives, of any type."""
        return self.single(self.call(scope, depth))

    def single(self, call: Expr) -> Expr:
        paths = [p for p, kind in results(call.type) if kind.is_scalar and p[-1:] != ("error",)]
        if paths:
            return reach(call, self.rng.choice(paths))
        path, kind = self.rng.choice([(p, k) for p, k in results(call.type) if k.shape])
        found = reach(call, path)
        if len(kind.shape) > 1:
            return Op(INT, "size", [found])
        return Item(kind.element(), found, self.rng.randint(0, 1))

    def any_scalar(self, scope: list[Col], depth: int = 1) -> Expr:
        if self.chance(0.6):
            return self.called(scope, depth)
        return self.scalar(self.rng.choice(SCALARS), scope, depth)

    def scalar(self, kind: Type, scope: list[Col], depth: int) -> Expr:
        """Return an expression of exactly this type."""
        columns = [c for c in scope if c.type == kind]
        choice = self.rng.random()
        if depth > 0 and choice < 0.35:
            found = self.result(kind, scope, depth - 1)
            if found:
                return found
        if kind == BOOLEAN and choice < 0.8:
            return self.predicate(scope, depth)
        if columns and choice < 0.7:
            return self.rng.choice(columns)
        if kind.base in FLOATING or kind in (INT, BIGINT):
            return self._number(kind, scope, depth, choice)
        if kind == STRING and choice < 0.85 and columns:
            column = self.rng.choice(columns)
            if self.chance(0.5):
                return Op(STRING, "upper", [column])
            return Op(STRING, "concat", [column, self.literal(STRING)])
        return self.literal(kind)

    def _number(self, kind: Type, scope: list[Col], depth: int, choice: float) -> Expr:
        others = [c for c in scope if c.type.is_number]
        if others and choice < 0.8:
            column = self.rng.choice(others)
            if column.type == kind:
                op = self.rng.choice("+-*")
                return Op(kind, op, [column, self.literal(kind)])
            if kind.base in FLOATING:
                return Op(kind, "float", [column])
            if column.type.base in CASTS[kind.base] and column.type.base in INTEGERS:
                return Op(kind, "cast", [column])
        if depth > 0 and choice < 0.9:
            return self.guarded(kind, scope, depth)
        return self.literal(kind)

    def guarded(self, kind: Type, scope: list[Col], depth: int) -> Expr:
        """Return CASE, IF or COALESCE, whose branches may call models."""
        depth = max(depth - 1, 0)

        def inner() -> Expr:
            found = self.result(kind, scope, depth) if self.chance(0.6) else None
            return found or self.scalar(kind, scope, 0)

        choice = self.rng.randrange(3)
        if choice == 0:
            return Coalesce(kind, [inner(), inner(), self.literal(kind)][self.rng.randrange(2) :])
        if choice == 1:
            return Case(kind, [(self.predicate(scope, depth), inner())], inner(), is_if=True)
        branches = [(self.predicate(scope, depth), inner()) for _ in range(self.rng.randint(1, 2))]
        return Case(kind, branches, inner() if self.chance(0.6) else None)

    # Predicates

    def predicate(self, scope: list[Col], depth: int = 1) -> Expr:
        choice = self.rng.random()
        if depth > 0 and choice < 0.3:
            op = self.rng.choice(("AND", "OR"))
            parts = [self.predicate(scope, depth - 1) for _ in range(self.rng.randint(2, 3))]
            return Logic(BOOLEAN, op, parts)
        operand = self.called(scope, 0) if depth > 0 and choice < 0.7 else None
        if operand is None:
            scalars = [c for c in scope if c.type.is_scalar]
            operand = self.rng.choice(scalars) if scalars else self.literal(INT)
        if choice > 0.93:
            return Op(BOOLEAN, "not", [self.predicate(scope, 0)])
        if operand.type == BOOLEAN and self.chance(0.7):
            return operand
        if self.chance(0.12):
            return IsNull(BOOLEAN, operand, self.chance(0.5))
        if self.chance(0.15) and operand.type != BOOLEAN:
            return InList(BOOLEAN, operand, [self.literal(operand.type) for _ in range(3)])
        op = self.rng.choice(("=", "<>", "<>", "<", ">=", ">=", ">="))
        return Op(BOOLEAN, op, [operand, self.literal(operand.type)])
