"""The comparison itself: what it must not let through."""

from __future__ import annotations

import numpy as np
import pytest
from answers import TOLERANCE, difference


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([1.0, 2.0], [1.0, 2.00003]),
        (0.00002, [0.0]),
        ([1.0], [1.0, 1.0]),
        ([[1.0, 2.0]], [1.0, 2.0]),
        (float("nan"), 1.0),
        (float("inf"), 1.0),
        (1.0, float("nan")),
        ([1, 2], [1, 3]),
        ([1.0, 2.0], [1, 2]),
        ([True], [1]),
        (["a", "b"], ["b", "a"]),
        (None, 1.0),
        ([None, 1.0], [1.0, 1.0]),
    ],
)
def test_what_differs(found, expected):
    assert not difference(found, expected) <= TOLERANCE


def test_what_is_equal():
    for found, expected in (
        ([1e6, 0.1], [1e6 + 1, 0.100001]),
        (3.0, [3.0]),
        ([], np.zeros([0])),
        ([float("nan"), float("inf")], [float("nan"), float("inf")]),
        ("é", "é"),
        ([True, False], [True, False]),
    ):
        assert difference(found, expected) <= TOLERANCE
