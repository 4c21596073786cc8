"""Exports files that Keras saved: ``.keras``, and the older ``.h5``."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfpredict._error_classes import EXPORT_FILE
from tfpredict._exporting.reasons import first_line
from tfpredict._exporting.writers import Writer, writer

if TYPE_CHECKING:
    from collections.abc import Callable

_SUFFIXES = (".keras", ".h5", ".hdf5")
_HDF5 = b"\x89HDF\r\n\x1a\n"


def is_keras(file: Path) -> bool:
    """Return whether a file is Keras's by its name, or HDF5 by its first bytes.

    Examples
    --------
    >>> (tmp_path / "weights").write_bytes(_HDF5)
    8
    >>> is_keras(tmp_path / "net.keras"), is_keras(tmp_path / "weights")
    (True, True)
    """
    if file.suffix.lower() in _SUFFIXES:
        return True
    with file.open("rb") as opened:
        return opened.read(len(_HDF5)) == _HDF5


def keras_writer(file: Path, examples: Any, safe_mode: bool) -> Writer:
    """Load a Keras file and make it ready, with Keras 3, or with ``tf_keras`` if Keras 3 fails.

    Parameters
    ----------
    file : Path
        A ``.keras`` or ``.h5`` file.
    examples, safe_mode
        As for `tfpredict.export_file`.

    Raises
    ------
    ValueError
        If neither can read the file. The message says why Keras 3 cannot.
    """
    return writer(_loaded(file, safe_mode), None, examples)


def _loaded(file: Path, safe_mode: bool) -> Any:
    import keras

    try:
        return keras.models.load_model(file, compile=False, safe_mode=safe_mode)
    except Exception as failed:
        old = _loaded_by_tf_keras(file, safe_mode)
        if old is not None:
            return old
        raise EXPORT_FILE.error(
            ValueError,
            f"a model that Keras {keras.__version__} reads, in {file}",
            first_line(failed).removesuffix("."),
            _fix(failed, file),
        ) from failed


def _loaded_by_tf_keras(file: Path, safe_mode: bool) -> Any:
    if importlib.util.find_spec("tf_keras") is None:
        return None
    try:
        import tf_keras
        from tf_keras.src.saving.serialization_lib import SafeModeScope

        # For an .h5 file its load_model has no safe_mode, and runs the code inside.
        with SafeModeScope(safe_mode):
            return tf_keras.models.load_model(str(file), compile=False)
    except Exception:
        return None


def _fix(failed: Exception, file: Path) -> str:
    causes = []
    cause: BaseException | None = failed
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    for case, fix in _FIXES:
        if any(case(str(found)) for found in causes):
            return fix
    if _is_of_keras_2(file) and importlib.util.find_spec("tf_keras") is None:
        return _KERAS_2
    return "Export the model from the program that wrote it, with tfpredict.export."


_KERAS_2 = "pip install tf_keras, and export the file again: Keras 2 wrote it."

_FIXES: tuple[tuple[Callable[[str], bool], str], ...] = (
    (
        lambda text: "safe_mode" in text,
        "If you trust the file, allow the code in it: --no-safe-mode in the shell, "
        "safe_mode=False in Python.",
    ),
    (
        lambda text: "register_keras_serializable" in text or "custom_objects" in text,
        "Export the model with tfpredict.export in the program that wrote it, which has its "
        "classes.",
    ),
    (
        lambda text: "No model config found" in text or "No model found" in text,
        "Load the file into the model that wrote it, and export that with tfpredict.export. It "
        "holds only weights.",
    ),
)


def _is_of_keras_2(file: Path) -> bool:
    import zipfile

    try:
        if zipfile.is_zipfile(file):
            import json

            with zipfile.ZipFile(file) as archive:
                version = json.loads(archive.read("metadata.json")).get("keras_version", "")
        else:
            import h5py

            with h5py.File(file, "r") as opened:
                version = opened.attrs.get("keras_version", "")
    except (OSError, KeyError, ValueError):
        return False
    return str(version.decode() if isinstance(version, bytes) else version).startswith("2")
