# SPDX-License-Identifier: MIT
"""What docs/security.md promises: a model reads nothing, runs nothing, and is answered in bounds.

Every hostile text is given to a process with little memory and time; an answer is an exit code of a
model with a mistake, never a signal, never a bug of the compiler (70).
"""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HHC = Path(os.environ.get("HHC", ROOT / "build" / "release" / "bin" / "hhc")).resolve()
MEMORY = 3 << 30  # bytes of address space; the library with LLVM alone maps several hundred MB
SECONDS = 60  # of CPU


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def hhc(folder: Path, *words: str) -> tuple[int, str]:
    """Exit code and everything that was said, in bounds of memory and time."""
    done = subprocess.run(
        [HHC, *words],
        cwd=folder,
        capture_output=True,
        timeout=300,
        check=False,
        stdin=subprocess.DEVNULL,
        preexec_fn=limited,
        env={**os.environ, "HHC_CACHE_DIR": str(folder / "cache")},
    )
    assert done.returncode in (0, 1), done.stderr.decode("utf-8", "replace")[-2000:]
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


def neuron(body: str) -> str:
    return "neuron A {\n" + body + "\n}\n"


def chain(links: int, link: Callable[[int], str], first: str, last: str) -> str:
    return "\n".join([first, *(link(k) for k in range(1, links)), last.format(links - 1)])


DOUBLINGS = chain(
    60,
    lambda k: f"function f{k}(x) = f{k - 1}(x) + f{k - 1}(x + 1)",
    "function f0(x) = x*x + x",
    neuron("dv/dt = f{0}(v)/second : 1").replace("{\n", "{{\n").replace("\n}", "\n}}"),
)
HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "text": (b"# x\n" * 1_100_000, "HH1002"),
    "line": ("# " + "x" * 70_000, "HH1003"),
    "brackets": (neuron(f"x = {'(' * 5000}1{')' * 5000} : 1"), "HH1004"),
    "signs": (neuron(f"x = {'-' * 5000}1 : 1"), "HH1004"),
    "powers": (neuron(f"x = {'2**' * 5000}1 : 1"), "HH1004"),
    "else": (neuron(f"x = {'1 if True else ' * 4000}1 : 1"), "HH1004"),
    "braces": ("neuron A { gate m {" * 20_000, "HH1"),
    "operations": (neuron(f"x = {'1 + ' * 5000}1 : 1"), "HH1005"),
    "doublings of functions": (DOUBLINGS, "HH5012"),
    "states": (neuron("\n".join(f"dx{k}/dt = -x{k}/second : 1" for k in range(1100))), "HH5012"),
    "mistakes": (neuron("x y\n" * 50_000), "HH1037"),
    "cycle": (neuron("a = b : 1\nb = a : 1"), "HH4"),
    "recursion": ("function f(x) = f(x) + 1\n" + neuron("v = f(1) : 1"), "HH4"),
    "species": (
        "channel C {\nkinetic s {\n"
        + "\n".join(f"A{k} <-> A{k + 1} (1/ms, 1/ms)" for k in range(1500))
        + "\n}\nI = s.A0*volt : volt\n}\n"
        + neuron("use C as c\ndv/dt = c.I/second : volt"),
        "HH5012",
    ),
    "zeros": (b"neuron A {\n" + b"\0" * 100_000 + b"\n}", "HH1"),
    "no UTF-8": (b"neuron A { v : volt } # \xed\xa0\x80", "HH1001"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_too_much_is_refused(name: str, tmp_path: Path) -> None:
    text, code = HOSTILE[name]
    path = tmp_path / "model.hhm"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    status, said = hhc(tmp_path, "check", "model.hhm")
    assert status == 1
    assert code in said, said[-500:]
    assert len(said) < 3_000_000, "the answer is bounded too"


@pytest.mark.parametrize("command", ["fmt", "explain"])
@pytest.mark.parametrize("name", ["brackets", "braces", "mistakes", "doublings of functions"])
def test_other_commands_stand_them_too(command: str, name: str, tmp_path: Path) -> None:
    text = HOSTILE[name][0]
    assert isinstance(text, str)
    (tmp_path / "model.hhm").write_text(text)
    hhc(tmp_path, command, "model.hhm")


# ---- Imports


SECRET = "neuron Secret {\n    dv/dt = -v/(1 ms) : volt\n}\n"


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    """A folder of models, beside it and in a folder beside it what must not be read."""
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "below").mkdir()
    (tmp_path / "secret.hhm").write_text(SECRET)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "secret.hhm").write_text(SECRET)
    (folder / "link.hhm").symlink_to(tmp_path / "secret.hhm")
    (folder / "outside").symlink_to(tmp_path / "other")
    (folder / "below" / "link.hhm").symlink_to("../../secret.hhm")
    (folder / "loop.hhm").symlink_to("loop.hhm")
    (folder / "password.hhm").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe.hhm")
    (folder / "folder.hhm").mkdir()
    (folder / "notes.txt").write_text(SECRET)
    return folder


OUTSIDE = [
    '"../secret.hhm"',
    '"below/../../secret.hhm"',
    '"./../secret.hhm"',
    '"below/.././../secret.hhm"',
    '"/etc/passwd"',
    '"/etc/passwd.hhm"',
    '"~/secret.hhm"',
    '"file:///etc/passwd"',
    '"link.hhm"',
    '"outside/secret.hhm"',
    '"below/link.hhm"',
    '"loop.hhm"',
    '"password.hhm"',
    '"pipe.hhm"',
    '"folder.hhm"',
    '"/dev/zero"',
    '"notes.txt"',
    '"..\\\\secret.hhm"',
    '"C:\\\\secret.hhm"',
    '""',
    '"."',
    '".."',
    '"' + "a/" * 3000 + 'a.hhm"',
    "outside.secret",
    "link",
    "outside.secret.Secret",
    "pipe.Secret",
]


@pytest.mark.parametrize("name", OUTSIDE, ids=range(len(OUTSIDE)))
def test_an_import_reads_nothing_outside(name: str, inside: Path) -> None:
    (inside / "model.hhm").write_text(f"import {name}\n" + neuron("v : volt"))
    status, said = hhc(inside, "check", "model.hhm")
    assert status == 1
    assert "HH2" in said
    for word in ("neuron Secret", "dv/dt = -v/(1 ms)", "root:"):
        assert word not in said, "a text that may not be read is not shown"


def test_the_same_file_below_is_read(inside: Path) -> None:
    (inside / "below" / "good.hhm").write_text(SECRET)
    (inside / "model.hhm").write_text('import "below/good.hhm"\n' + neuron("v : volt"))
    assert hhc(inside, "check", "model.hhm")[0] == 0


def test_text_of_a_file_that_is_no_model_is_not_shown_whole(tmp_path: Path) -> None:
    (tmp_path / "big.hhm").write_bytes(b"neuron B { v : volt }\n" * 500_000)
    (tmp_path / "model.hhm").write_text('import "big.hhm"\n' + neuron("v : volt"))
    status, said = hhc(tmp_path, "check", "model.hhm")
    assert status == 1
    assert "HH1002" in said
    assert len(said) < 5000


def test_many_imports_end(tmp_path: Path) -> None:
    """A chain of 300 files, each of which names all before it: each is read once."""
    for k in range(300):
        names = "".join(f'import "f{j}.hhm" as f{j}\n' for j in range(max(0, k - 3), k))
        (tmp_path / f"f{k}.hhm").write_text(names + f"const c{k} = {k}\n")
    (tmp_path / "model.hhm").write_text('import "f299.hhm" as f\n' + neuron("v = f.c299 : 1"))
    assert hhc(tmp_path, "check", "model.hhm")[0] in (0, 1)


def test_files_that_import_each_other_end(tmp_path: Path) -> None:
    (tmp_path / "a.hhm").write_text('import "b.hhm" as b\n' + neuron("v : volt"))
    (tmp_path / "b.hhm").write_text('import "a.hhm" as a\nimport "b.hhm" as c\n')
    status, said = hhc(tmp_path, "check", "a.hhm")
    assert status == 1
    assert "HH2" in said


def test_nothing_is_written_but_the_cache(tmp_path: Path) -> None:
    (tmp_path / "model.hhm").write_text(neuron("dv/dt = -v/(1 ms) : volt"))
    hhc(tmp_path, "check", "model.hhm")
    hhc(tmp_path, "explain", "model.hhm")
    assert {p.name for p in tmp_path.iterdir()} - {"cache"} == {"model.hhm"}


def test_output_goes_only_where_it_was_asked_for(tmp_path: Path) -> None:
    """Not the name of a model, nor a docstring, decides a path."""
    (tmp_path / "model.hhm").write_text('"../../x; rm -rf /"\n' + neuron("v : volt"))
    hhc(tmp_path, "model.hhm", "-o", "out.h")
    found = {p.name for p in tmp_path.iterdir()} - {"cache"}
    assert found == {"model.hhm", "out.h"}


def test_a_docstring_cannot_leave_its_comment_in_generated_text(tmp_path: Path) -> None:
    """Of C++ and of the header."""
    text = '"*/ #include </etc/passwd> /* \\\\ \\n #error x"\n' + neuron(
        '"*/\n#include </etc/passwd>\n/*"\ndv/dt = -v/(1 ms) : volt # */ #error'
    )
    (tmp_path / "model.hhm").write_text(text)
    for stage in ("cpp", "header"):
        _, said = hhc(tmp_path, f"--emit={stage}", "model.hhm")
        lines = [line.strip() for line in said.splitlines()]
        assert not any(line.startswith(("#include </etc", "#error")) for line in lines)
    assert hhc(tmp_path, "model.hhm", "-o", "model.o")[0] == 0
