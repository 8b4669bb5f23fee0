# SPDX-License-Identifier: MIT
"""Shapes that published models give as tables, and reconstructions that may be passed on."""

from __future__ import annotations

from hodgpy.cables.morphology import Cylinder, Morphology
from hodgpy.library import library_folder


def traub_1991() -> Morphology:
    """The 19 compartments of the CA3 cell of Traub, Wong, Miles & Michelson (1991).

    Returns
    -------
    Morphology
        The soma (compartment 9 of the paper, 125 um long, 8.46 um wide) with ``basal8`` ...
        ``basal1`` (110 um, 4.84 um) in a row on one side and ``apical10`` ... ``apical19``
        (120 um, 5.78 um) on the other; kinds ``c1`` ... ``c19``. One compartment each.

    Notes
    -----
    J. Neurophysiol. 66:635, doi:10.1152/jn.1991.66.2.635. For ``cells.traub_1991``.
    """
    soma = _compartment(9, 8.46e-6, 125e-6)
    at = soma
    for k in range(8, 0, -1):
        at[f"basal{k}"] = _compartment(k, 4.84e-6, 110e-6, attach=0.0 if k == 8 else 1.0)
        at = at[f"basal{k}"]
    at = soma
    for k in range(10, 20):
        at[f"apical{k}"] = _compartment(k, 5.78e-6, 120e-6)
        at = at[f"apical{k}"]
    return soma


def retinal_ganglion() -> Morphology:
    """A reconstructed retinal ganglion cell, soma and dendrites.

    Returns
    -------
    Morphology
        A spherical soma of 24 um and two dendritic trees, 353 samples in all: NeuroMorpho.Org
        (RRID:SCR_002145), archive of R. F. Miller, cell mp_ma_40984_gc2.

    Notes
    -----
    Of which animal it is, and which paper it comes from, the file does not say, nor could it be
    found. Good for solving equations on a real tree; not for statements about a species.

    The file is licensed under Creative Commons Attribution 4.0; NeuroMorpho.Org asks to be cited as
    Tecuatl, Ljungquist & Ascoli (2024), doi:10.1096/fba.2024-00048.
    """
    return Morphology.from_swc(library_folder() / "shapes" / "mp_ma_40984_gc2.CNG.swc")


def _compartment(k: int, diameter: float, length: float, attach: float = 1.0) -> Morphology:
    made = Cylinder(diameter=diameter, length=length, n=1, attach=attach)
    made.kind = f"c{k}"
    return made
