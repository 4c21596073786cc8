"""The shell command ``tfpredict``: one module for each of its commands."""
