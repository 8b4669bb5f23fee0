# SPDX-License-Identifier: MIT
"""The same network with many sets of parameters, on as many processors as there are.

Threads of this process share the compiled code, and runs do not hold Python's lock, so they are the
default. Executors of ``concurrent.futures``, joblib and dask send copies elsewhere.
"""

from __future__ import annotations

import copy
import itertools
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

from hodgpy import arguments, units
from hodgpy.coded import nearest, refuse
from hodgpy.errors import HodgError, SimulationError

if TYPE_CHECKING:
    from hodgpy.network import Network


class SweepRun(NamedTuple):
    """One run of a sweep: its parameters, and what was measured."""

    parameters: dict[str, Any]
    result: Any


class Sweep(Sequence[SweepRun]):
    """The runs of a sweep, in the order of the parameters."""

    def __init__(self, runs: Iterable[SweepRun]) -> None:
        self.runs = list(runs)

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """The parameters of each run."""
        return [run.parameters for run in self.runs]

    @property
    def results(self) -> list[Any]:
        """What was measured in each run."""
        return [run.result for run in self.runs]

    def to_pandas(self) -> Any:
        """A pandas DataFrame: one row a run, a column per parameter and per result."""
        from hodgpy.export import sweep_to_pandas

        return sweep_to_pandas(self)

    def __getitem__(self, index: Any) -> Any:
        return Sweep(self.runs[index]) if isinstance(index, slice) else self.runs[index]

    def __len__(self) -> int:
        return len(self.runs)

    def __repr__(self) -> str:
        names = ", ".join(self.runs[0].parameters) if self.runs else "nothing"
        return f"<Sweep of {len(self)} runs over {names}>"


def run_sweep(
    net: Network,
    parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    duration: Any,
    measure: Callable[[Network], Any] | None,
    n_jobs: int,
    executor: Any,
) -> Sweep:
    """See :meth:`hodgpy.Network.sweep`."""
    if net.t > 0:
        refuse(
            "HH6055", f"the network stands at {net.t:g} s; a sweep starts at 0",
            "sweep first, or build the network anew",
        )  # fmt: skip
    sets = _sets(parameters)
    for chosen in sets[:1]:
        for name in chosen:
            _target(net, name)
    seconds = units.duration(duration, "duration")
    if measure is not None:
        arguments.action(measure, "measure")
    jobs = [(net, chosen, seconds, measure) for chosen in sets]
    results = _spread(jobs, arguments.whole(n_jobs, "n_jobs", -1, 4096), executor)
    return Sweep(SweepRun(dict(c), r) for c, r in zip(sets, results, strict=True))


def _sets(parameters: Any) -> list[Mapping[str, Any]]:
    """Every combination of a dict of lists, or the dicts of a list."""
    if isinstance(parameters, Mapping):
        named = arguments.mapping(parameters, "parameters")
        columns = [_values(name, values) for name, values in named.items()]
        return [dict(zip(named, row, strict=True)) for row in itertools.product(*columns)]
    if not isinstance(parameters, Sequence) or isinstance(parameters, str):
        raise SimulationError(
            f"parameters is {arguments.shown(parameters)}; it must be a dict of lists or a list of "
            "dicts"
        )
    return [arguments.mapping(one, "one set of parameters") for one in parameters]


def _values(name: str, values: Any) -> list[Any]:
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        raise SimulationError(
            f"`{name}` of parameters is {arguments.shown(values)}; it must be a list of values"
        )
    return list(values)


def _target(net: Network, name: str) -> tuple[Any, str]:
    """The object and variable that a name like ``"cells.I"`` means."""
    if name == "seed":
        return net, name
    named = net._named()
    for dots in range(name.count("."), 0, -1):
        parts = name.split(".")
        owner, variable = ".".join(parts[:dots]), ".".join(parts[dots:])
        if owner in named:
            return named[owner], variable
    refuse(
        "HH6055", f"`{name}` names no variable of an object of the network",
        nearest(name.partition(".")[0], named) or f"objects: {', '.join(named)}; as `cells.I`",
    )  # fmt: skip


def _run_one(job: tuple[Network, Mapping[str, Any], float, Any]) -> Any:
    """One run on a copy of the network; what an executor calls."""
    net, chosen, seconds, measure = job
    mine = copy.deepcopy(net) if "seed" not in chosen else net.copy(seed=chosen["seed"])
    for name, value in chosen.items():
        owner, variable = _target(mine, name)
        if name != "seed":
            owner.set(variable, value) if hasattr(owner, "set") else setattr(owner, variable, value)
    mine.run(seconds)
    return mine._data() if measure is None else measure(mine)


def _spread(jobs: list[Any], n_jobs: int, executor: Any) -> list[Any]:
    if executor is None:
        workers = (os.cpu_count() or 1) if n_jobs < 1 else n_jobs
        if workers == 1:
            return [_run_one(job) for job in jobs]
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(_run_one, jobs))
    module = type(executor).__module__.partition(".")[0]
    if module == "joblib":
        import joblib

        return list(executor(joblib.delayed(_run_one)(job) for job in jobs))
    if not hasattr(executor, "submit"):
        raise HodgError(
            f"executor is {arguments.shown(executor)}; it must be one of concurrent.futures, a "
            "joblib.Parallel, or a dask client"
        )
    # A dask client takes equal calls for one; these draw random numbers of their own.
    options = {"pure": False} if module == "distributed" else {}
    futures = [executor.submit(_run_one, job, **options) for job in jobs]
    return [future.result() for future in futures]
