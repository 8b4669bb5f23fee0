// SPDX-License-Identifier: MIT
// hodg/stimulus.h: given drives.
#include "bindings.h"

#include "hodg/stimulus.h"

namespace hodgpy {

void bind_stimuli(py::module_& module) {
    using hodg::Stimulus;
    py::class_<Stimulus>(module, "Stimulus")
        .def(py::init(
            [](const hodg::Population& target, const std::string& variable,
               const Indices& indices) { return Stimulus(target, variable, to_vector(indices)); }))
        .def("set",
             [](Stimulus& self, const Indices& steps, const Doubles& values, std::int64_t onset,
                std::int64_t period) { self.set(as_span(steps), as_span(values), onset, period); });
}

} // namespace hodgpy
