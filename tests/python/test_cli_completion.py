"""The scripts that complete the command: run in bash, and the words of the others."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from tfpredict.cli import _completion
from tfpredict.cli.app import app
from typer.testing import CliRunner


def script(shell: str) -> str:
    done = CliRunner().invoke(app, ["completion", shell])
    assert done.exit_code == 0, done.output
    return done.stdout


def completed(*words: str) -> list[str]:
    """What bash offers for the last of some words."""
    quoted = " ".join(f"'{word}'" for word in words)
    lines = [script("bash"), f"COMP_WORDS=({quoted})", f"COMP_CWORD={len(words) - 1}"]
    lines += ["_tfpredict", 'printf "%s\\n" "${COMPREPLY[@]}"']
    done = subprocess.run(
        ["bash", "-u", "-c", "\n".join(lines)], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_bash_completes_commands_options_and_values():
    assert completed("tfpredict", "in") == ["inspect"]
    assert set(completed("tfpredict", "")) >= {"train", "predict", "jar", "completion", "--help"}
    assert completed("tfpredict", "predict", "m", "--on-e") == ["--on-error"]
    assert completed("tfpredict", "predict", "--on-error", "") == ["fail", "null", "struct"]
    assert completed("tfpredict", "predict", "--format", "c") == ["csv"]
    assert completed("tfpredict", "completion", "z") == ["zsh"]
    assert completed("tfpredict", "train", "d") == ["digits"]
    # No word: bash's own names of files.
    assert completed("tfpredict", "predict", "--input", "") == []
    assert "-o default" in script("bash")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_script_has_every_command_and_option(shell):
    told = script(shell)
    for name, words in _completion.commands(app).items():
        assert name in told
        for option in words.options:
            for each in option.names:
                spelt = each
                if shell == "fish":
                    spelt = f"-l {each[2:]}" if each.startswith("--") else f"-s {each[1:]}"
                assert spelt in told, f"{name} {each}"


@pytest.mark.parametrize(
    ("shell", "check"), [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")]
)
def test_each_script_is_read_by_its_shell(shell, check, tmp_path):
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    (tmp_path / "script").write_text(script(shell))
    done = subprocess.run(
        [shell, check, str(tmp_path / "script")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
