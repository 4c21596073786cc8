"""``tfpredict completion``: prints a script that completes the command in a shell."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

from tfpredict.cli import _completion


class Shell(str, enum.Enum):
    """The shells.

    Examples
    --------
    >>> Shell("bash").value
    'bash'
    """

    bash = "bash"
    zsh = "zsh"
    fish = "fish"


def command(
    shell: Annotated[Shell, typer.Argument(help="Your shell.")],
) -> None:
    """Print a script that completes commands, options and their values on the Tab key.

    Example: tfpredict completion bash > ~/.local/share/bash-completion/completions/tfpredict

    For zsh, a file _tfpredict in a folder of its fpath. For fish, the file
    ~/.config/fish/completions/tfpredict.fish. For this bash alone:
    source <(tfpredict completion bash)

    Examples
    --------
    >>> command(Shell.bash)
    # Completes tfpredict in bash.
    ...
    """
    from tfpredict.cli.app import app

    scripts = {
        Shell.bash: _completion.bash,
        Shell.zsh: _completion.zsh,
        Shell.fish: _completion.fish,
    }
    print(scripts[shell](_completion.commands(app)), end="")
