#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The kernel prelude gives the same bits at every width, optimisation level, compiler and target.

Compiles prelude_bits.cpp in several ways, runs it and compares the hashes it prints. Variants whose
compiler, processor features or emulator are missing are named and left out.
"""

import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
PRELUDE = HERE.parent.parent / "compiler/codegen/prelude"
COMMON = ["-std=c++20", "-ffp-contract=off", "-fno-math-errno", "-w", f"-I{PRELUDE}"]
AARCH64 = ["--target=aarch64-linux-gnu", "-static", "-nostdlib++"]
QEMU = "qemu-aarch64"

# compiler, width, flags
VARIANTS = [
    ("g++", 1, ["-O2"]),
    ("clang++-19", 1, ["-O0", "-march=x86-64-v3"]),
    ("clang++-19", 1, ["-O3", "-march=x86-64-v4"]),
    ("clang++-19", 2, ["-O1", "-march=x86-64-v2"]),
    ("clang++-19", 4, ["-O3", "-march=x86-64-v3"]),
    ("clang++-19", 8, ["-O0", "-march=x86-64-v4"]),
    ("clang++-19", 8, ["-O3", "-march=x86-64-v4", "-mprefer-vector-width=512"]),
    ("clang++-19", 8, ["-O1", "-march=native"]),
    ("clang++-19", 16, ["-O1", "-march=x86-64-v4", "-mprefer-vector-width=512"]),
    ("clang++-19", 2, ["-O2", *AARCH64]),
]


def processor_runs(flags: list[str]) -> bool:
    features = Path("/proc/cpuinfo").read_text().split("flags", 1)[-1].split("\n", 1)[0].split()
    needed = {"v3": {"avx2", "fma"}, "v4": {"avx512f", "avx512dq", "avx512vl", "avx512bw"}}
    return all(
        needed[level] <= set(features) for level in needed if f"-march=x86-64-{level}" in flags
    )


def hashes(variant: tuple[str, int, list[str]], real: int, folder: Path) -> list[str] | None:
    compiler, width, flags = variant
    emulated = flags[-len(AARCH64) :] == AARCH64
    if shutil.which(compiler) is None or not processor_runs(flags):
        return None
    if emulated and (shutil.which(QEMU) is None or shutil.which("aarch64-linux-gnu-gcc") is None):
        return None
    program = folder / f"bits_{real}_{VARIANTS.index(variant)}"
    macros = [f"-DHHK_WIDTH={width}", f"-DHHK_REAL={real}"]
    command = [
        compiler,
        *COMMON,
        *flags,
        *macros,
        str(HERE / "prelude_bits.cpp"),
        "-o",
        str(program),
    ]
    subprocess.run(command, check=True)
    run = [QEMU, str(program)] if emulated else [str(program)]
    return subprocess.run(run, check=True, capture_output=True, text=True).stdout.splitlines()


def main() -> int:
    different = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        for real in (64, 32):
            found = list(pool.map(lambda v: hashes(v, real, Path(folder)), VARIANTS))  # noqa: B023
            reference = next(lines for lines in found if lines is not None)
            for (compiler, width, flags), lines in zip(VARIANTS, found, strict=True):
                name = f"{real} bits, {compiler} width {width} {' '.join(flags)}"
                if lines is None:
                    print(f"left out: {name}")
                    continue
                wrong = [a.split()[0] for a, b in zip(lines, reference, strict=True) if a != b]
                different += len(wrong)
                print(f"{'same' if not wrong else 'DIFFERENT ' + ' '.join(wrong)}: {name}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
