# SPDX-License-Identifier: MIT
"""The shape of a cell: a tree of sections, each a row of truncated cones.

>>> from hodgpy.units import um
>>> cell = Soma(diameter=30 * um)
>>> cell.axon = Cylinder(diameter=1 * um, length=500 * um)
>>> cell.dendrite = Cylinder(diameter=2 * um, length=200 * um, n=20)
>>> cell.dendrite.L = Cylinder(diameter=1 * um, length=100 * um)
>>> cell.dendrite.R = Cylinder(diameter=1 * um, length=100 * um)
>>> cell.dendrite.LL = Cylinder(diameter=0.7 * um, length=80 * um)  # short for .L.L
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy import arguments, plausible, units
from hodgpy.cables.shape import Compartments, discretise
from hodgpy.errors import SimulationError

if TYPE_CHECKING:
    from hodgpy.cables.locating import Place

_SHORT = re.compile(r"^[LR1-9]+$")
_OWN = frozenset({"length", "n", "parent", "name", "children", "positions", "edges"})


def fail(message: str) -> SimulationError:
    """The error of a morphology that makes no sense."""
    return SimulationError(message, "HH6072")


def metres(value: Any, what: str) -> np.ndarray:
    """Lengths in metre as an array of at least one dimension; plain numbers are SI."""
    return np.atleast_1d(np.asarray(units.to_si(value, units.METRE, what, "um"), dtype=float))


class _Kind(type):
    """``Morphology(...)`` reads a file; its kinds are made as usual."""

    def __call__(cls, *args: Any, **options: Any) -> Any:
        if cls.__name__ != "Morphology":
            return super().__call__(*args, **options)
        return Morphology.from_swc(*args, **options) if args else Soma(diameter=30e-6)

    @property
    def __signature__(cls) -> inspect.Signature:
        """What the call above takes, for help and editors."""
        if cls.__name__ == "Morphology":
            return inspect.signature(Morphology.from_swc)
        own = inspect.signature(cls.__init__)  # type: ignore[misc]
        return own.replace(parameters=list(own.parameters.values())[1:])


class Morphology(metaclass=_Kind):
    """A section and everything that grows on it; the root is usually a :class:`Soma`.

    Children are attributes (``cell.axon``) or items (``cell["axon"]``); assigning one replaces the
    subtree. Names of only ``L``, ``R`` and ``1`` to ``9`` may be written together: ``cell.LLR`` is
    ``cell.L.L.R``. A number that is no name counts children from 1, as they were made:
    ``cell["21"]`` is the first child of the second. Iteration gives the compartments of a section
    whose number of them is said.

    ``Morphology("cell.swc")`` reads a file (see :func:`Morphology.from_swc`), ``Morphology()`` is
    a soma of 30 um.
    """

    if TYPE_CHECKING:  # what the call of its kind takes

        def __init__(self, path: str | PathLike[str] = "", *, soma: str = "as given") -> None: ...

    # Geometry of the section: positions along it and diameters there, metre; edges of compartments
    # (metre), or their number, or neither: then the lambda rule decides.
    positions: np.ndarray
    diameters: np.ndarray
    edges: np.ndarray | None
    count: int | None
    is_sphere: bool
    attach: float
    coordinates: np.ndarray | None  # metre, shape (m + 1, 3)
    kind: str  # of a section of a file: soma, axon, dend, apic
    name: str
    parent: Any
    children: dict[str, Morphology]

    def _init(self, positions: np.ndarray, diameters: np.ndarray, count: int | None) -> None:
        put = object.__setattr__
        put(self, "positions", positions)
        put(self, "diameters", diameters)
        put(self, "edges", None)
        put(self, "count", count)
        put(self, "is_sphere", False)
        put(self, "attach", 1.0)
        put(self, "coordinates", None)
        put(self, "kind", "")
        put(self, "name", "")
        put(self, "parent", None)
        put(self, "children", {})

    # -- the tree --------------------------------------------------------------------------------

    def _find(self, name: str) -> Morphology:
        if name in self.children:
            return self.children[name]
        if _SHORT.match(name) and len(name) > 1:
            return self._find(name[0])._find(name[1:])
        if name.isdigit() and 0 < int(name) <= len(self.children):
            return list(self.children.values())[int(name) - 1]
        raise KeyError(name)

    def _unknown(self, name: str) -> str:
        import difflib

        near = difflib.get_close_matches(name, self.children, n=1)
        known = ", ".join(self.children) or "no children"
        hint = f"did you mean `{near[0]}`?" if near else f"it has {known}"
        return f"section `{self.path or 'root'}` has no child `{name}`; {hint}"

    def __getattr__(self, name: str) -> Morphology:
        if name.startswith("_") or "children" not in self.__dict__:
            raise AttributeError(name)
        try:
            return self._find(name)
        except KeyError:
            raise AttributeError(self._unknown(name)) from None

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("diameter", "attach", "kind") or name.startswith("_"):
            object.__setattr__(self, name, value)
            return
        if name in _OWN or hasattr(type(self), name):
            raise fail(f"`{name}` is an attribute of every section and cannot name a child")
        self[name] = value

    def __delattr__(self, name: str) -> None:
        del self[name]

    def __getitem__(self, index: Any) -> Any:
        """A child by name or path (``"L.R"``, ``"1131"``), or a place along this section."""
        from hodgpy.cables.locating import Place

        if isinstance(index, str) and re.fullmatch(r"[\w.]+", index):
            section = self
            for part in index.split("."):
                try:
                    section = section._find(part)
                except KeyError:
                    raise SimulationError(section._unknown(part), "HH6073") from None
            return section
        return Place(self, index)

    def __setitem__(self, name: str, value: Any) -> None:
        arguments.text(name, "the name of a section")
        if not isinstance(value, Morphology):
            raise fail(f"section `{name}` is {arguments.shown(value)}; it must be a morphology")
        if "." in name:
            head, _, rest = name.rpartition(".")
            self[head][rest] = value
            return
        if _SHORT.match(name) and len(name) > 1 and name not in self.children:
            try:
                self._find(name[:-1])[name[-1]] = value
            except KeyError:
                raise SimulationError(self._unknown(name[:-1]), "HH6073") from None
            return
        if not name.isidentifier() and not name.isdigit():
            raise fail(f"`{name}` cannot name a section; use letters, digits and _")
        if value.parent is not None and value.parent is not self:
            raise fail(f"this morphology is `{value.path}` of another one already; use .copy()")
        if value is self or any(section is self for section in value.sections()):
            raise fail(f"`{name}` would be a part of itself")
        object.__setattr__(value, "name", name)
        object.__setattr__(value, "parent", self)
        self.children[name] = value

    def __delitem__(self, name: str) -> None:
        try:
            child = self._find(name)
        except KeyError:
            raise SimulationError(self._unknown(name), "HH6073") from None
        del child.parent.children[child.name]
        object.__setattr__(child, "parent", None)

    def sections(self) -> Iterator[Morphology]:
        """This section and all below it, parents first, each subtree in one piece."""
        stack = [self]
        while stack:
            section = stack.pop()
            yield section
            stack.extend(reversed(list(section.children.values())))

    @property
    def path(self) -> str:
        """Names from the root to this section: ``"dendrite.L"``; empty for the root."""
        names = []
        section = self
        while section.parent is not None:
            names.append(section.name)
            section = section.parent
        return ".".join(reversed(names))

    @property
    def root(self) -> Morphology:
        """The section at the top of the tree."""
        section = self
        while section.parent is not None:
            section = section.parent
        return section

    def copy(self) -> Morphology:
        """The same shape, part of no tree."""
        twin = object.__new__(type(self))
        for key, value in self.__dict__.items():
            object.__setattr__(twin, key, value)
        object.__setattr__(twin, "parent", None)
        object.__setattr__(twin, "children", {})
        for name, child in self.children.items():
            twin[name] = child.copy()
        return twin

    # -- the section -----------------------------------------------------------------------------

    @property
    def length(self) -> float:
        """Length of this section in metre; of a spherical soma its diameter."""
        return float(self.diameters[0] if self.is_sphere else self.positions[-1])

    @property
    def n(self) -> int | None:
        """Number of compartments, or None where the lambda rule decides."""
        if self.is_sphere:
            return 1
        return len(self.edges) - 1 if self.edges is not None else self.count

    def set_n(self, n: int | None) -> None:
        """Cut this section into ``n`` compartments of one length; None: by the lambda rule."""
        if n is not None:
            arguments.whole(n, "n", 1, 10**7)
        object.__setattr__(self, "count", n)
        object.__setattr__(self, "edges", None)

    @property
    def diameter(self) -> np.ndarray:
        """Diameters in metre at ``positions``.

        May be assigned: one value, one per compartment (each becomes a cylinder), or one per edge
        between compartments (truncated cones).
        """
        return self.diameters.copy()

    @diameter.setter
    def diameter(self, value: Any) -> None:
        new = positive(metres(value, "diameter"), "diameter")
        put = object.__setattr__
        if len(new) == 1:
            put(self, "diameters", np.full_like(self.diameters, new[0]))
            return
        if self.n is None or self.is_sphere:
            raise fail("give the section a number of compartments before their diameters")
        edges = self._edges(self.n)
        if len(new) == self.n + 1:
            put(self, "positions", edges)
            put(self, "diameters", new)
        elif len(new) == self.n:
            put(self, "positions", np.repeat(edges, 2)[1:-1])
            put(self, "diameters", np.repeat(new, 2))
        else:
            raise fail(f"{len(new)} diameters for {self.n} compartments; give 1, n or n + 1")
        put(self, "edges", edges)
        put(self, "count", None)

    def _edges(self, n: int) -> np.ndarray:
        return self.edges if self.edges is not None else np.linspace(0, self.positions[-1], n + 1)

    def __len__(self) -> int:
        if self.n is None:
            raise fail(f"section `{self.path or 'root'}` is not cut yet: the lambda rule decides")
        return self.n

    def __iter__(self) -> Iterator[Place]:
        """The compartments of a section with a number of them, whose diameters may be assigned."""
        from hodgpy.cables.locating import Place

        return (Place(self, k) for k in range(len(self)))

    # -- the whole -------------------------------------------------------------------------------

    def compartments(
        self,
        *,
        Ri: Any = 1.5,
        Cm: Any = 0.01,
        lambda_fraction: float = 0.1,
        frequency: Any = 100.0,
    ) -> Compartments:
        """Cut the tree into compartments.

        Parameters
        ----------
        Ri : Quantity
            Axial resistivity for the lambda rule, default 150 ohm cm.
        Cm : Quantity
            Membrane capacitance for the lambda rule, default 1 uF/cm2.
        lambda_fraction : float
            Sections without ``n`` get an odd number of compartments, none longer than this fraction
            of the AC length constant at ``frequency`` (NEURON's d_lambda rule).
        frequency : Quantity
            Default 100 Hz.

        Returns
        -------
        Compartments
            Arrays over compartments and the tree for the solver.
        """
        ohm_metre = units.parse("1 ohm*meter").dimension
        per_area = units.parse("1 farad/meter**2").dimension
        hertz = units.parse("1 hertz").dimension
        given = {
            "Ri": units.to_si(Ri, ohm_metre, "Ri", "ohm*cm"),
            "Cm": units.to_si(Cm, per_area, "Cm", "uF/cm**2"),
            "lambda_fraction": lambda_fraction,
            "frequency": units.to_si(frequency, hertz, "frequency", "Hz"),
        }
        rule = {name: float(value) for name, value in given.items()}
        if any(section.n is None for section in self.sections()):
            for name, value in rule.items():
                if not 0 < value < np.inf:
                    raise fail(
                        f"{name} is {value:g}, and the lambda rule needs one above zero; give the "
                        "sections a number of compartments `n` where it shall not decide"
                    )
        return discretise(self, *rule.values())

    def topology(self) -> str:
        """The tree as text, one line a section."""
        lines = []
        for section in self.sections():
            depth = section.path.count(".") + (1 if section.path else 0)
            name = section.name or ("soma" if section.is_sphere else "root")
            size = f"{section.length * 1e6:.4g} um, d {section.diameters.mean() * 1e6:.3g} um"
            cut = "" if section.n is None else f", n = {section.n}"
            lines.append(
                "    " * max(depth - 1, 0) + ("`-- " if depth else "") + f"{name}  [{size}{cut}]"
            )
        return "\n".join(lines)

    def plot(self, ax: Any = None, *, dimensions: int = 2, **style: Any) -> Any:
        """A picture of the tree, true to diameters in 2-D; returns the matplotlib axes."""
        from hodgpy.cables.morphology_plot import plot_morphology

        return plot_morphology(self, ax, dimensions, **style)

    @classmethod
    def from_swc(cls, path: str | PathLike[str], *, soma: str = "as given") -> Morphology:
        """Read an SWC file (with MorphIO .asc and .h5); see :func:`hodgpy.cables.swc.read_swc`."""
        from hodgpy.cables.swc import read_swc

        return read_swc(path, soma=soma)

    def __repr__(self) -> str:
        sections = list(self.sections())
        total = sum(s.positions[-1] for s in sections if not s.is_sphere)
        where = f" `{self.path}`" if self.path else ""
        count = "1 section" if len(sections) == 1 else f"{len(sections)} sections"
        return f"<{type(self).__name__}{where}: {count}, {total * 1e6:.4g} um of cable>"


def positive(values: np.ndarray, what: str) -> np.ndarray:
    """The values, all finite and above zero."""
    if values.size == 0 or not np.all(np.isfinite(values)) or np.any(values <= 0):
        bad = values[~(np.isfinite(values) & (values > 0))]
        shown = f"{bad[0] * 1e6:g} um" if bad.size else "nothing"
        raise fail(f"{what} is {shown}; it must be a positive length")
    return values


class Soma(Morphology):
    """A sphere without inner resistance; children start at its centre.

    Parameters
    ----------
    diameter : Quantity
    """

    def __init__(self, diameter: Any = None, *, d: Any = None) -> None:
        given = diameter if d is None else d
        size = positive(metres(given, "diameter of a soma"), "diameter")
        plausible.check_plain(given, units.METRE, "the diameter")
        if len(size) != 1:
            raise fail("a soma has one diameter")
        self._init(np.array([0.0, size[0]]), np.repeat(size, 2), 1)
        object.__setattr__(self, "is_sphere", True)


class Section(Morphology):
    """A row of truncated cones.

    Parameters
    ----------
    n : int, optional
        Compartments; default one per length if ``length`` is an array, else by the lambda rule.
    diameter : Quantity array of shape (m + 1,)
        At the start of the section and at the end of every piece.
    length : Quantity, one or an array of shape (m,)
        Of the pieces; one value is divided evenly.
    attach : float
        Where on its parent it begins: 1 the end (default), 0 the start, between them at the centre
        of that compartment. On a spherical soma always the centre.
    """

    def __init__(
        self,
        diameter: Any = None,
        length: Any = None,
        n: int | None = None,
        *,
        d: Any = None,
        l: Any = None,
        x: Any = None,
        y: Any = None,
        z: Any = None,
        attach: float = 1.0,
    ) -> None:
        widths = positive(metres(diameter if d is None else d, "diameter"), "diameter")
        plausible.check_plain(diameter if d is None else d, units.METRE, "the diameter")
        points = _points(x, y, z)
        if points is not None:
            pieces = np.linalg.norm(np.diff(points, axis=0), axis=1)
        else:
            given = length if l is None else l
            if given is None:
                raise fail("a section needs a length or coordinates")
            pieces = metres(given, "length")
            plausible.check_plain(given, units.METRE, "the length")
        pieces = positive(pieces, "length")
        if len(pieces) == 1 and len(widths) > 2:
            pieces = np.full(len(widths) - 1, pieces[0] / (len(widths) - 1))
        if len(widths) == 1:
            widths = np.repeat(widths, len(pieces) + 1)
        if len(widths) != len(pieces) + 1:
            raise fail(
                f"{len(widths)} diameters for {len(pieces)} pieces: give one more diameter than "
                "pieces"
            )
        if n is not None:
            arguments.whole(n, "n", 1, 10**7)
        if not 0 <= float(attach) <= 1:
            raise fail(f"attach is {attach}; it must be between 0 and 1")
        positions = np.concatenate([[0.0], np.cumsum(pieces)])
        self._init(positions, widths, n)
        object.__setattr__(self, "attach", float(attach))
        object.__setattr__(self, "coordinates", points)
        if n == len(pieces):
            object.__setattr__(self, "edges", positions)


class Cylinder(Section):
    """A cylinder; see :class:`Section` for the arguments."""

    def __init__(
        self,
        diameter: Any = None,
        length: Any = None,
        n: int | None = None,
        *,
        d: Any = None,
        l: Any = None,
        x: Any = None,
        y: Any = None,
        z: Any = None,
        attach: float = 1.0,
    ) -> None:
        super().__init__(diameter, length, n, d=d, l=l, x=x, y=y, z=z, attach=attach)
        if np.any(self.diameters != self.diameters[0]):
            raise fail("a cylinder has one diameter; use Section for a changing one")


def _points(x: Any, y: Any, z: Any) -> np.ndarray | None:
    """Coordinates of shape (m + 1, 3), what is not given being zero."""
    if x is None and y is None and z is None:
        return None
    columns = [None if c is None else metres(c, "coordinates") for c in (x, y, z)]
    size = max(len(c) for c in columns if c is not None)
    if size < 2 or any(c is not None and len(c) != size for c in columns):
        raise fail("coordinates must be arrays of one length, two points or more")
    return np.stack([np.zeros(size) if c is None else c for c in columns], axis=1)
