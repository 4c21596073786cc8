#!/usr/bin/env python3
"""Print kernels of the runtime's XLA_CPU device: `xla_kernels.py JAR > xla-kernels-1.15.0.txt`.

They run, on the same processor, what has no kernel for a CPU. A session brings them, so that
`kernels.py`, which makes none, does not see them. The lines are as that script's.
"""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
import zipfile
from pathlib import Path

import kernels

OPTIONS = "_ZN10tensorflow14SessionOptionsC1Ev"
SESSION = "_ZN10tensorflow10NewSessionERKNS_14SessionOptionsE"


def listed(jar: str) -> bytes:
    """Give the runtime's own list, after a session was made."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(jar) as archive:
            for name in kernels.LIBRARIES:
                Path(folder, name).write_bytes(archive.read(kernels.FOLDER + name))
        libraries = [
            ctypes.CDLL(str(Path(folder, name)), ctypes.RTLD_GLOBAL) for name in kernels.LIBRARIES
        ]

        def function(name: str, *arguments):
            found = next(getattr(each, name) for each in libraries if hasattr(each, name))
            found.restype, found.argtypes = ctypes.c_void_p, list(arguments)
            return found

        # More room than the objects take.
        options, message = (ctypes.create_string_buffer(1 << 16) for _ in range(2))
        function(OPTIONS, ctypes.c_void_p)(options)
        if not function(SESSION, ctypes.c_void_p)(options):
            raise SystemExit("the runtime made no session")
        function(kernels.LIST, ctypes.c_void_p)(message)
        write = function(kernels.WRITE, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
        write.restype = ctypes.c_bool
        written = ctypes.create_string_buffer(kernels.MOST)
        if not write(message, written, kernels.MOST):
            raise SystemExit("the list is longer than was thought")
        return written.raw.rstrip(b"\0")


if __name__ == "__main__":
    if sys.argv[1] == "--raw":
        sys.stdout.buffer.write(listed(sys.argv[2]))
        sys.stdout.flush()
        # The runtime's threads are not waited for.
        os._exit(0)
    kernels.__file__ = __file__  # its reader then asks this script
    every = kernels.read

    def of_device(jar: str):
        """Give the device's kernels, in the place of the CPU's."""
        for kernel in every(jar):
            kernel.device_type = {"XLA_CPU": "CPU"}.get(kernel.device_type, "other")
            yield kernel

    kernels.read = of_device
    sys.stdout.write(kernels.table(sys.argv[1]))
