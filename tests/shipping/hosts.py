"""Hosts of one machine's own: Linux network namespaces with an address each, behind one bridge.

What goes from one to another is counted by the kernel. Making them needs the rights of root.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence

NETWORK = "10.77.0"


class Hosts:
    """So many hosts, for a ``with`` statement; they are called by their numbers from 0."""

    def __init__(self, count: int) -> None:
        self._prefix = f"tfpredict-{os.getpid()}"
        self._count = count
        self._made: list[str] = []

    def __enter__(self) -> Hosts:
        try:
            self._open()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def address(self, host: int) -> str:
        """Return a host's address."""
        return f"{NETWORK}.{host + 1}"

    def command(self, host: int, command: Sequence[str]) -> list[str]:
        """Return a command that runs on a host."""
        return ["ip", "netns", "exec", self._name(host), *command]

    def sent(self, host: int) -> int:
        """Return the bytes that have left a host for others."""
        found = _ip("-n", self._name(host), "-s", "-j", "link", "show", "eth0")
        return int(json.loads(found)[0]["stats64"]["tx"]["bytes"])

    def _name(self, host: int) -> str:
        return f"{self._prefix}-{host}"

    def _open(self) -> None:
        switch = f"{self._prefix}-switch"
        self._add(switch)
        _ip("-n", switch, "link", "add", "bridge", "type", "bridge")
        _ip("-n", switch, "link", "set", "bridge", "up")
        for host in range(self._count):
            name, port = self._name(host), f"port{host}"
            self._add(name)
            pair = ["type", "veth", "peer", "name", port, "netns", switch]
            _ip("link", "add", "eth0", "netns", name, *pair)
            _ip("-n", switch, "link", "set", port, "master", "bridge", "up")
            _ip("-n", name, "addr", "add", f"{self.address(host)}/24", "dev", "eth0")
            for device in ("lo", "eth0"):
                _ip("-n", name, "link", "set", device, "up")

    def _add(self, name: str) -> None:
        _ip("netns", "add", name)
        self._made.append(name)

    def _close(self) -> None:
        while self._made:
            _ip("netns", "del", self._made.pop())


def _ip(*arguments: str) -> str:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout
