"""What is inside an expression, and the ways into a struct that it gives."""

from __future__ import annotations

from collections.abc import Iterator

from conditions import Case, IsNull
from domain import BOOLEAN, STRING, Type
from expressions import Col, Expr, Field, Lit
from groups import walk


def columns(expr: Expr) -> list[Col]:
    return [part for part in walk(expr) if isinstance(part, Col)]


def results(kind: Type) -> Iterator[tuple[tuple[str, ...], Type]]:
    """Yield the ways into a struct, down to what is none."""
    if not kind.fields:
        yield (), kind
    for name, inner in kind.fields:
        for path, found in results(inner):
            yield (name, *path), found


def reach(struct: Expr, path: tuple[str, ...]) -> Expr:
    """Return a struct's part; of an error only whether there is one."""
    for name in path:
        if name == "error":
            return Case(
                STRING,
                [(IsNull(BOOLEAN, Field(STRING, struct, name)), Lit(STRING, "good"))],
                Lit(STRING, "refused"),
            )
        struct = Field(struct.type.field(name), struct, name)
    return struct
