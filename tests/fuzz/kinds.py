"""All kinds of queries, by the words that the page has for them."""

from __future__ import annotations

import floats
import kinds_of_groups
import kinds_of_guards
import kinds_of_lambdas
import kinds_of_rows
import kinds_of_several
import special
from queries import Kinds

KINDS: Kinds = {
    "projection": kinds_of_rows.project,
    "filter": kinds_of_rows.filtered,
    "guard": kinds_of_guards.guard,
    "join": kinds_of_several.join,
    "window": kinds_of_groups.window,
    "first rows of groups": kinds_of_groups.top,
    "aggregate": kinds_of_groups.aggregate,
    "cube or rollup": kinds_of_groups.grouping,
    "sort and limit": kinds_of_rows.sort,
    "limit": kinds_of_rows.limit,
    "distinct": kinds_of_rows.distinct,
    "set operation": kinds_of_several.union,
    "lambda": kinds_of_lambdas.lambdas,
    "lambda in a lambda": kinds_of_lambdas.nested,
    "explode": kinds_of_rows.explode,
    "CTE": kinds_of_several.cte,
    "subquery": kinds_of_several.subquery,
    "constants": special.constants,
    "numbers that are none": floats.floats,
    "columns named as inputs": special.named,
    "model that draws at random": special.drawn,
}
