# SPDX-License-Identifier: MIT
"""The plastic networks of the race, as all contestants read them.

``stdp``: CUBA (Vogels & Abbott 2005) with the additive pair rule, all pairs, between its excitatory
cells; Song S, Miller KD, Abbott LF (2000) Nat Neurosci 3:919-926, doi:10.1038/78829. ``vogels``:
examples/networks/vogels_2011.py, learning from the start.
"""

TWO_PERCENT = 0.02
WEIGHTS = (1.62, -9.0)  # mV, of 4000 cells
CELL = """
dv/dt = (ge + gi - (v + 49*mV))/(20*ms) : volt (unless refractory)
dge/dt = -ge/(5*ms) : volt
dgi/dt = -gi/(10*ms) : volt
"""
RATE, ASYMMETRY, TAU = 0.001, 1.05, 20.0  # of the top weight; depression over potentiation; ms
STDP = """
w : volt
dbefore/dt = -before/(20*ms) : 1 (event-driven)
dafter/dt = -after/(20*ms) : 1 (event-driven)
"""
ON_PRE = """
ge_post += w
before += 0.001
w = clip(w - after*top, 0*mV, top)
"""
ON_POST = """
after += 0.00105
w = clip(w + before*top, 0*mV, top)
"""
ETA, TARGET = 0.2, 3.0  # learning rate in nS; Hz
VOGELS = """
w : 1
dbefore/dt = -before/(20*ms) : 1 (event-driven)
dafter/dt = -after/(20*ms) : 1 (event-driven)
"""
