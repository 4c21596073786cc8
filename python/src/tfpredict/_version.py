"""The version of the package and of its jar: the one place where it is written."""

__version__ = "0.1.0"
