#!/usr/bin/env python3
"""Print the runtime's CPU kernels: `kernels.py JAR > kernels-1.15.0.txt`.

Only the runtime's own C++ code can list its kernels. The native libraries export two functions
that this script calls: one lists all kernels, the other writes a protocol buffer.

A line has an op, a tab and its kernels. A kernel is the dtypes that it supports for each
attribute, or `*` if it supports all.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

FOLDER = "org/tensorflow/native/linux-x86_64/"
LIBRARIES = ("libtensorflow_framework.so.1", "libtensorflow_jni.so")
LIST = "_ZN10tensorflow23GetAllRegisteredKernelsEv"
WRITE = "_ZNK6google8protobuf11MessageLite16SerializeToArrayEPvi"
MOST = 1 << 23  # bytes; there are 316 KB


def listed(jar: str) -> bytes:
    """Return the runtime's own list, as a protocol buffer."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(jar) as archive:
            for name in LIBRARIES:
                Path(folder, name).write_bytes(archive.read(FOLDER + name))
        libraries = [ctypes.CDLL(str(Path(folder, n)), ctypes.RTLD_GLOBAL) for n in LIBRARIES]

    def function(name: str, *arguments: type, result: type = ctypes.c_void_p) -> Callable[..., int]:
        found = next(getattr(each, name) for each in libraries if hasattr(each, name))
        found.restype, found.argtypes = result, list(arguments)
        return found

    # The caller allocates the list object. This is more room than it needs.
    message = ctypes.create_string_buffer(4096)
    function(LIST, ctypes.c_void_p)(message)
    written = ctypes.create_string_buffer(MOST)
    write = function(WRITE, *[ctypes.c_void_p] * 2, ctypes.c_int, result=ctypes.c_bool)
    if not write(message, written, MOST):
        raise SystemExit("the list is longer than was thought")
    return written.raw.rstrip(b"\0")


def read(jar: str):
    """Return the list as messages. A second process avoids two TensorFlows in one."""
    from google.protobuf.message import DecodeError
    from tensorflow.core.framework import kernel_def_pb2

    asked = [sys.executable, __file__, "--raw", jar]
    message = subprocess.run(asked, check=True, capture_output=True).stdout
    # The length is unknown, and the message itself may end with zeros.
    for zeros in range(16):
        try:
            return kernel_def_pb2.KernelList.FromString(message + b"\0" * zeros).kernel
        except DecodeError:
            continue
    raise SystemExit("what the runtime wrote is no list of kernels")


def table(kernels) -> str:
    """Return the CPU kernels, one line per op."""
    from tensorflow.core.framework import types_pb2

    def words(constraint) -> str:
        types = [
            types_pb2.DataType.Name(t)[3:].lower() for t in constraint.allowed_values.list.type
        ]
        return f"{constraint.name}={'|'.join(types)}"

    ops = defaultdict(set)
    for kernel in kernels:
        # Only nodes that request a label use a kernel with that label.
        if kernel.device_type in ("CPU", "DEFAULT") and not kernel.label:
            ops[kernel.op].add(",".join(map(words, kernel.constraint)) or "*")
    return "".join(f"{op}\t{' '.join(sorted(kernels))}\n" for op, kernels in sorted(ops.items()))


def main() -> None:
    """Print the table. With `--raw`, which only this script uses, print the list."""
    if sys.argv[1] == "--raw":
        sys.stdout.buffer.write(listed(sys.argv[2]))
        sys.stdout.flush()
        # Exit without waiting for the runtime's threads.
        os._exit(0)
    sys.stdout.write(table(read(sys.argv[1])))


if __name__ == "__main__":
    main()
