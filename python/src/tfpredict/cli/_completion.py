"""Scripts for shells that complete ``tfpredict``, made from the command itself.

They hold all words, so that the Tab key starts no Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from typer.main import get_command

if TYPE_CHECKING:
    import typer


@dataclass(frozen=True)
class Option:
    """An option of a command.

    Attributes
    ----------
    names : tuple of str
        Such as ``--output`` and ``-o``.
    text : str
        What it does, for shells that show that.
    values : tuple of str
        What it may be, if these are few.
    takes_value : bool
        Whether a value follows it.

    Examples
    --------
    >>> Option(("--json",), "Print JSON.", (), False).takes_value
    False
    """

    names: tuple[str, ...]
    text: str
    values: tuple[str, ...]
    takes_value: bool


@dataclass(frozen=True)
class Words:
    """The words of one command.

    Attributes
    ----------
    text : str
        What the command does.
    options : tuple of Option
        Its options.
    values : tuple of str
        What its first argument may be, if these are few.

    Examples
    --------
    >>> Words("Print a script.", (), ("bash", "zsh")).values
    ('bash', 'zsh')
    """

    text: str
    options: tuple[Option, ...]
    values: tuple[str, ...]


def commands(app: typer.Typer) -> dict[str, Words]:
    """Return the words of each command of an app.

    Examples
    --------
    >>> from tfpredict.cli.app import app
    >>> commands(app)["completion"].values
    ('bash', 'zsh', 'fish')
    """
    group: Any = get_command(app)
    found = {}
    for name, command in group.commands.items():
        options: list[Option] = []
        values: tuple[str, ...] = ()
        for parameter in command.params:
            kinds = getattr(parameter.type, "choices", ())
            choices = tuple(str(getattr(choice, "value", choice)) for choice in kinds)
            if parameter.param_type_name == "argument":
                values = values or choices
            else:
                names = (*parameter.opts, *parameter.secondary_opts)
                takes_value = not parameter.is_flag
                options.append(Option(names, parameter.help or "", choices, takes_value))
        options.append(Option(("--help", "-h"), "Show the help and exit.", (), False))
        text = command.get_short_help_str(200)
        found[name] = Words(text, tuple(options), values)
    return found


def bash(words: dict[str, Words]) -> str:
    """Return a script for bash."""
    lines = [
        "# Completes tfpredict in bash.",
        "_tfpredict() {",
        "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=",
        '    if [ "$COMP_CWORD" -eq 1 ]; then',
        f'        words="{" ".join(words)} --help --version"',
        "    else",
        "        case ${COMP_WORDS[1]} in",
    ]
    for name, command in words.items():
        lines += [f"        {name})", "            case $before in"]
        for option in command.options:
            if option.values:
                given = "|".join(option.names)
                lines.append(f'            {given}) words="{" ".join(option.values)}" ;;')
        valued = [o for o in command.options if o.takes_value and not o.values]
        if valued:
            given = "|".join(each for option in valued for each in option.names)
            lines.append(f"            {given}) ;;")
        names = " ".join(each for option in command.options for each in option.names)
        lines += [f'            *) words="{" ".join((*command.values, names))}" ;;']
        lines += ["            esac", "            ;;"]
    lines += [
        "        esac",
        "    fi",
        '    COMPREPLY=($(compgen -W "$words" -- "$word"))',
        "}",
        # What no word fits is a file or a folder.
        "complete -o default -F _tfpredict tfpredict",
        "",
    ]
    return "\n".join(lines)


def zsh(words: dict[str, Words]) -> str:
    """Return a script for zsh."""
    lines = [
        "#compdef tfpredict",
        "# Completes tfpredict in zsh.",
        "_tfpredict() {",
        "    local -a commands=(",
    ]
    lines += [f"        {_single(f'{name}:{command.text}')}" for name, command in words.items()]
    lines += [
        "    )",
        "    if (( CURRENT == 2 )); then",
        "        _describe command commands",
        "        return",
        "    fi",
        "    case $words[2] in",
    ]
    for name, command in words.items():
        specs = []
        for option in command.options:
            kind = f":value:({' '.join(option.values)})" if option.values else ":value:_files"
            value = kind if option.takes_value else ""
            text = option.text.replace("[", "(").replace("]", ")").replace(":", "\\:")
            specs += [_single(f"*{each}[{text}]{value}") for each in option.names]
        kind = f"({' '.join(command.values)})" if command.values else "_files"
        specs.append(_single(f"*:argument:{kind}"))
        lines += [
            f"    {name})",
            "        shift words; (( CURRENT-- ))",
            "        _arguments \\",
            *(f"            {spec} \\" for spec in specs[:-1]),
            f"            {specs[-1]}",
            "        ;;",
        ]
    # Autoloaded, the file is the function; sourced, it tells zsh of it.
    lines += [
        "    esac",
        "}",
        'if [ "$funcstack[1]" = _tfpredict ]; then',
        '    _tfpredict "$@"',
        "else",
        "    compdef _tfpredict tfpredict",
        "fi",
        "",
    ]
    return "\n".join(lines)


def fish(words: dict[str, Words]) -> str:
    """Return a script for fish."""
    lines = ["# Completes tfpredict in fish."]
    for name, command in words.items():
        text = _single(command.text)
        lines.append(f"complete -c tfpredict -n __fish_use_subcommand -f -a {name} -d {text}")
        seen = _single(f"__fish_seen_subcommand_from {name}")
        if command.values:
            lines.append(
                f"complete -c tfpredict -n {seen} -f -a {_single(' '.join(command.values))}"
            )
        for option in command.options:
            names = " ".join(
                f"-l {each[2:]}" if each.startswith("--") else f"-s {each[1:]}"
                for each in option.names
            )
            value = ""
            if option.takes_value:
                value = f" -x -a {_single(' '.join(option.values))}" if option.values else " -r"
            text = _single(option.text)
            lines.append(f"complete -c tfpredict -n {seen} {names} -d {text}{value}")
    return "\n".join([*lines, ""])


def _single(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
