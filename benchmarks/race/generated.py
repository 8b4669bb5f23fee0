# SPDX-License-Identifier: MIT
"""Models of the race that are made by a rule: a cell with ten channels, cells with many fields.

Texts in Brian's language (read by hodgpy and Brian 2) and loops in Python (compiled by Numba) from
one table of numbers, so that all compute the same.
"""

from __future__ import annotations

import math

CHANNELS = 10
FIELDS = {"fields_24": 24, "fields_40": 40}


def channels() -> list[dict[str, float]]:
    """Conductance (mS/cm2), reversal (mV), power of m and rates of each channel."""
    rows = [
        {"g": 120.0, "E": 50.0, "p": 3, "shift": 0.0},
        {"g": 36.0, "E": -77.0, "p": 4, "shift": 0.0},
    ]
    for k in range(2, CHANNELS):
        rows.append({"g": 0.02 * k, "E": -90.0 + 4.0 * k, "p": 2, "shift": 2.0 * (k - 6)})
    return rows


def squid_like(k: int, row: dict[str, float]) -> dict[str, str]:
    """Rates per ms of the gates m and h of channel k as expressions of v in mV."""
    s = row["shift"]
    if k == 1:  # delayed rectifier; its h stays open
        return {
            "alpha_m": f"0.1/exprel(-(v + {55 + s})/10)",
            "beta_m": f"0.125*exp(-(v + {65 + s})/80)",
            "alpha_h": f"1/(1 + exp(-(v + {200 + s})/10))",
            "beta_h": f"0.0001*exp(-(v + {65 + s})/20)",
        }
    slow = 1.0 if k == 0 else 1.0 / k
    return {
        "alpha_m": f"{slow}/exprel(-(v + {40 + s})/10)",
        "beta_m": f"{4 * slow}*exp(-(v + {65 + s})/18)",
        "alpha_h": f"{0.07 * slow}*exp(-(v + {65 + s})/20)",
        "beta_h": f"{slow}/(1 + exp(-(v + {35 + s})/10))",
    }


def ten_channels_text() -> str:
    """Equations; v in volt, gates m0, h0, m1, ..."""
    currents, lines = [], []
    for k, row in enumerate(channels()):
        currents.append(f"{row['g']}*msiemens/cm**2*m{k}**{row['p']}*h{k}*({row['E']}*mV - v)")
        rates = squid_like(k, row)
        for gate in "mh":
            for rate in ("alpha", "beta"):
                text = rates[f"{rate}_{gate}"].replace("(v ", "(v/mV ")
                lines.append(f"{rate}_{gate}{k} = {text}/ms : Hz")
            lines.append(
                f"d{gate}{k}/dt = alpha_{gate}{k}*(1 - {gate}{k}) - beta_{gate}{k}*{gate}{k} : 1"
            )
    total = "\n + ".join(currents)
    voltage = (
        f"dv/dt = ({total}\n + 0.3*msiemens/cm**2*(-54.387*mV - v) + I)/(1*ufarad/cm**2) : volt"
    )
    return "\n".join([voltage, "I : amp/meter**2", *lines])


def fields_text(fields: int) -> str:
    """A leaky integrator with inputs g1, g2, ... that relax, each with its time constant."""
    inputs = [f"g{k}" for k in range(1, fields)]
    lines = [f"dv/dt = (-45*mV - v + {' + '.join(inputs)})/(20*ms) : volt"]
    lines += [f"d{g}/dt = (0.1*mV - {g})/({k + 4}*ms) : volt" for k, g in enumerate(inputs, 1)]
    return "\n".join(lines)


def steady_gates() -> dict[str, float]:
    """Steady states at -65 mV by name."""
    found = {}
    names = {"exp": math.exp, "exprel": lambda x: math.expm1(x) / x if x else 1.0, "v": -65.0}
    for k, row in enumerate(channels()):
        rates = {name: eval(text, names) for name, text in squid_like(k, row).items()}
        for gate in "mh":
            total = rates[f"alpha_{gate}"] + rates[f"beta_{gate}"]
            found[f"{gate}{k}"] = rates[f"alpha_{gate}"] / total
    return found


def ten_channels_source() -> str:
    """def loop(n, steps, dt): Python for Numba, exponential updates of all states."""
    rows = channels()
    lines = [
        "def loop(n, steps, dt):",
        "    v, above, spikes = np.full(n, -65.0), np.zeros(n, np.bool_), 0",
    ]
    lines += [f"    {gate} = np.full(n, {value!r})" for gate, value in steady_gates().items()]
    lines += ["    for _ in range(steps):", "        for i in range(n):", "            v0 = v[i]"]
    for k, row in enumerate(rows):
        power = "*".join([f"m{k}[i]"] * int(row["p"]))
        lines.append(f"            c{k} = {row['g']}*{power}*h{k}[i]")
    total = " + ".join(f"c{k}" for k in range(len(rows)))
    drive = " + ".join(f"c{k}*({row['E']})" for k, row in enumerate(rows))
    lines.append(f"            g = {total} + 0.3")
    lines.append(f"            target = ({drive} - 0.3*54.387 + 10.0)/g")
    lines.append("            x = target + (v0 - target)*exp(-dt*g)")
    lines.append("            v[i] = x")
    for k, row in enumerate(rows):
        for name, text in squid_like(k, row).items():
            lines.append(f"            {name} = {text.replace('v ', 'x ')}")
            if name.startswith("beta"):
                gate = name[-1]
                lines.append(f"            total = alpha_{gate} + beta_{gate}")
                lines.append(f"            inf = alpha_{gate}/total")
                lines.append(
                    f"            {gate}{k}[i] = inf + ({gate}{k}[i] - inf)*exp(-dt*total)"
                )
    lines += [
        "            if x > 0 and not above[i]:",
        "                spikes += 1",
        "            above[i] = x > 0",
        "    return spikes",
    ]
    return "\n".join(lines)


def fields_source(fields: int, numpy: bool) -> str:
    """def loop(n, steps, dt): explicit loops for Numba, or array expressions."""
    inputs = [f"g{k}" for k in range(1, fields)]
    lines = ["def loop(n, steps, dt):", "    v, spikes = np.linspace(-70.0, -50.0, n), 0"]
    lines += [f"    {g} = np.full(n, {k}.0/{fields})" for k, g in enumerate(inputs, 1)]
    lines.append("    for _ in range(steps):")
    if numpy:
        lines.append(f"        new = v + dt*(-45.0 - v + {' + '.join(inputs)})/20")
        lines += [f"        {g} += dt*((0.1 - {g})/{k + 4})" for k, g in enumerate(inputs, 1)]
        lines += [
            "        fired = new > -50",
            "        v = np.where(fired, -70.0, new)",
            "        spikes += int(np.count_nonzero(fired))",
        ]
    else:
        lines.append("        for i in range(n):")
        total = " + ".join(f"{g}[i]" for g in inputs)
        lines.append(f"            x = v[i] + dt*(-45.0 - v[i] + {total})/20")
        lines += [
            f"            {g}[i] += dt*((0.1 - {g}[i])/{k + 4})" for k, g in enumerate(inputs, 1)
        ]
        lines += [
            "            if x > -50:",
            "                x = -70.0",
            "                spikes += 1",
            "            v[i] = x",
        ]
    lines.append("    return spikes")
    return "\n".join(lines)
