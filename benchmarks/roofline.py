# SPDX-License-Identifier: MIT
"""Operations and bytes of each kernel, counted from its IR, against what this machine can do.

    python benchmarks/roofline.py [--models PART ...] [--dtype float64] [--cells 1000]

An operation is one instruction of the multipliers, which are what these kernels wait for: a
product, alone or fused with a sum. A division keeps a multiplier busy as long as five, a function
of the prelude counts the products in its machine code. Sums, comparisons and selects run beside
them on the adders. Bytes are the fields that `advance` loads and stores. The roofs are measured in
the same run, with kernels that the compiler makes from models, too: chains of fused operations for
the arithmetic, one addition per field for the bandwidth at the same number of cells.
"""

from __future__ import annotations

import argparse
import platform
import re
import time
from dataclasses import dataclass

from machine import cpu_name

import hodgpy as hp
from hodgpy.units import ms

DIVISION = 5  # of doubles; of floats rather three
# Products (and five per division) of the prelude's functions in double, full precision, of exprel
# the branch near zero, which an exponential update takes; counted in the code of Clang at width 8.
FUNCTIONS = {
    "exp": 11, "exp2": 7, "expm1": 13, "exprel": 13, "inv_exprel": 23, "log": 16, "log1p": 18,
    "log10": 19, "pow": 37, "sqrt": 5, "sin": 26, "cos": 26, "tan": 35, "sinh": 23, "cosh": 18,
    "tanh": 23,
    "arcsin": 23, "arccos": 23, "arctan": 24, "sigmoid": 21, "erf": 40,
}  # fmt: skip
DRAW = 40
BYTES = {"integer": 4, "boolean": 1, "step": 8}
VALUE = re.compile(r"^  %\d+ = (\w+)(?: ([^%\s,]\S*))?")
WORK = 4_000_000  # cells times steps in one repeat


@dataclass
class Cost:
    """Of one cell and step."""

    operations: int = 0
    divisions: int = 0
    functions: int = 0
    bytes: int = 0


def count(ir: str, real_bytes: int) -> Cost:
    """The cost of kernel `advance` in the text of `hhc --emit=ir-opt`."""
    sizes = {}
    for name, kind in re.findall(r"^field (\S+) (\w+)", ir, re.MULTILINE):
        sizes[name] = real_bytes if kind == "real" else BYTES[kind]
    body = re.search(r"^kernel advance.*?^}", ir, re.MULTILINE | re.DOTALL)
    if body is None:
        raise ValueError("there is no kernel `advance`")
    cost = Cost()
    values: dict[str, bool] = {}
    for line in body.group().splitlines():
        stored = re.match(r"^  (?:store|add) (\S+),", line)
        if stored:
            cost.bytes += sizes[stored.group(1)]
            continue
        found = VALUE.match(line)
        if not found:
            continue
        operation, detail = found.groups()
        number = line.split()[0]
        # What is known before the cell costs nothing per cell.
        inputs = re.findall(r"%\d+", line.split(";")[0].split("=", 1)[1])
        varies = operation in ("load", "entity", "random") or any(values[k] for k in inputs)
        values[number] = varies
        if operation == "load":
            cost.bytes += sizes[detail or ""]
        if not varies:
            continue
        if operation in ("div", "mod", "floor_div"):
            cost.divisions += 1
            cost.operations += DIVISION
        elif operation == "math":
            products = FUNCTIONS.get(detail or "", 0)
            cost.functions += products > DIVISION
            cost.operations += products
        elif operation == "random":
            cost.operations += DRAW
        elif operation in ("mul", "fma"):
            cost.operations += 1
    return cost


def best_time(model: hp.Model, cells: int, repeats: int) -> float:
    """Seconds of processor time for one cell and step, best of the repeats."""
    dt = 0.01 * ms
    net = hp.Network(hp.Population(model, cells), dt=dt)
    net.run(100 * dt)
    steps = max(10, min(20_000, WORK // cells))
    times = []
    for _ in range(repeats):
        start = time.process_time()
        net.run(steps * dt)
        times.append(time.process_time() - start)
    return min(times) / (cells * steps)


def chain_model(chains: int = 8, length: int = 40) -> str:
    """Independent chains of fused operations on one field each."""
    lines = ["neuron Chains {", *(f"    x{k} : 1" for k in range(chains)), "    update {"]
    for k in range(chains):
        lines += [f"        x{k} = x{k}*0.875 + 0.0625" for _ in range(length)]
    return "\n".join([*lines, "    }", "}"])


def stream_model(fields: int = 16) -> str:
    """One addition per field."""
    lines = ["neuron Stream {", *(f"    x{k} : 1" for k in range(fields)), "    update {"]
    lines += [f"        x{k} = x{k} + 1" for k in range(fields)]
    return "\n".join([*lines, "    }", "}"])


def roofs(cells: int, dtype: str, repeats: int) -> tuple[float, float]:
    """Operations and bytes in a second."""
    real_bytes = 8 if dtype == "float64" else 4
    chains, stream = (
        next(iter(hp.compile(text(), dtype=dtype))) for text in (chain_model, stream_model)
    )
    arithmetic = count(str(chains.emit("ir-opt")), real_bytes)
    traffic = count(str(stream.emit("ir-opt")), real_bytes)
    return (
        arithmetic.operations / best_time(chains, cells, repeats),
        traffic.bytes / best_time(stream, cells, repeats),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="*", help="parts of model names; all if absent")
    parser.add_argument("--dtype", choices=("float64", "float32"), default="float64")
    parser.add_argument("--cells", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=5)
    a = parser.parse_args()
    real_bytes = 8 if a.dtype == "float64" else 4
    operations, bandwidth = roofs(a.cells, a.dtype, a.repeats)
    print(f"{cpu_name()}, Python {platform.python_version()}, hodgpy {hp.__version__}")
    print(f"{a.dtype}, {a.cells} cells: roofs at {operations / 1e9:.1f} G operations/s")
    print(f"and {bandwidth / 1e9:.1f} GB/s\n")
    print("| model | operations | divisions | functions | bytes | ns | of arithmetic | of bytes |")
    print("|---|---|---|---|---|---|---|---|")
    for name in (str(name) for name in hp.models()):
        short = name.removeprefix("neurons.")
        if short == name or (a.models and not any(part in short for part in a.models)):
            continue
        for model in hp.compile(name, dtype=a.dtype):
            cost = count(str(model.emit("ir-opt")), real_bytes)
            seconds = best_time(model, a.cells, a.repeats)
            print(
                f"| {short} {model.name} | {cost.operations} | {cost.divisions} "
                f"| {cost.functions} | {cost.bytes} | {1e9 * seconds:.2f} "
                f"| {100 * cost.operations / seconds / operations:.0f} % "
                f"| {100 * cost.bytes / seconds / bandwidth:.0f} % |",
                flush=True,
            )


if __name__ == "__main__":
    main()
