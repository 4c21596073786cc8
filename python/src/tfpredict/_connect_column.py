"""A prediction as a column of Spark Connect. Importing this needs PySpark 4 and gRPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyspark.sql.connect.column import Column
from pyspark.sql.connect.expressions import Expression

if TYPE_CHECKING:
    from collections.abc import Sequence

_PREDICT = "tfpredict/predict"


class _Prediction(Expression):
    """A call that only the server's plugin understands.

    It is sent as a function's call, since that message can hold expressions.
    """

    def __init__(self, told: str, arguments: list[Any]) -> None:
        super().__init__()
        self._told = told
        self._arguments = arguments

    @property
    def children(self) -> list[Any]:
        """The columns. PySpark looks for subqueries in them."""
        return self._arguments

    def to_plan(self, session: Any) -> Any:
        """Return the message for the server."""
        new: Any = super()
        inside = new._create_proto_expression()
        inside.unresolved_function.function_name = self._told
        inside.unresolved_function.arguments.extend(
            argument.to_plan(session) for argument in self._arguments
        )
        sent = new._create_proto_expression()
        sent.extension.type_url = _PREDICT
        sent.extension.value = inside.unresolved_function.SerializeToString()
        return sent

    def __repr__(self) -> str:
        return f"predict({', '.join(map(str, self._arguments))})"


def prediction(columns: Sequence[Any], told: str) -> Any:
    """Return the column of a prediction.

    Parameters
    ----------
    columns : sequence of Column
        Columns of Spark Connect.
    told : str
        The rest of the call, as the plugin reads it.
    """
    return Column(_Prediction(told, [column._expr for column in columns]))
