// SPDX-License-Identifier: MIT
// hodg/recorder.h: recordings as numpy arrays.
#include "bindings.h"

#include "hodg/recorder.h"
#include "hodg/synapses.h"

namespace hodgpy {

hodg::Expression to_expression(const hhc::Expressions& compiled, std::vector<std::string> names);
hodg::Expression own_expressions(std::vector<std::string> names);

namespace {

void bind_events(py::module_& module) {
    using hodg::EventRecorder;
    py::class_<EventRecorder>(module, "EventRecorder")
        .def(py::init([](const hodg::Population& population, const std::string& event,
                         const std::string& interpolate, double threshold, const Indices& indices) {
            hodg::EventOptions options;
            options.indices = to_vector(indices);
            options.event = event;
            options.interpolate = interpolate;
            options.threshold = threshold;
            return EventRecorder(population, options);
        }))
        .def("__len__", &EventRecorder::size)
        .def("times", [](const EventRecorder& self) { return to_array(self.times()); })
        .def("steps", [](const EventRecorder& self) { return to_array(self.steps()); })
        .def("indices", [](const EventRecorder& self) { return to_array(self.indices()); })
        .def("counts", [](const EventRecorder& self) { return to_array(self.counts()); })
        .def("clear", &EventRecorder::clear);
}

void bind_states(py::module_& module) {
    using hodg::StateRecorder;
    py::class_<StateRecorder>(module, "StateRecorder")
        .def(py::init([](const hodg::Population& population, std::vector<std::string> variables,
                         const Indices& indices, double dt, bool average,
                         const hhc::Expressions* expressions, std::vector<std::string> names) {
            hodg::StateOptions options;
            options.indices = to_vector(indices);
            options.dt = dt;
            options.average_staggered = average;
            if (expressions != nullptr) {
                options.expressions.push_back(to_expression(*expressions, std::move(names)));
            } else if (!names.empty()) {
                options.expressions.push_back(own_expressions(std::move(names)));
            }
            return StateRecorder(population, std::move(variables), std::move(options));
        }))
        .def(py::init([](const hodg::Synapses& synapses, std::vector<std::string> variables,
                         const Indices& indices, double dt, bool average,
                         const hhc::Expressions* /*expressions*/,
                         const std::vector<std::string>& /*names*/) {
            hodg::StateOptions options;
            options.indices = to_vector(indices);
            options.dt = dt;
            options.average_staggered = average;
            return StateRecorder(synapses, std::move(variables), std::move(options));
        }))
        .def("__len__", &StateRecorder::size)
        .def("times", [](const StateRecorder& self) { return to_array(self.times()); })
        .def("indices",
             [](const StateRecorder& self) {
                 return to_array(std::vector<std::int64_t>(self.indices()));
             })
        .def("names", &StateRecorder::names)
        .def("values",
             [](const StateRecorder& self, const std::string& name) {
                 const auto rows = static_cast<py::ssize_t>(self.indices().size());
                 py::array_t<double> flat = to_array(self.values(name));
                 return flat.reshape({rows, static_cast<py::ssize_t>(self.size())});
             })
        .def("clear", &StateRecorder::clear);
}

void bind_rates(py::module_& module) {
    using hodg::RateRecorder;
    py::class_<RateRecorder>(module, "RateRecorder")
        .def(py::init([](const hodg::Population& population, const std::string& event, double bin,
                         const Indices& indices) {
            return RateRecorder(population, {event, bin, to_vector(indices)});
        }))
        .def("__len__", &RateRecorder::size)
        .def("times", [](const RateRecorder& self) { return to_array(self.times()); })
        .def("rates", [](const RateRecorder& self) { return to_array(self.rates()); })
        .def("counts", [](const RateRecorder& self) { return to_array(self.counts()); })
        .def("clear", &RateRecorder::clear);
}

} // namespace

void bind_recorders(py::module_& module) {
    bind_events(module);
    bind_states(module);
    bind_rates(module);
}

} // namespace hodgpy
