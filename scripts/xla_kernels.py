#!/usr/bin/env python3
"""Print kernels of the runtime's XLA_CPU device: `xla_kernels.py JAR > xla-kernels-1.15.0.txt`.

They run, on the same processor, what has no kernel for a CPU. A session brings them, so that
`kernels.py`, which makes none, does not see them. The lines are as that script's.
"""

from __future__ import annotations

import ctypes

import kernels

OPTIONS = "_ZN10tensorflow14SessionOptionsC1Ev"
SESSION = "_ZN10tensorflow10NewSessionERKNS_14SessionOptionsE"


def begin_session(function: kernels.Function) -> None:
    """Make a session with the runtime's functions."""
    options = ctypes.create_string_buffer(1 << 16)  # more room than they take
    function(OPTIONS, ctypes.c_void_p)(options)
    if not function(SESSION, ctypes.c_void_p)(options):
        raise SystemExit("the runtime made no session")


if __name__ == "__main__":
    kernels.main(__file__, ("XLA_CPU",), begin_session)
