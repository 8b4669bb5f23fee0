# SPDX-License-Identifier: MIT
"""Morphologies from SWC files (Cannon et al. 1998, J. Neurosci. Methods 84:49).

One sample a line: identifier, type, x, y, z, radius, parent (micrometre; parent -1 for the first).
"""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from hodgpy import arguments
from hodgpy.cables.morphology import Morphology, Section, Soma
from hodgpy.errors import SimulationError

TYPES = {1: "soma", 2: "axon", 3: "dend", 4: "apic"}
_SOMAS = ("as given", "sphere", "cylinder")


@dataclass
class Sample:
    """One sample of a file, in metre."""

    line: int
    identifier: int
    kind: int
    point: np.ndarray
    radius: float
    parent: int


def read_swc(path: str | PathLike[str], *, soma: str = "as given") -> Morphology:
    """Read an SWC file; .asc and .h5 files are read by MorphIO.

    Parameters
    ----------
    path : path
    soma : {"as given", "sphere", "cylinder"}
        What the samples of type 1 mean. ``"as given"``: one sample is a sphere; three samples, of
        which the second and third continue the first on both sides at a distance of its radius, are
        that sphere (the convention of NeuroMorpho.org, read as NEURON and Brian 2 do); any other
        number are the cones that they draw. ``"sphere"``: one sphere with the area of these cones.
        ``"cylinder"``: a cylinder as long as wide with the area of that sphere, as NEURON makes of
        one sample.

    Returns
    -------
    Morphology
        Sections between branch points, named by type (axon, dend, apic) with numbers where there
        are several; children at a branch point are ``L`` and ``R``, or ``1``, ``2``, ``3``.
        Dendrites begin at the centre of a spherical soma and keep their own first point.

    Raises
    ------
    SimulationError
        HH6072 with the line: not seven numbers, an identifier twice, a parent that does not exist
        or comes later in a circle, a radius that is not positive, two trees, an empty file.
    """
    if soma not in _SOMAS:
        raise SimulationError(f"soma is {soma!r}; it must be one of {', '.join(_SOMAS)}")
    name = arguments.path(path, "path")
    if Path(name).suffix.lower() in (".asc", ".h5"):
        from hodgpy.cables.morphio_files import read_with_morphio

        return read_with_morphio(name, soma)
    try:
        text = Path(name).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise SimulationError(f"{name} cannot be read: {error.strerror}", "HH6072") from None
    return from_samples(_samples(text, name), name, soma)


def _fail(name: str, line: int, message: str) -> SimulationError:
    return SimulationError(f"{name}:{line}: {message}", "HH6072")


def _samples(text: str, name: str) -> dict[int, Sample]:
    samples: dict[int, Sample] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            identifier, kind, parent = int(words[0]), int(float(words[1])), int(words[6])
            x, y, z, radius = (float(word) for word in words[2:6])
        except (ValueError, IndexError, OverflowError):
            raise _fail(
                name, number, "a sample is seven numbers: identifier type x y z radius parent"
            ) from None
        if identifier in samples:
            first = samples[identifier].line
            raise _fail(name, number, f"sample {identifier} stands in line {first} already")
        point = np.array([x, y, z])
        if not np.isfinite(radius) or radius <= 0:
            raise _fail(name, number, f"the radius is {radius:g} um; it must be positive")
        if not np.all(np.isfinite(point)):
            raise _fail(name, number, "the coordinates are not finite")
        samples[identifier] = Sample(number, identifier, kind, point * 1e-6, radius * 1e-6, parent)
    if not samples:
        raise _fail(name, 1, "there is no sample in this file")
    return samples


def _check(samples: dict[int, Sample], name: str) -> tuple[int, dict[int, list[int]]]:
    """The root, and the children of every sample in the order of the file."""
    roots = [s for s in samples.values() if s.parent < 0]
    children: dict[int, list[int]] = {i: [] for i in samples}
    for sample in samples.values():
        if sample.parent < 0:
            continue
        if sample.parent not in samples:
            raise _fail(name, sample.line, f"parent {sample.parent} does not exist")
        children[sample.parent].append(sample.identifier)
    if len(roots) > 1:
        raise _fail(
            name, roots[1].line, f"a second tree begins; the first is in line {roots[0].line}"
        )
    reached = set()
    stack = [roots[0].identifier] if roots else []
    while stack:
        at = stack.pop()
        reached.add(at)
        stack.extend(children[at])
    for sample in samples.values():
        if sample.identifier not in reached:
            raise _fail(
                name, sample.line, f"sample {sample.identifier} is its own ancestor: a circle"
            )
    return roots[0].identifier, children


def from_samples(samples: dict[int, Sample], name: str, soma: str) -> Morphology:
    """The tree of sections of checked samples."""
    root, children = _check(samples, name)
    somatic = [s for s in samples.values() if s.kind == 1]
    somatic.sort(key=lambda s: s.identifier != root)  # wherever in the file it stands
    first = samples[root]
    if somatic and first.kind != 1:
        raise _fail(
            name, first.line, "the first sample is not of the soma (type 1), but others are"
        )
    if not somatic:
        return _without_soma(samples, children, root)
    top = _soma(samples, children, somatic, soma)
    starts = [
        (s, child) for s in somatic for child in children[s.identifier] if samples[child].kind != 1
    ]
    names: dict[str, int] = {}
    kinds = [samples[child].kind for _, child in starts]
    for (parent, child), kind in zip(starts, kinds, strict=True):
        base = TYPES.get(kind, f"type{kind}")
        names[base] = names.get(base, 0) + 1
        label = base if kinds.count(kind) == 1 else f"{base}{names[base]}"
        _grow(top, label, parent, child, samples, children, from_soma=top.is_sphere)
    return top


def _soma(
    samples: dict[int, Sample],
    children: dict[int, list[int]],
    somatic: list[Sample],
    convention: str,
) -> Morphology:
    first = somatic[0]
    sphere = 2 * first.radius
    three = len(somatic) == 3 and all(
        s.parent == first.identifier
        and abs(s.radius - first.radius) <= 0.1e-6
        and abs(float(np.linalg.norm(s.point - first.point)) - first.radius) <= 0.1e-6
        for s in somatic[1:]
    )
    if len(somatic) == 1 or three:
        return _round(first, sphere, convention)
    if convention != "as given":
        area = 0.0
        for s in somatic[1:]:
            other = samples[s.parent]
            h = float(np.linalg.norm(s.point - other.point))
            area += np.pi * (s.radius + other.radius) * np.hypot(s.radius - other.radius, h)
        return _round(first, float(np.sqrt(area / np.pi)), convention)
    # the cones that the samples draw: the longest row without branches is the root
    chain = [first]
    while True:
        next_ones = [samples[c] for c in children[chain[-1].identifier] if samples[c].kind == 1]
        if not next_ones:
            break
        chain.append(next_ones[0])
    return _section([(s.point, s.radius) for s in chain], 1)


def _round(first: Sample, diameter: float, convention: str) -> Morphology:
    made: Morphology
    if convention == "cylinder":
        made = Section(diameter=[diameter, diameter], length=diameter, n=1)
    else:
        made = Soma(diameter=diameter)
    object.__setattr__(made, "kind", "soma")
    object.__setattr__(made, "coordinates", np.repeat(first.point[None, :], 2, axis=0))
    if convention == "cylinder":
        half = np.array([0.0, diameter / 2, 0.0])
        object.__setattr__(made, "coordinates", np.stack([first.point - half, first.point + half]))
    object.__setattr__(made, "_absolute", True)
    return made


def _without_soma(
    samples: dict[int, Sample], children: dict[int, list[int]], root: int
) -> Morphology:
    """The first unbranched row is the root."""
    chain = [root]
    while len(children[chain[-1]]) == 1:
        chain.append(children[chain[-1]][0])
    if len(chain) < 2:
        chain.append(children[root][0]) if children[root] else None
    top = _section([(samples[i].point, samples[i].radius) for i in chain], samples[root].kind)
    _branch(top, samples[chain[-1]], samples, children)
    return top


def _section(points: list[tuple[np.ndarray, float]], kind: int) -> Section:
    places = np.array([p for p, _ in points])
    radii = np.array([r for _, r in points])
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    keep = np.concatenate([[True], steps > 0])  # samples at one place are one
    if keep.sum() < 2:
        keep[-1] = True
        places = places + np.linspace(0, 1e-9, len(places))[:, None]
    made = Section(
        diameter=2 * radii[keep], x=places[keep, 0], y=places[keep, 1], z=places[keep, 2]
    )
    object.__setattr__(made, "_absolute", True)
    object.__setattr__(made, "kind", TYPES.get(kind, f"type{kind}"))
    return made


def _grow(
    parent_section: Morphology,
    label: str,
    parent: Sample,
    child: int,
    samples: dict[int, Sample],
    children: dict[int, list[int]],
    from_soma: bool = False,
) -> None:
    """Follows the row of samples that begins with ``child``, and the branches at its end."""
    stack: list[tuple[Morphology, str, Sample, int, bool]] = [
        (parent_section, label, parent, child, from_soma)
    ]
    while stack:
        above, name, begin, at, spared = stack.pop()
        row = [samples[at]]
        while len(children[row[-1].identifier]) == 1:
            following = samples[children[row[-1].identifier][0]]
            if following.kind != row[-1].kind:
                break
            row.append(following)
        points = [(s.point, s.radius) for s in row]
        if not spared or len(points) < 2:
            # the width of a row that leaves a soma is its own, not the soma's
            radius = row[0].radius if begin.kind == 1 else begin.radius
            points.insert(0, (begin.point, radius))
        section = _section(points, row[0].kind)
        above[name] = section
        below = children[row[-1].identifier]
        for n in reversed(range(len(below))):
            stack.append((section, _branch_name(n, len(below)), row[-1], below[n], False))


def _branch(
    section: Morphology,
    last: Sample,
    samples: dict[int, Sample],
    children: dict[int, list[int]],
) -> None:
    below: Any = children[last.identifier]
    for n, child in enumerate(below):
        _grow(section, _branch_name(n, len(below)), last, child, samples, children)


def _branch_name(index: int, count: int) -> str:
    return "LR"[index] if count <= 2 else str(index + 1)
