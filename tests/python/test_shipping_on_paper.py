"""The simulation behind docs/clusters.md of a model that a driver sends to many hosts."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "shipping"))
from simulate import BROADCAST, MB, TFPREDICT, Cluster, one_by_one, simulate


@pytest.mark.parametrize("way", [BROADCAST, TFPREDICT], ids=["broadcast", "tfpredict"])
def test_one_host_fetches_all_from_the_driver(way):
    cluster = Cluster(1, 100 * MB)
    found = simulate(cluster, way)
    assert found.sent == cluster.model
    pieces = -(-cluster.model // way.piece(cluster))
    assert found.seconds == pytest.approx(
        cluster.model / cluster.bandwidth + pieces * cluster.latency
    )
    assert found.busiest == 0


def test_sixteen_hosts_take_less_than_two_copies_from_the_driver():
    cluster = Cluster(16, 100 * MB)
    for seed in range(20):
        assert simulate(cluster, TFPREDICT, seed).sent < 1.4 * cluster.model


def test_spark_s_choice_costs_the_driver_a_copy_for_each_doubling():
    few, many = (simulate(Cluster(n, 1000 * MB), BROADCAST).sent for n in (16, 64))
    assert 3 < few / (1000 * MB) < many / (1000 * MB) < 6


def test_a_file_s_copies_are_as_many_as_hosts():
    assert one_by_one(Cluster(16, 100 * MB)).sent == 1600 * MB


def test_answers_stay_small_where_few_hosts_keep_a_piece():
    cluster = Cluster(200, 200 * MB, spread=1.0)
    assert simulate(cluster, TFPREDICT).told < simulate(cluster, BROADCAST).told / 1.2
