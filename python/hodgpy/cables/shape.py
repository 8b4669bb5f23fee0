# SPDX-License-Identifier: MIT
"""From sections to compartments: finite volumes of a tree, with exact truncated cones.

Areas are lateral areas; the axial resistance from the centre of a compartment to each of its ends
is Ri times the integral of dx/(pi r**2). Ends and branch points are points without membrane.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy.cables.coordinates import coordinates_of
from hodgpy.errors import SimulationError

if TYPE_CHECKING:
    from hodgpy.cables.morphology import Morphology


@dataclass
class Compartments:
    """The compartments of one cell; arrays are in SI and have one value per compartment.

    ``first`` and ``last`` give the range of every section (by its place in ``sections``);
    ``nodes``, ``parent``, ``node_area``, ``own_half`` and ``parent_half`` are the solver's tree.
    """

    sections: list[Morphology]
    first: np.ndarray
    last: np.ndarray
    area: np.ndarray
    length: np.ndarray
    diameter: np.ndarray
    volume: np.ndarray
    distance: np.ndarray  # of the centre, along the tree from the centre of the root
    position: np.ndarray  # of the centre, along its section
    section: np.ndarray  # index into sections
    x: np.ndarray
    y: np.ndarray
    z: np.ndarray
    parent_compartment: np.ndarray  # -1 for the first
    subtree_end: np.ndarray  # by section: compartments first ... subtree_end are its subtree
    nodes: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    parent: np.ndarray = field(default_factory=lambda: np.empty(0, np.int32))
    node_area: np.ndarray = field(default_factory=lambda: np.empty(0))
    own_half: np.ndarray = field(default_factory=lambda: np.empty(0))
    parent_half: np.ndarray = field(default_factory=lambda: np.empty(0))

    def __len__(self) -> int:
        return len(self.area)

    def index_of(self, section: Morphology) -> int:
        """Place of a section in ``sections``."""
        for i, other in enumerate(self.sections):
            if other is section:
                return i
        raise KeyError(section.path)


@dataclass
class _Cut:
    """One section, cut."""

    length: np.ndarray
    area: np.ndarray
    volume: np.ndarray
    diameter: np.ndarray
    position: np.ndarray
    first_half: np.ndarray  # integral of dx/(pi r**2) from the start to the centre, 1/m
    second_half: np.ndarray


def lambda_count(section: Morphology, Ri: float, Cm: float, fraction: float, hertz: float) -> int:
    """NEURON's d_lambda rule: an odd number, each at most ``fraction`` of the length constant."""
    s, d = section.positions, section.diameters
    steps = np.diff(s)
    mean = 0.5 * (d[1:] + d[:-1])
    # length in units of lambda_f = 0.5 sqrt(d/(pi f Ri Cm)), summed over the pieces
    electrotonic = float(np.sum(steps / (0.5 * np.sqrt(mean / (np.pi * hertz * Ri * Cm)))))
    return int((electrotonic / fraction + 0.9) / 2) * 2 + 1


def _cut(section: Morphology, edges: np.ndarray) -> _Cut:
    n = len(edges) - 1
    centres = 0.5 * (edges[1:] + edges[:-1])
    if section.is_sphere:
        width = float(section.diameters[0])
        one = np.ones(1)
        nothing = np.zeros(1)
        return _Cut(
            width * one, np.pi * width**2 * one, np.pi * width**3 / 6 * one, width * one,
            0.5 * width * one, nothing, nothing,
        )  # fmt: skip
    s, d = section.positions, section.diameters
    if len(s) == 2 and d[0] == d[1]:
        length = np.diff(edges)
        half = 0.5 * length / (np.pi * (0.5 * d[0]) ** 2)
        return _Cut(
            length, np.pi * d[0] * length, np.pi * d[0] ** 2 / 4 * length, np.full(n, d[0]),
            centres, half, half,
        )  # fmt: skip
    # pieces between all points of interest; a step of the diameter is two points at one place
    cuts = np.unique(np.concatenate([s, edges, centres]))
    inside = 0.5 * (cuts[1:] + cuts[:-1])
    piece = np.clip(np.searchsorted(s, inside, side="right") - 1, 0, len(s) - 2)
    slope = (d[piece + 1] - d[piece]) / (s[piece + 1] - s[piece])
    r1 = 0.5 * (d[piece] + slope * (cuts[:-1] - s[piece]))
    r2 = 0.5 * (d[piece] + slope * (cuts[1:] - s[piece]))
    h = np.diff(cuts)
    area = np.pi * (r1 + r2) * np.sqrt((r1 - r2) ** 2 + h**2)
    volume = np.pi / 3 * h * (r1**2 + r1 * r2 + r2**2)
    integral = h / (np.pi * r1 * r2)
    half_edges = np.empty(2 * n + 1)
    half_edges[::2], half_edges[1::2] = edges, centres
    starts = np.searchsorted(cuts, half_edges[:-1])
    integrals = np.add.reduceat(integral, starts)
    whole = starts[::2]
    return _Cut(
        np.diff(edges),
        np.add.reduceat(area, whole),
        np.add.reduceat(volume, whole),
        np.interp(centres, s, d),
        centres,
        integrals[::2],
        integrals[1::2],
    )


class _Builder:
    """Collects nodes section by section."""

    def __init__(self) -> None:
        self.parent: list[np.ndarray] = []
        self.area: list[np.ndarray] = []
        self.own: list[np.ndarray] = []
        self.above: list[np.ndarray] = []
        self.count = 0

    def row(self, parent: int, own: float, above: float, cut: _Cut) -> int:
        """A row of compartments; returns the node of the first."""
        n = len(cut.area)
        first = self.count
        parents = np.arange(first - 1, first - 1 + n, dtype=np.int32)
        parents[0] = parent
        own_half = cut.first_half.copy()
        own_half[0] = own
        above_half = np.concatenate([[above], cut.second_half[:-1]])
        self._add(parents, cut.area, own_half, above_half)
        return first

    def point(self, parent: int, above: float) -> int:
        """A point without membrane, at the end of the parent's half."""
        node = self.count
        self._add(np.array([parent], np.int32), np.zeros(1), np.zeros(1), np.array([above]))
        return node

    def _add(self, *arrays: np.ndarray) -> None:
        for into, array in zip((self.parent, self.area, self.own, self.above), arrays, strict=True):
            into.append(array)
        self.count += len(arrays[0])


def discretise(
    root: Morphology, Ri: float, Cm: float, fraction: float, hertz: float
) -> Compartments:
    """Cut every section and connect the compartments; see ``Morphology.compartments``."""
    sections = list(root.sections())
    number = {id(section): i for i, section in enumerate(sections)}
    cuts: list[_Cut] = []
    for section in sections:
        n = section.n or lambda_count(section, Ri, Cm, fraction, hertz)
        cuts.append(_cut(section, section._edges(n)))
    counts = np.array([len(cut.area) for cut in cuts])
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    build = _Builder()
    first_node = np.zeros(len(sections), np.int64)
    start = np.zeros(len(sections))  # distance of the start of each section
    above_compartment = np.full(len(sections), -1)
    joints: dict[tuple[int, float], int] = {}  # (section, end) -> point where children meet
    sharing: dict[tuple[int, float], int] = {}  # how many children begin there
    for section in sections[1:]:
        place = _junction(section)
        sharing[number[id(section.parent)], place] = (
            sharing.get((number[id(section.parent)], place), 0) + 1
        )
    for i, section in enumerate(sections):
        cut = cuts[i]
        if i == 0:
            first_node[0] = build.row(-1, 0.0, 0.0, cut)
            continue
        p = number[id(section.parent)]
        parent_cut, place = cuts[p], _junction(section)
        parent_length = 0.0 if section.parent.is_sphere else float(section.parent.positions[-1])
        start[i] = start[p] + place * parent_length
        own = float(cut.first_half[0])
        if section.parent.is_sphere or place not in (0.0, 1.0):
            where = _compartment_at(parent_cut, place, parent_length)
            first_node[i] = build.row(int(first_node[p]) + where, own, 0.0, cut)
            above_compartment[i] = first[p] + where
            continue
        where = len(parent_cut.area) - 1 if place == 1.0 else 0
        node = int(first_node[p]) + where
        above = float((parent_cut.second_half if place == 1.0 else parent_cut.first_half)[where])
        above_compartment[i] = first[p] + where
        if place == 0.0 and p > 0:
            raise SimulationError(
                f"section `{section.path}` begins at the start of `{section.parent.path}`: attach "
                "it to the end of what that grows on",
                "HH6072",
            )
        if sharing[p, place] > 1:
            if (p, place) not in joints:
                joints[p, place] = build.point(node, above)
            node, above = joints[p, place], 0.0
        first_node[i] = build.row(node, own, above, cut)
    return _collect(sections, cuts, first, counts, start, above_compartment, first_node, build)


def _junction(section: Any) -> float:
    return 1.0 if section.parent.is_sphere else float(section.attach)


def _compartment_at(cut: _Cut, place: float, length: float) -> int:
    edges = np.concatenate([[0.0], np.cumsum(cut.length)])
    return int(
        np.clip(np.searchsorted(edges, place * length, side="right") - 1, 0, len(cut.area) - 1)
    )


def _collect(
    sections: list[Morphology],
    cuts: list[_Cut],
    first: np.ndarray,
    counts: np.ndarray,
    start: np.ndarray,
    above_compartment: np.ndarray,
    first_node: np.ndarray,
    build: _Builder,
) -> Compartments:
    total = int(counts.sum())
    section = np.repeat(np.arange(len(sections)), counts)
    position = np.concatenate([cut.position for cut in cuts])
    parent_compartment = np.arange(-1, total - 1)
    parent_compartment[first] = above_compartment
    end = first + counts
    subtree_end = end.copy()
    index = {id(s): i for i, s in enumerate(sections)}
    for i in range(len(sections) - 1, 0, -1):
        p = index[id(sections[i].parent)]
        subtree_end[p] = max(subtree_end[p], subtree_end[i])
    distance = start[section] + position
    if sections[0].is_sphere:
        distance[0] = 0.0  # counts from the centre of the soma; of a cable from its start
    points = coordinates_of(sections, cuts, counts)
    return Compartments(
        sections=sections,
        first=first,
        last=end,
        area=np.concatenate([cut.area for cut in cuts]),
        length=np.concatenate([cut.length for cut in cuts]),
        diameter=np.concatenate([cut.diameter for cut in cuts]),
        volume=np.concatenate([cut.volume for cut in cuts]),
        distance=distance,
        position=position,
        section=section,
        x=points[:, 0],
        y=points[:, 1],
        z=points[:, 2],
        parent_compartment=parent_compartment,
        subtree_end=subtree_end,
        nodes=np.concatenate([first_node[i] + np.arange(counts[i]) for i in range(len(sections))]),
        parent=np.concatenate(build.parent),
        node_area=np.concatenate(build.area),
        own_half=np.concatenate(build.own),
        parent_half=np.concatenate(build.above),
    )
