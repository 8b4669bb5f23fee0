# SPDX-License-Identifier: MIT
"""Networks in space: where cells are, who is connected, and how long signals take.

>>> positions = hp.place(100, hp.Box(100*um), seed=1)
>>> graph = hp.geometry.small_world(positions, k=8, p=0.15, seed=1)
>>> P.place(positions); S.connect(i=graph.i, j=graph.j)
>>> delays = hp.geometry.set_delays(S, speed=2*um/ms)
"""

from hodgpy.geometry.box import Box
from hodgpy.geometry.connectivity import lattice, random, scale_free, small_world
from hodgpy.geometry.delays import GeometricDelays, set_delays
from hodgpy.geometry.experiment import Control, Experiment
from hodgpy.geometry.graph import GeometricGraph
from hodgpy.geometry.positions import Positions, place
from hodgpy.geometry.statistics import GraphStatistics, statistics

__all__ = [
    "Box",
    "Control",
    "Experiment",
    "GeometricDelays",
    "GeometricGraph",
    "GraphStatistics",
    "Positions",
    "lattice",
    "place",
    "random",
    "scale_free",
    "set_delays",
    "small_world",
    "statistics",
]
