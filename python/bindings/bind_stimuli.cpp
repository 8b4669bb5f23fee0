// SPDX-License-Identifier: MIT
// hodg/stimulus.h and hodg/spike_generator.h: given drives and given spikes.
#include "bindings.h"

#include "hodg/spike_generator.h"
#include "hodg/stimulus.h"

namespace hodgpy {

void bind_stimuli(py::module_& module) {
    using hodg::SpikeGenerator;
    using hodg::Stimulus;
    py::class_<Stimulus>(module, "Stimulus")
        .def(py::init(
            [](const hodg::Population& target, const std::string& variable,
               const Indices& indices) { return Stimulus(target, variable, to_vector(indices)); }))
        .def("set",
             [](Stimulus& self, const Indices& steps, const Doubles& values, std::int64_t onset,
                std::int64_t period) { self.set(as_span(steps), as_span(values), onset, period); });
    py::class_<SpikeGenerator>(module, "SpikeGenerator")
        .def(py::init([](std::int64_t count, const std::string& name) {
            return SpikeGenerator(count, name);
        }))
        .def_property_readonly("population", &SpikeGenerator::population)
        .def("set", [](SpikeGenerator& self, const Doubles& times, const Indices& indices) {
            self.set(as_span(times), as_span(indices));
        });
}

} // namespace hodgpy
