// SPDX-License-Identifier: MIT
// hodg/cable.h: shapes as arrays, entities of compartments.
#include "bindings.h"

#include "hodg/cable.h"

#include <string>
#include <tuple>
#include <utility>

namespace hodgpy {

namespace {

using Parents = py::array_t<std::int32_t, py::array::c_style | py::array::forcecast>;
using Shape = std::tuple<Parents, Doubles, Doubles, Doubles>;

template <class T, class Array> std::vector<T> to_vector(const Array& array) {
    return {array.data(), array.data() + array.size()};
}

hodg::CableLayout make_layout(const std::vector<Shape>& shapes,
                              std::vector<std::int32_t> shape_of_cell, bool alone) {
    std::vector<hodg::CableTree> trees;
    for (const auto& [parent, area, own_half, parent_half] : shapes) {
        trees.push_back({to_vector<std::int32_t>(parent), to_vector<double>(area),
                         to_vector<double>(own_half), to_vector<double>(parent_half)});
    }
    return {std::move(trees), std::move(shape_of_cell), alone};
}

hodg::CableScheme scheme_of(const std::string& name) {
    if (name == "backward_euler") {
        return hodg::CableScheme::BackwardEuler;
    }
    if (name == "tr_bdf2") {
        return hodg::CableScheme::TrBdf2;
    }
    if (name == "cvode") {
        return hodg::CableScheme::Cvode;
    }
    return name == "crank_nicolson_undamped" ? hodg::CableScheme::CrankNicolsonUndamped
                                             : hodg::CableScheme::CrankNicolson;
}

} // namespace

void bind_cable(py::module_& module) {
    py::class_<hodg::CableLayout>(module, "CableLayout")
        .def(py::init(&make_layout), py::arg("shapes"), py::arg("shape_of_cell"),
             py::arg("alone") = false)
        .def_property_readonly("entities", &hodg::CableLayout::entities)
        .def_property_readonly(
            "entity_of", [](const hodg::CableLayout& self) { return to_array(self.entity_of()); })
        .def_property_readonly("stands_for", [](const hodg::CableLayout& self) {
            return to_array(self.stands_for());
        });
    py::class_<hodg::Cable>(module, "Cable")
        .def(py::init([](const hodg::Population& population, const hodg::CableLayout& layout,
                         const std::string& scheme) {
            return hodg::Cable(population, layout, scheme_of(scheme));
        }))
        .def("set_tolerances", &hodg::Cable::set_tolerances)
        .def("damp", &hodg::Cable::damp)
        .def("connect_gaps",
             [](hodg::Cable& self, const Indices& a, const Indices& b, const Doubles& g) {
                 self.connect_gaps(as_span(a), as_span(b), as_span(g));
             })
        .def("insert", [](hodg::Cable& self, const hodg::Population& processes,
                          const Indices& at) { self.insert(processes, as_span(at)); })
        .def("diffuse", [](hodg::Cable& self, const std::string& name, double diffusivity,
                           const Doubles& volume, const Doubles& fraction) {
            self.diffuse(name, diffusivity, as_span(volume), as_span(fraction));
        });
}

} // namespace hodgpy
