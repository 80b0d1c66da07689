"""SYSPRO and SunSystems sites run Windows: nothing in the program may need POSIX."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.places import name, sources

POSIX_MODULES = {"fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty"}
POSIX_NAMES = {
    "os": {"chown", "fork", "geteuid", "getpgid", "getuid", "killpg", "setsid", "uname", "WNOHANG"},
    "signal": {"SIGALRM", "SIGHUP", "SIGKILL", "SIGQUIT", "SIGUSR1", "SIGUSR2", "alarm", "pause"},
}


def needs_posix(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found += [alias.name for alias in names if alias.name in POSIX_MODULES]
            case ast.ImportFrom(module=str(module), names=names):
                found += [module] if module in POSIX_MODULES else []
                found += [a.name for a in names if a.name in POSIX_NAMES.get(module, ())]
            case ast.Attribute(value=ast.Name(id=module), attr=attribute):
                found += [f"{module}.{attribute}"] if attribute in POSIX_NAMES.get(module, ()) else []
    return found


def without_encoding(tree: ast.AST) -> list[int]:
    """The lines that open a text file in whatever encoding the machine has."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="open"), args=[_, *rest], keywords=keywords):
                said = any(isinstance(mode, ast.Constant) and "b" in str(mode.value) for mode in rest)
            case ast.Call(func=ast.Attribute(attr="read_text"), args=arguments, keywords=keywords):
                said = bool(arguments)
            case ast.Call(func=ast.Attribute(attr="write_text"), args=arguments, keywords=keywords):
                said = len(arguments) > 1
            case _:
                continue
        if not said and not any(keyword.arg == "encoding" for keyword in keywords):
            found.append(node.lineno)
    return found


@pytest.mark.parametrize("source", sources(), ids=name)
def test_a_source_works_on_windows_too(source: Path) -> None:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    assert needs_posix(tree) == []
    assert without_encoding(tree) == []


def test_what_needs_posix_is_found() -> None:
    assert needs_posix(ast.parse("import fcntl, os\nos.fork()")) == ["fcntl", "os.fork"]
    text = "open('x')\nopen('x', 'rb')\np.read_text()\np.read_text('utf-8')\np.write_text(t)"
    assert without_encoding(ast.parse(text)) == [1, 3, 5]
