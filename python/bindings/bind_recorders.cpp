// SPDX-License-Identifier: MIT
// hodg/recorder.h: recordings as numpy arrays.
#include "bindings.h"

#include "hodg/recorder.h"
#include "hodg/synapses.h"

namespace hodgpy {

hodg::Expression to_expression(const hhc::Expressions& compiled, std::vector<std::string> names);
hodg::Expression own_expressions(std::vector<std::string> names);

namespace {

/// What is to be computed: compiled for the recorder, or by the model itself; nothing without
/// names.
std::vector<hodg::Expression> expressions_of(const hhc::Expressions* compiled,
                                             std::vector<std::string> names) {
    if (compiled != nullptr) {
        return {to_expression(*compiled, std::move(names))};
    }
    if (!names.empty()) {
        return {own_expressions(std::move(names))};
    }
    return {};
}

void bind_events(py::module_& module) {
    using hodg::EventRecorder;
    py::class_<EventRecorder>(module, "EventRecorder")
        .def(py::init([](const hodg::Population& population, const std::string& event,
                         const std::string& interpolate, double threshold, const Indices& indices,
                         const std::string& to, std::vector<std::string> variables,
                         const hhc::Expressions* expressions, std::vector<std::string> names) {
            hodg::EventOptions options;
            options.indices = to_vector(indices);
            options.event = event;
            options.interpolate = interpolate;
            options.threshold = threshold;
            options.to = to;
            options.variables = std::move(variables);
            options.expressions = expressions_of(expressions, std::move(names));
            return EventRecorder(population, options);
        }))
        .def("__len__", &EventRecorder::size)
        .def("times", [](const EventRecorder& self) { return to_array(self.times()); })
        .def("steps", [](const EventRecorder& self) { return to_array(self.steps()); })
        .def("indices", [](const EventRecorder& self) { return to_array(self.indices()); })
        .def("counts", [](const EventRecorder& self) { return to_array(self.counts()); })
        .def("values", [](const EventRecorder& self,
                          const std::string& name) { return to_array(self.values(name)); })
        .def("flush", &EventRecorder::flush)
        .def("clear", &EventRecorder::clear);
}

/// Reductions over entities and over time ("", "mean", "min", "max"), and the file.
using Keeping = std::tuple<std::string, std::string, std::string>;

hodg::Reduction reduction_of(const std::string& name) {
    if (name == "mean") {
        return hodg::Reduction::Mean;
    }
    if (name == "min") {
        return hodg::Reduction::Min;
    }
    return name == "max" ? hodg::Reduction::Max : hodg::Reduction::None;
}

hodg::StateOptions state_options(const Indices& indices, double dt, bool average,
                                 const Keeping& keeping) {
    hodg::StateOptions options;
    options.indices = to_vector(indices);
    options.dt = dt;
    options.average_staggered = average;
    options.over_entities = reduction_of(std::get<0>(keeping));
    options.over_time = reduction_of(std::get<1>(keeping));
    options.to = std::get<2>(keeping);
    return options;
}

void bind_states(py::module_& module) {
    using hodg::StateRecorder;
    py::class_<StateRecorder>(module, "StateRecorder")
        .def(py::init([](const hodg::Population& population, std::vector<std::string> variables,
                         const Indices& indices, double dt, bool average, const Keeping& keeping,
                         const hhc::Expressions* expressions, std::vector<std::string> names) {
            hodg::StateOptions options = state_options(indices, dt, average, keeping);
            options.expressions = expressions_of(expressions, std::move(names));
            return StateRecorder(population, std::move(variables), std::move(options));
        }))
        .def(py::init([](const hodg::Synapses& synapses, std::vector<std::string> variables,
                         const Indices& indices, double dt, bool average, const Keeping& keeping,
                         const hhc::Expressions* /*expressions*/,
                         const std::vector<std::string>& /*names*/) {
            return StateRecorder(synapses, std::move(variables),
                                 state_options(indices, dt, average, keeping));
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
                 py::array_t<double> flat = to_array(self.values(name));
                 const auto samples = static_cast<py::ssize_t>(self.size());
                 const py::ssize_t kept = samples == 0 ? 0 : flat.size() / samples;
                 const auto all = static_cast<py::ssize_t>(self.indices().size());
                 return flat.reshape({samples == 0 ? all : kept, samples});
             })
        .def("flush", &StateRecorder::flush)
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
