"""Hosts that fetch one model at once, on paper: what leaves the driver, and how long it takes.

``python tests/shipping/simulate.py`` prints a table. Each host fetches a piece at a time, in an
order of its own. A sender shares its bandwidth equally among those that it sends to; a receiver's
own bandwidth is a sender's, so that it never is the limit. What is not simulated: switches, disks,
processors, packets that are lost.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import random
from dataclasses import dataclass, field, replace

MB = 1_000_000
# Spark's `spark.broadcast.blockSize`; and as Shipment cuts: a piece's least size, pieces at least.
BLOCK = 4 * 1024 * 1024
LEAST, PIECES = 64 * 1024, 64
# Executors that keep a piece for others, as in ShippedModels.
KEEPERS = 64
# An answer to "who has this piece" names so many bytes for each that has it, and has so many more.
NAME, ANSWER = 45, 300
DRIVER = -1


@dataclass(frozen=True)
class Cluster:
    """Hosts that all want a model; seconds and bytes."""

    hosts: int
    model: int
    #: Bytes a second that a host or the driver sends.
    bandwidth: float = 1.25e9
    #: From asking for a piece to its first byte.
    latency: float = 0.003
    #: Hosts begin at random moments within so many seconds.
    spread: float = 0.0
    #: `spark.broadcast.blockSize`.
    block: int = BLOCK


@dataclass(frozen=True)
class Found:
    """What a simulation found."""

    #: Of the model, from the driver.
    sent: float
    #: Answers to "who has this piece", from the driver.
    told: float
    #: Until the last host has the model.
    seconds: float
    #: The most that one host sent to others.
    busiest: float


@dataclass
class Sender:
    """Serves transfers side by side: each gets the same share of its bandwidth.

    ``served`` is what each transfer has had that was there from the beginning; a transfer ends when
    it has grown by the transfer's bytes.
    """

    bandwidth: float
    served: float = 0.0
    at: float = 0.0
    ends: list[tuple[float, int]] = field(default_factory=list)
    turn: int = 0
    sent: float = 0.0

    def advance(self, now: float) -> None:
        """Serve until now."""
        if self.ends:
            self.served += (now - self.at) * self.bandwidth / len(self.ends)
        self.at = now

    def next_end(self) -> float:
        """Return when the first transfer will end, if none is added."""
        return self.at + max(0.0, self.ends[0][0] - self.served) * len(self.ends) / self.bandwidth


@dataclass(frozen=True)
class Way:
    """How a host chooses what to fetch next, and from whom."""

    #: The driver is asked only for what no other host has, and of two pieces a host takes the one
    #: that another host has. Else all who have a piece are the same, as in Spark's broadcast.
    spares_driver: bool
    #: So many hosts keep a piece for others; none means all.
    keepers: int | None
    #: A model of few blocks has smaller pieces.
    cuts_small: bool

    def piece(self, cluster: Cluster) -> int:
        """Return a piece's size."""
        if not self.cuts_small:
            return cluster.block
        return min(cluster.block, max(LEAST, cluster.model // PIECES))

    def source(self, holders: list[int], rng: random.Random) -> int:
        """Choose whom a host asks for a piece, of the other hosts that have it and the driver."""
        if self.spares_driver:
            return rng.choice(holders) if holders else DRIVER
        chosen = rng.randrange(len(holders) + 1)
        return DRIVER if chosen == len(holders) else holders[chosen]


BROADCAST = Way(spares_driver=False, keepers=None, cuts_small=False)
TFPREDICT = Way(spares_driver=True, keepers=KEEPERS, cuts_small=True)


def simulate(cluster: Cluster, way: Way, seed: int = 1) -> Found:
    """Let all hosts fetch the model in one way."""
    rng = random.Random(seed)
    size = way.piece(cluster)
    pieces = -(-cluster.model // size)
    senders = {number: Sender(cluster.bandwidth) for number in range(DRIVER, cluster.hosts)}
    holders: list[list[int]] = [[] for _ in range(pieces)]
    orders = [rng.sample(range(pieces), pieces) for _ in range(cluster.hosts)]
    keeps = [False] * cluster.hosts
    last = cluster.model - (pieces - 1) * size
    count = itertools.count()
    # When, a number that keeps the order of equals, what, and whose.
    events: list[tuple[float, int, str, int, int]] = []

    def post(when: float, what: str, whose: int, turn: int = 0) -> None:
        heapq.heappush(events, (when, next(count), what, whose, turn))

    def plan(number: int) -> None:
        sender = senders[number]
        sender.turn += 1
        if sender.ends:
            post(sender.next_end(), "end", number, sender.turn)

    for host in range(cluster.hosts):
        post(rng.uniform(0, cluster.spread), "ask", host)
    now = told = 0.0
    while events:
        now, _, what, whose, turn = heapq.heappop(events)
        if what == "ask":
            order = orders[whose]
            have = holders[order[-1]]
            told += _answer(have)
            if way.spares_driver and not have and len(order) > 1:
                told += _answer(holders[order[-2]])
                if holders[order[-2]]:
                    order[-1], order[-2] = order[-2], order[-1]
                    have = holders[order[-1]]
            keeps[whose] = way.keepers is None or len(have) < way.keepers
            post(now + cluster.latency, "begin", whose, way.source(have, rng))
        elif what == "begin":
            sender, piece = senders[turn], orders[whose][-1]
            length = last if piece == pieces - 1 else size
            sender.advance(now)
            sender.sent += length
            heapq.heappush(sender.ends, (sender.served + length, whose))
            plan(turn)
        elif turn == senders[whose].turn:
            sender = senders[whose]
            sender.advance(now)
            _, host = heapq.heappop(sender.ends)
            piece = orders[host].pop()
            if keeps[host]:
                holders[piece].append(host)
            if orders[host]:
                post(now, "ask", host)
            plan(whose)
    busiest = max(senders[host].sent for host in range(cluster.hosts))
    return Found(senders[DRIVER].sent, told, now, busiest)


def _answer(holders: list[int]) -> int:
    return ANSWER + NAME * (len(holders) + 1)


def one_by_one(cluster: Cluster) -> Found:
    """Compute what ``SparkContext.addFile`` costs: each host fetches all from the driver."""
    sent = float(cluster.hosts * cluster.model)
    return Found(sent, 0.0, sent / cluster.bandwidth, 0.0)


def main() -> None:
    """Print a table for the sizes that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, nargs="+", default=[1, 4, 16, 64, 256, 1000])
    parser.add_argument("--model", type=int, default=1000, help="the model's size in MB")
    parser.add_argument("--block", type=float, default=BLOCK / MB, help="spark.broadcast.blockSize")
    parser.add_argument("--spread", type=float, default=0, help="seconds in which hosts begin")
    parser.add_argument("--keepers", type=int, default=KEEPERS, help="hosts that keep a piece")
    asked = parser.parse_args()
    for hosts in asked.hosts:
        cluster = Cluster(hosts, asked.model * MB, spread=asked.spread, block=int(asked.block * MB))
        ways = {
            "addFile": one_by_one(cluster),
            "broadcast": simulate(cluster, BROADCAST),
            "tfpredict": simulate(cluster, replace(TFPREDICT, keepers=asked.keepers)),
        }
        for name, found in ways.items():
            print(
                f"{hosts:5} {name:10} driver {found.sent / cluster.model:8.2f} models, "
                f"told {found.told / MB:8.1f} MB, {found.seconds:7.1f} s, "
                f"busiest host {found.busiest / cluster.model:5.2f} models"
            )


if __name__ == "__main__":
    main()
