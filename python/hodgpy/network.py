# SPDX-License-Identifier: MIT
"""A network: objects that share a clock, and the run loop."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from os import PathLike
from typing import TYPE_CHECKING, Any, overload

from hodgpy import _core, arguments, guarding, plausible, units
from hodgpy.coded import refuse
from hodgpy.copying import rebuild_network
from hodgpy.errors import NetworkWarning, SimulationError
from hodgpy.keywords import Keywords, keywords
from hodgpy.population import Population
from hodgpy.recorders import Recorder
from hodgpy.sources import NoiseCurrent
from hodgpy.stimuli import Stimulus
from hodgpy.synapses import Synapses

if TYPE_CHECKING:
    from hodgpy.accuracy import Accuracy
    from hodgpy.ensemble import Ensemble
    from hodgpy.sweep import Sweep

Action = Callable[[], None]

_LONG = 50.0  # seconds: a run of a plain number from here on was probably meant in ms
_COARSE = 0.01  # seconds: a step that is no step of a neuron


class Network(Keywords):
    """Populations, synapses, stimuli and recorders that run together on one clock.

    Parameters
    ----------
    *objects
        Populations, synapses, stimuli and recorders, in any order: it never matters to the results.
    dt : Quantity
        Time step; default 0.1 ms. All of the network shares it.
    threads : int
        Threads to use; results are the same bits for any number. 0: as many as the machine has.
    seed : int
        Of all random numbers of the network.
    flush_denormals : bool
        Take numbers below 2.2e-308 (float32: 1.2e-38) as zeros in runs. On Intel's processors each
        operation with such a number takes some 150 cycles, and a conductance that nothing reaches
        any more comes there after 700 time constants and stays. Default: no, so that results are
        the same bits as ever. Saved with the network.
    temperature : Quantity or str, optional
        Temperature of every model that has one: ``"18.5 degC"``.

    Examples
    --------
    >>> net = hp.Network(P, spikes, dt=0.01*ms)
    >>> net.run(100*ms)
    """

    def __init__(
        self,
        *objects: Any,
        dt: Any = 0.1e-3,
        threads: int = 1,
        seed: int = 0,
        temperature: Any = None,
        flush_denormals: bool = False,
    ) -> None:
        self._core = _core.Network(
            units.duration(dt, "dt"),
            arguments.whole(threads, "threads", 0, 1024),
            arguments.whole(seed, "seed", 0, 2**64 - 1),
            arguments.flag(flush_denormals, "flush_denormals"),
        )
        self._populations: dict[str, Population] = {}
        self._others: dict[str, Any] = {}
        self._objects: list[Any] = []
        self._synapses: list[Synapses] = []  # what each run asks, those of companions too
        self._prepared: list[Any] = []
        if temperature is not None:
            kelvin = units.to_si(temperature, units.parse("1 kelvin").dimension, "temperature")
            if not (isinstance(kelvin, float) and kelvin > 0):
                raise SimulationError(
                    f"temperature is {arguments.shown(temperature)}; it must be above 0 kelvin "
                    '(degrees Celsius are text: "37 degC")'
                )
        self._temperature = temperature
        self._operations = 0
        self._idle: set[str] = set()  # synapses without connections that were spoken of
        plausible.check_time(dt, _COARSE, "dt")
        self.add(*objects)

    def add(self, *objects: Any) -> None:
        """Add objects; lists of them are taken apart.

        Raises
        ------
        SimulationError
            For a name that is taken, or a population that is in another network.
        """
        for item in objects:
            if isinstance(item, (list, tuple)):
                self.add(*item)
                continue
            self._join(item)
            self._objects.append(item)

    def _join(self, item: Any) -> None:
        """One object, and those that come with it."""
        if isinstance(item, Population):
            self._core.add_population(item._core)
            self._populations[item.name] = item
            if self._temperature is not None:
                self._set_temperature(item)
            for companion in item._companions():
                self._join(companion)
        elif isinstance(item, Synapses):
            item._settle()
            self._core.add_synapses(item._core)
            self._others[item.name] = item
        elif isinstance(item, Stimulus):
            name = self._free_name(item)
            self._core.add_stimulus(item._core, name)
            self._name(item, name)
            item._keep("_network", self)
        elif isinstance(item, NoiseCurrent):
            self._join(item.process)
            self._join(item._links)
        elif isinstance(item, Recorder):
            name = self._free_name(item)
            item._join(self, name)
            self._name(item, name)
        else:
            raise SimulationError(
                "a network takes populations, synapses, stimuli and recorders, not "
                f"{arguments.shown(item)}"
            )
        if isinstance(item, Synapses):
            self._synapses.append(item)
        elif hasattr(type(item), "_before_run"):
            self._prepared.append(item)

    def _set_temperature(self, item: Any) -> None:
        if item._core.has("temperature"):
            item.set("temperature", self._temperature)
        elif item.model is not None and "temperature" in item._names():
            plausible.warn_user(
                f"the equations of `{item.name}` say their own temperature, and that of the "
                "network does not change it: write `temperature : kelvin` to have it set",
                NetworkWarning,
            )

    def _free_name(self, item: Any) -> str:
        """The name of an object, or one that is free."""
        wanted = item.name or item._default_name()
        taken = self._named()
        if item.name and item.name in taken:
            refuse("HH6022", f"the network has an object `{item.name}` already")
        choices = [wanted, *(f"{wanted}_{k}" for k in range(1, len(taken) + 1))]
        return str(next(choice for choice in choices if choice not in taken))

    def _name(self, item: Any, name: str) -> None:
        item.name = name
        self._others[name] = item

    def __getitem__(self, name: str) -> Any:
        named = self._named()
        if name not in named:
            raise SimulationError(f"the network has no object `{name}`; it has {', '.join(named)}")
        return named[name]

    def _named(self) -> dict[str, Any]:
        """Everything that has a name: populations, then their named subgroups."""
        groups = {k: g for p in self._populations.values() for k, g in p._subgroups.items()}
        return groups | self._others | self._populations

    @property
    def t(self) -> float:
        """Current time in seconds."""
        return self._core.t

    @property
    def dt(self) -> float:
        """Time step in seconds."""
        return self._core.dt

    @property
    def threads(self) -> int:
        """Threads to use; may be changed between runs."""
        return self._core.threads

    @threads.setter
    def threads(self, threads: int) -> None:
        self._core.threads = arguments.whole(threads, "threads", 0, 1024)

    @keywords
    def run(
        self,
        duration: Any,
        *,
        report: str | Callable[[float, float, float], None] | None = None,
        record_end: bool = False,
        checkpoint: str | PathLike[str] | None = None,
        every: Any = None,
        guard: bool = False,
    ) -> None:
        """Simulate for a time; a run can be continued by another one.

        Parameters
        ----------
        duration : Quantity
            A whole number of steps.
        report : "text", "bar" or callable, optional
            Progress: lines of text, a bar (with tqdm), or a function of (fraction done, simulated
            seconds, elapsed seconds).
        record_end : bool
            Also record states at the end of the run (else the samples are 0 ... T - dt).
        checkpoint : path, optional
            Save the network there, as :meth:`save` does, in the run and where it ends.
        every : Quantity, optional
            Simulated time between checkpoints: they are made at its multiples. A run that is
            killed loses what came after the last one.
        guard : bool
            Keep a copy of the state now and then. When a number goes wrong, the steps from there
            are repeated one by one and the failing one is looked at term by term: the error names
            the step and the first term that is not finite, and the network stands at the start of
            that step, where its values can be read. Costs the copies.

        Raises
        ------
        SimulationError
            NaN or infinity (with variable, neuron and time), a duration that is no multiple of dt,
            a checkpoint that cannot be written (HH6061).
        KeyboardInterrupt
            After Ctrl+C, at the end of a step: everything computed so far is there, and ``run``
            goes on from there.
        """
        seconds = units.duration(duration, "duration")
        record_end = arguments.flag(record_end, "record_end")
        guard = arguments.flag(guard, "guard")
        path = "" if checkpoint is None else arguments.path(checkpoint, "checkpoint")
        interval = 0.0 if every is None else units.duration(every, "every")
        if every is not None and not path:
            refuse("HH6028", "`every` says when to save, but not where", "checkpoint=a path")
        self._settle()
        for item in self._prepared:
            item._before_run(self.dt, self.t, seconds)
        plausible.check_time(duration, _LONG, "the duration of a run")
        self._warn_of_idle()
        progress = _progress(report, seconds)
        try:
            self._core.run(
                seconds,
                progress.update if progress else None,
                record_end, guard, path, interval, self._notes,
            )  # fmt: skip
        except SimulationError as error:
            if guard and error.fault is not None:
                raise guarding.explained(self, error) from None
            raise
        finally:
            if progress:
                progress.close()

    def save(self, path: str | PathLike[str]) -> None:
        """Write everything that decides the steps to come, and what was recorded, into a file.

        States, synapses and spikes that are under way, delayed signals, random streams, stimuli,
        recordings, the clock. Functions given to :meth:`at` and :meth:`every` are not saved.

        Parameters
        ----------
        path : path
            The file appears whole or not at all; one that was there before stays until then.

        Raises
        ------
        SimulationError
            HH6061 if the file cannot be written; HH6024 after a fault.

        Examples
        --------
        >>> net.run(1*second)
        >>> net.save("state.hodg")
        """
        self._settle()
        self._core.save(arguments.path(path, "path"), self._notes())

    def restore(self, path: str | PathLike[str], *, strict: bool = True) -> None:
        """Go on from a saved network, in this process or another, bit by bit.

        The network must have been built alike: the same populations, synapses (also without their
        connections) and ``dt``. Values, connections, delays, seed, settings of stimuli and
        recordings are taken from the file; the number of threads is not. ``every`` operations of
        this network go on in phase, ``at`` operations that are past are dropped.

        Parameters
        ----------
        path : path
            From :meth:`save`, or a checkpoint of :meth:`run`. The file is data: reading it runs
            nothing.
        strict : bool
            Also refuse other equations or methods with the same variables, and other stimuli or
            recorders. Else those that the file does not know stay as they are.

        Raises
        ------
        SimulationError
            HH6062 for a file that cannot be read, HH6063 for one that is no saved network, cut
            short, damaged or from a newer version, HH6064 for another network. Nothing is changed
            then.
        """
        from hodgpy import saving

        saving.restore(self, arguments.path(path, "path"), strict)

    def check_accuracy(self, duration: Any) -> Accuracy:
        """Run two copies of this network, with dt and with dt/2, and compare them.

        Parameters
        ----------
        duration : Quantity
            Of both runs, from time 0.

        Returns
        -------
        Accuracy
            ``states`` (for each state the largest difference in SI and as a part of its range, over
            the first 100 neurons and 200 times) and ``spikes`` (numbers, largest shift in s).
            ``print(net.check_accuracy(1*second))`` shows it as a table.

        Raises
        ------
        SimulationError
            HH6028 where random numbers are drawn: they are others with another time step. HH6055
            after a run, or with operations.
        """
        from hodgpy.accuracy import check_accuracy

        return check_accuracy(self, duration)

    def _settle(self) -> None:
        for synapses in self._synapses:
            synapses._settle()

    def _notes(self) -> dict[str, bytes]:
        from hodgpy import saving

        return saving.notes_of(self._populations | self._others)

    def _warn_of_idle(self) -> None:
        """Says once which synapses have no connections."""
        for item in self._objects:
            if isinstance(item, Synapses) and not len(item) and item.name not in self._idle:
                self._idle.add(item.name)
                plausible.warn_user(
                    f"`{item.name}` ({item.source.name} -> {item.target.name}) has no synapses: "
                    "its connect(...) makes them",
                    NetworkWarning,
                )

    def plot(self, *, figsize: tuple[float, float] | None = None) -> Any:
        """One panel for each recorder on a common time axis; spikes of all populations in one.

        Parameters
        ----------
        figsize : pair of numbers, optional
            Width and height in inches.

        Returns
        -------
        array of matplotlib axes
            From top to bottom: the raster, then states and rates in the order in which their
            recorders were added.

        Raises
        ------
        SimulationError
            For a network without recorders.
        """
        from hodgpy import plotting

        return plotting.overview([r for r in self._objects if isinstance(r, Recorder)], figsize)

    @overload
    def at(self, time: Any) -> Callable[[Action], Action]: ...
    @overload
    def at(self, time: Any, action: Action) -> None: ...
    def at(self, time: Any, action: Action | None = None) -> Any:
        """Call ``action()`` at a time, before the recorders of that step.

        Without ``action`` a decorator, as :meth:`every` is. An error that it raises ends the run
        there; the next run goes on from that step.
        """
        return self._operation(self._core.at, units.duration(time, "time"), action)

    @overload
    def every(self, interval: Any) -> Callable[[Action], Action]: ...
    @overload
    def every(self, interval: Any, action: Action) -> None: ...
    def every(self, interval: Any, action: Action | None = None) -> Any:
        """Call ``action()`` at 0, interval, 2*interval, ..., before the recorders of that step.

        Without ``action`` a decorator::

            @net.every(10 * ms)
            def watch() -> None:
                print(net.t, P.v.mean())
        """
        seconds = units.duration(interval, "interval")
        if seconds <= 0:
            raise SimulationError(f"interval is {seconds} s; it must be positive")
        return self._operation(self._core.every, seconds, action)

    def _operation(
        self, add: Callable[[float, Action], None], seconds: float, action: Action | None
    ) -> Any:
        """Adds an action now, or where the decorator that is returned meets one."""

        def register(action: Action) -> Action:
            self._operations += 1
            add(seconds, arguments.action(action, "action"))
            return action

        if action is None:
            return register
        register(action)
        return None

    def copy(self, *, seed: int | None = None, threads: int | None = None) -> Network:
        """The same network at time 0, with everything that was assigned; it shares compiled code.

        Parameters
        ----------
        seed, threads : int, optional
            Other ones than here.

        Raises
        ------
        SimulationError
            HH6055: after a run, or with operations (``at``, ``every``), which belong to the
            objects of this network.
        """
        if self.t > 0:
            refuse(
                "HH6055", f"the network stands at {self.t:g} s; a copy starts at 0",
                "copy first, then run",
            )  # fmt: skip
        kind, options, objects = self.__reduce__()[1]
        options |= {k: v for k, v in (("seed", seed), ("threads", threads)) if v is not None}
        copied: Network = rebuild_network(kind, options, deepcopy(objects))
        return copied

    def ensemble(self, M: int) -> Ensemble:
        """M copies of this network that run as one, in the same kernels.

        Parameters
        ----------
        M : int
            How many.

        Returns
        -------
        Ensemble
            ``.set("cells.I", values)`` gives each copy its own values, ``.run(duration)`` runs all,
            ``.get("cells.v")`` and ``.recording("spikes")`` read them, copy by copy.

        Raises
        ------
        SimulationError
            HH6055: after a run, with operations, or with objects other than populations, synapses
            between them, and recorders of spikes and states.

        Notes
        -----
        Small networks gain most: vectors are filled with cells of several copies, and what a step
        costs whatever its size is paid once. Random numbers differ between copies. For many sizes
        or models see :meth:`sweep`.
        """
        from hodgpy.ensemble import Ensemble

        return Ensemble(self, M)

    def sweep(
        self,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]],
        *,
        duration: Any,
        measure: Callable[[Network], Any] | None = None,
        n_jobs: int = 1,
        executor: Any = None,
    ) -> Sweep:
        """Run copies of this network with many sets of parameters.

        Parameters
        ----------
        parameters : dict of lists, or list of dicts
            Values by ``"object.variable"`` (``"cells.I"``), and ``"seed"``: every combination of
            the lists, or each dict.
        duration : Quantity
            Of each run.
        measure : callable, optional
            What to keep of a network after its run; default what its recorders hold, by name.
        n_jobs : int
            Threads of this process that run networks beside each other; -1: one per CPU. They
            share the compiled code.
        executor : optional
            An executor of concurrent.futures, a ``joblib.Parallel`` or a dask client instead;
            ``measure`` must be a function of a module then, if it works with processes.

        Returns
        -------
        Sweep
            (parameters, result) of each run, in order; ``.to_pandas()`` makes a table.

        Raises
        ------
        SimulationError
            HH6055 for an unknown name, or a network that ran already.

        Examples
        --------
        >>> runs = net.sweep({"cells.I": [1, 2, 3] * nA}, duration=1*second, n_jobs=4)
        >>> [len(run.result["cells_spikes"]["t"]) for run in runs]
        """
        from hodgpy.sweep import run_sweep

        return run_sweep(self, parameters, duration, measure, n_jobs, executor)

    def _data(self) -> dict[str, dict[str, Any]]:
        """What the recorders hold, by name."""
        return {n: r.data() for n, r in self._others.items() if isinstance(r, Recorder)}

    def __reduce__(self) -> Any:
        if self._operations:
            refuse(
                "HH6055", "a network with operations (`at`, `every`) cannot be copied",
                "they work on the objects of this network; make them in a function that builds it",
            )  # fmt: skip
        options = {
            "dt": self.dt, "threads": self.threads, "seed": self._core.seed,
            "temperature": self._temperature, "flush_denormals": self._core.flush_denormals,
        }  # fmt: skip
        return rebuild_network, (type(self), options, self._objects)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._named())

    def __repr__(self) -> str:
        items = [*self._populations.values(), *self._others.values()]
        clock = f"t = {self.t * 1e3:g} ms, dt = {self.dt * 1e3:g} ms"
        return "\n  ".join([f"<Network: {clock}", *map(repr, items)]) + ">"

    def _repr_html_(self) -> str:
        from hodgpy.tables import network_html

        return network_html(self)


class _Progress:
    """Progress of one run, as text, bar or a call of the user's function."""

    def __init__(self, report: Any, seconds: float) -> None:
        self._bar: Any = None
        self._call: Callable[[float, float, float], None] = self._print
        self._next = 0.0
        if callable(report):
            self._call = report
        elif report == "bar" or (report is True and sys.stderr.isatty()):
            try:
                from tqdm.auto import tqdm
            except ImportError:
                print("a progress bar needs tqdm; showing text", file=sys.stderr)
            else:
                self._bar = tqdm(total=seconds * 1e3, unit="ms", unit_scale=False)
                self._call = self._move
        elif report not in ("text", True):
            raise SimulationError(f"report is {report!r}; it must be 'text', 'bar' or a function")

    def update(self, fraction: float, simulated: float, elapsed: float) -> None:
        self._call(fraction, simulated, elapsed)

    def _move(self, fraction: float, simulated: float, elapsed: float) -> None:
        self._bar.update(round(fraction * self._bar.total - self._bar.n, 3))

    def _print(self, fraction: float, simulated: float, elapsed: float) -> None:
        if elapsed < self._next and fraction < 1:
            return
        self._next = elapsed + 1.0
        left = f", {elapsed / fraction - elapsed:.1f} s to go" if fraction > 0 else ""
        print(
            f"{100 * fraction:5.1f} %: {simulated:.4g} s simulated in {elapsed:.1f} s{left}",
            file=sys.stderr,
            flush=True,
        )

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def _progress(report: Any, seconds: float) -> _Progress | None:
    return None if report is None or report is False else _Progress(report, seconds)
