# SPDX-License-Identifier: MIT
"""The squid axon as the membrane of a cable (Hodgkin & Huxley 1952), for tests of cells."""

from hodgpy.units import cmeter, msiemens, mV, uF

SQUID = """
Im = gl*(El - v) + gNa*m**3*h*(50*mV - v) + gK*n**4*(-77*mV - v) : amp/meter**2
dm/dt = am*(1 - m) - bm*m : 1
dh/dt = ah*(1 - h) - bh*h : 1
dn/dt = an*(1 - n) - bn*n : 1
am = q/exprel(-(v + 40*mV)/(10*mV))/ms : Hz
bm = q*4*exp(-(v + 65*mV)/(18*mV))/ms : Hz
ah = q*0.07*exp(-(v + 65*mV)/(20*mV))/ms : Hz
bh = q/(exp(-(v + 35*mV)/(10*mV)) + 1)/ms : Hz
an = q*0.1/exprel(-(v + 55*mV)/(10*mV))/ms : Hz
bn = q*0.125*exp(-(v + 65*mV)/(80*mV))/ms : Hz
gNa : siemens/meter**2 (constant)
gK : siemens/meter**2 (constant)
gl : siemens/meter**2 (constant)
El : volt (constant)
q : 1 (shared, constant)
I : amp (point current)
"""
SQUID_INIT = {"m": "am/(am + bm)", "h": "ah/(ah + bh)", "n": "an/(an + bn)"}
SQUID_VALUES = {
    "Cm": 1 * uF / cmeter**2,
    "gNa": 120 * msiemens / cmeter**2,
    "gK": 36 * msiemens / cmeter**2,
    "q": 1.0,
    "v": -65 * mV,
}
