# SPDX-License-Identifier: MIT
"""Variables of a population: reading, writing, units, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.errors import UnitError
from hodgpy.units import Mohm, ms, mV, nA, nS, pA, volt

EQUATIONS = """
dv/dt = (-70*mV - v + R*I)/(20*ms) : volt
I : amp
twice = 2*v : volt
count : integer
ready : boolean
level : volt (shared)
"""


@pytest.fixture(scope="module")
def cell() -> hp.Model:
    return hp.compile(EQUATIONS, namespace={"R": 100 * Mohm})


@pytest.fixture
def cells(cell: hp.Model) -> hp.Population:
    return hp.Population(cell, 4, name="cells", v=-70 * mV)


@pytest.fixture(scope="module")
def squid() -> hp.Model:
    return hp.compile("neurons.hodgkin_huxley_1952").HodgkinHuxley1952


def test_numbers_quantities_and_text_are_the_same_value(cells: hp.Population) -> None:
    for value in (-0.06, -60 * mV, "-60*mV", "-60 mV", [-60 * mV] * 4, np.full(4, -0.06)):
        cells.v = 0
        cells.v = value
        np.testing.assert_allclose(cells.get("v", "mV"), [-60] * 4, rtol=1e-15)


def test_reading_gives_plain_numbers_in_si(cells: hp.Population) -> None:
    assert type(cells.get("v")) is np.ndarray
    assert isinstance(cells.v[0], float)
    assert type(cells.v[1:]) is np.ndarray
    assert cells.get("level") == 0.0
    assert isinstance(cells.get("R"), float)
    assert cells.get("R", "Mohm") == 100
    assert cells.v.mean() == pytest.approx(-0.07)
    assert np.exp(cells.v / 0.07)[0] == pytest.approx(np.exp(-1))


def test_integers_and_conditions_have_their_types(cells: hp.Population) -> None:
    cells.count = [1, 2, 3, 4]
    cells.ready = "count > 2"
    assert cells.get("count").dtype == np.int64
    assert cells.get("ready").tolist() == [False, False, True, True]
    assert cells.get("v < -60*mV").tolist() == [True] * 4


def test_in_place_arithmetic_keeps_the_dimension(cells: hp.Population) -> None:
    cells.v += 5 * mV
    assert cells.get("v", "mV") == pytest.approx(-65)
    cells.v = cells.v + 5 * mV
    assert cells.get("v", "mV") == pytest.approx(-60)
    cells["v"] += "5 mV"
    assert cells.get("v", "mV") == pytest.approx(-55)
    cells.v -= 0.005
    assert cells.get("v", "mV") == pytest.approx(-60)
    cells.v *= 2
    assert cells.get("v", "mV") == pytest.approx(-120)


@pytest.mark.parametrize(
    "wrong",
    [
        "cells.v += 5*nA",
        "cells.v = cells.v + 5*nA",
        "cells.v = 5*nA",
        "cells.v = '5*nA'",
        "cells.v = [1*mV, 2*nA, 3*mV, 4*mV]",
        "cells.v *= mV",
        "cells.v = cells.I",
        "cells.v = cells.I * (1*nS)",
        "cells.v + cells.I",
        "cells.v < cells.I",
        "cells.v < 3*nA",
        "cells.v[0] + 5*mV",
        "cells.v[1:] < 5*mV",
        "cells.get('v', 'nA')",
        "cells.v[1:] += 5*mV",
    ],
)
def test_dimensions_are_checked(cells: hp.Population, wrong: str) -> None:
    before = cells.get("v")
    with pytest.raises(UnitError):
        exec(wrong, {"cells": cells, "mV": mV, "nA": nA, "nS": nS})
    np.testing.assert_array_equal(cells.get("v"), before)


def test_a_variable_with_a_quantity_is_a_quantity(cells: hp.Population) -> None:
    current = (cells.v - 10 * mV) * nS
    assert current.unit == "amp"
    cells.I = current
    np.testing.assert_allclose(cells.get("I", "pA"), [-80] * 4)
    np.testing.assert_allclose((10 * mV - cells.v).in_unit("mV"), [80] * 4)
    assert (cells.v < -60 * mV).all()
    assert (-60 * mV > cells.v).all()


def test_the_message_has_both_units(cells: hp.Population) -> None:
    with pytest.raises(UnitError, match="`v` is in volt, not in amp"):
        cells.v = 5 * nA
    with pytest.raises(UnitError, match="cannot add amp to volt"):
        cells.v += 5 * nA
    with pytest.raises(UnitError, match=r"plain number.*P\.get"):
        _ = 5 * mV < cells.v[0]


def test_indices_write_through(cells: hp.Population) -> None:
    cells.I[2:] = 20 * pA
    cells.I[0] = 1e-12
    cells.I[[False, True, False, False]] = "5*pA"
    np.testing.assert_allclose(cells.get("I", "pA"), [1, 5, 20, 20])
    cells.I[-1] = 7 * pA
    cells.I[[0, 1]] = [3, 4] * pA
    np.testing.assert_allclose(cells.get("I", "pA"), [3, 4, 20, 7])
    cells.I[1:] = "2*I"
    np.testing.assert_allclose(cells.get("I", "pA"), [3, 8, 40, 14])
    cells.I[:] = 0
    assert not cells.I.any()


@pytest.mark.parametrize("index", [7, -5, "a", [0, 9], 1.5])
def test_wrong_indices_are_refused(cells: hp.Population, index: object) -> None:
    with pytest.raises(hp.HodgError):
        cells.v[index] = 0


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1, 2], "2 values, expected 4"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        ([0, 0, float("nan"), 0], "nan"),
    ],
)
def test_wrong_values_change_nothing(cells: hp.Population, value: object, message: str) -> None:
    before = cells.get("v")
    with pytest.raises(hp.SimulationError, match=message):
        cells.v = value
    np.testing.assert_array_equal(cells.get("v"), before)


@pytest.mark.parametrize("value", [None, object(), {}, "foo", "10*(mV", [[1, 2], [3, 4]], 1j])
def test_what_is_no_value_is_refused(cells: hp.Population, value: object) -> None:
    with pytest.raises(hp.HodgError):
        cells.v = value


def test_an_unknown_name_has_a_suggestion(cells: hp.Population) -> None:
    with pytest.raises(hp.SimulationError, match="did you mean `v`"):
        cells.vv = 3
    with pytest.raises(AttributeError, match="did you mean `ready`"):
        _ = cells.redy
    with pytest.raises(hp.SimulationError, match="subexpression"):
        cells.twice = 3
    with pytest.raises(hp.SimulationError, match="no variable"):
        _ = cells["zz"]


def test_subexpressions_and_expressions_are_read(cells: hp.Population) -> None:
    np.testing.assert_allclose(cells.get("twice", "mV"), [-140] * 4)
    np.testing.assert_allclose(cells.twice, [-0.14] * 4)
    np.testing.assert_allclose(cells.get("v - 2*volt", "volt"), [-2.07] * 4)
    scale = 3  # found where get is called
    np.testing.assert_allclose(cells.get("scale*v", "mV"), [-210] * 4)
    assert scale == 3


def test_text_sees_the_callers_names(cell: hp.Model) -> None:
    start = -55 * mV
    made = hp.Population(cell, 3, v="start")
    made.v += 1 * mV
    np.testing.assert_allclose(made.get("v", "mV"), [-54] * 3)
    made.set("v", "start + i*mV")
    np.testing.assert_allclose(made.get("v", "mV"), [-55, -54, -53])
    made.v[1:] = "start - 1*mV"
    np.testing.assert_allclose(made.get("v", "mV"), [-55, -56, -56])
    assert start.unit == "volt"


def test_random_text_has_a_new_stream_each_time(cell: hp.Model) -> None:
    def drawn(seed: int) -> list[np.ndarray]:
        made = hp.Population(cell, 50, name="drawn", seed=seed)
        made.v = "-65*mV + 5*mV*randn()"
        made.I = "1*nA*rand()"
        return [made.get("v"), made.get("I")]

    v, current = drawn(1)
    assert len(set(v)) == 50
    assert abs(v.mean() + 0.065) < 0.005
    assert 0 <= current.min() < current.max() < 1e-9
    np.testing.assert_array_equal(v, drawn(1)[0])
    assert not np.array_equal(v, drawn(2)[0])


def test_an_array_makes_a_parameter_per_neuron(cell: hp.Model) -> None:
    made = hp.Population(cell, 3, v=-70 * mV, I=0.1 * nA)
    net = hp.Network(made, dt=0.1 * ms)
    net.run(1 * ms)
    before = made.get("v")
    made.R = [50, 100, 150] * Mohm
    np.testing.assert_array_equal(made.get("v"), before)
    assert made.get("R", "Mohm").tolist() == [50, 100, 150]
    net.run(5 * ms)
    assert np.all(np.diff(made.get("v")) > 0)
    made.R[1] = 10 * Mohm
    assert made.get("R", "Mohm").tolist() == [50, 10, 150]
    with pytest.raises(hp.SimulationError, match="expected"):
        hp.Population(cell, 3).R = [1, 2]


def test_random_text_makes_a_parameter_per_neuron(cell: hp.Model) -> None:
    made = hp.Population(cell, 5)
    made.R = "100*Mohm"
    assert made.get("R", "Mohm") == 100
    made.R = "100*Mohm*(1 + rand())"
    assert len(set(made.get("R"))) == 5


def test_dotted_names(squid: hp.Model) -> None:
    axon = hp.Population(squid, 3, name="axon")
    assert axon.na.g.unit == "mS/cm**2"
    assert axon.get("na.g", "msiemens/cm**2") == pytest.approx(120)
    axon.na.g = 100 * 10.0
    assert float(axon["na.g"]) == 1000
    axon["na.g"] = "110 mS/cm**2"
    axon.na.g *= 2
    assert axon.get("na.g") == pytest.approx(2200)
    axon.na.m = 0.5
    axon.na.m[1] = 0.25
    assert axon.na.m[:].tolist() == [0.5, 0.25, 0.5]
    assert axon.na.m.inf[0] == axon.get("na.m.inf")[0]
    assert {"na", "k", "leak", "v", "get", "N"} <= set(dir(axon))
    assert {"g", "E", "m", "h", "I"} <= set(dir(axon.na))
    assert {"inf", "tau"} <= set(dir(axon.na.m))
    assert "na.g" in axon._ipython_key_completions_()
    with pytest.raises(hp.SimulationError, match="part"):
        axon.na = 3
    with pytest.raises(AttributeError, match="no variable"):
        _ = axon.na.zz


def test_temperature_in_celsius(squid: hp.Model) -> None:
    axon = hp.Population(squid, 2)
    axon.temperature = "18.5 degC"
    assert axon.get("temperature") == 291.65
    assert hp.Population(squid, 2, temperature="6.3 degC").get("temperature") == 279.45
    hp.Network(axon, temperature="10 degC")
    assert axon.get("temperature") == 283.15


def test_texts_of_objects(cells: hp.Population, squid: hp.Model) -> None:
    cells.v = -65 * mV
    assert repr(cells.v) == "v = [-0.065, -0.065, -0.065, -0.065] volt"
    assert repr(cells) == "<Population cells: 4 x equations>"
    assert "4 states" in repr(squid)
    axon = hp.Population(squid, 1, name="axon")
    axon.v = -65 * mV
    assert repr(axon.v) == "v = [-65.] mV"
    assert f"{axon.v[0]:.3f}" == "-0.065"
    assert repr(axon.na).startswith("<na of axon: g, E, m")


def test_linked_variables(cell: hp.Model) -> None:
    source = hp.Population(cell, 2, name="source", v=[-60, -50] * mV)
    reads = hp.compile("dv/dt = (other - v)/(10*ms) : volt\nother : volt (linked)")
    reader = hp.Population(reads, 4, name="reader")
    with pytest.raises(hp.SimulationError, match="linked to nothing"):
        hp.Network(hp.Population(reads, 1)).run(0 * ms)
    reader.link("other", source, "v", [0, 1, 1, 0])
    hp.Network(source, reader, dt=0.1 * ms).run(0 * ms)
    np.testing.assert_allclose(reader.get("other", "mV"), [-60, -50, -50, -60])
    with pytest.raises(UnitError, match="volt"):
        reader.link("other", source, "I")
    with pytest.raises(hp.SimulationError, match="link"):
        reader.other = 3 * mV
    with pytest.raises(hp.SimulationError, match="not flagged linked"):
        reader.link("v", source, "v", [0, 0, 0, 0])
    with pytest.raises(hp.SimulationError):
        reader.link("other", source, "v", [0, 1, 1, 7])
    with pytest.raises(hp.SimulationError, match="population"):
        reader.link("other", 3, "v")  # type: ignore[arg-type]


def test_another_populations_variable_is_copied(cell: hp.Model) -> None:
    first = hp.Population(cell, 2, name="first", v=[-60, -50] * mV)
    second = hp.Population(cell, 2, name="second")
    second.v = first.v
    np.testing.assert_array_equal(second.get("v"), first.get("v"))


def test_names_of_the_class_are_no_variables() -> None:
    public = {n for n in dir(hp.Population) if not n.startswith("_")} | {"model"}
    assert public == hp.model.RESERVED
    with pytest.raises(hp.ModelError, match="another name"):
        hp.compile("dget/dt = -get/(10*ms) : volt")
    cells = hp.Population(hp.compile("dv/dt = -v/(10*ms) : volt"), 2)
    for name in public:
        with pytest.raises(AttributeError, match="cannot be assigned"):
            setattr(cells, name, 3)


def test_quantities() -> None:
    assert repr(-65 * mV + 5 * mV) == "-60 mV"
    assert repr([1, 2] * mV) == "[1., 2.] mV"
    assert (2 * nS * 10 * mV).in_unit("pA") == pytest.approx(20)
    assert f"{12.3456 * mV:.1f}" == "12.3 mV"
    assert (np.array([1.0, 4.0]) * mV < 3 * mV).tolist() == [True, False]
    assert abs(-3 * mV) == 3 * mV
    assert (4 * mV**2) ** 0.5 == pytest.approx(2 * mV)
    assert np.sqrt(4 * volt**2) == 2 * volt
    assert mV != nA
    assert 3 * mV != 3
    with pytest.raises(UnitError, match="plain number"):
        _ = 3 * mV + 1
    with pytest.raises(UnitError, match="exp"):
        np.exp(3 * mV)
    with pytest.raises(TypeError):
        _ = 3 * mV + "x"
    with pytest.raises(UnitError):
        float(3 * mV)
    with pytest.raises(UnitError, match="`foo` is no unit"):
        (3 * mV).in_unit("foo")
    with pytest.raises(UnitError, match="is no quantity"):
        hp.units.parse("3 apples")
