// SPDX-License-Identifier: MIT
// hodg/synapses.h, hodg/connect.h: connections, delays and values of synapses.
#include "bindings.h"

#include "hodg/synapses.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace hodgpy {

namespace {

using SmallIndices = py::array_t<std::int32_t, py::array::c_style | py::array::forcecast>;

const char* space_text(const hodg::Variable& variable) {
    if (!variable.per_entity) {
        return "uniform";
    }
    switch (variable.space) {
    case hodg::Space::PerPre:
        return "per_pre";
    case hodg::Space::PerPost:
        return "per_post";
    case hodg::Space::Each:
        break;
    }
    return "each";
}

py::dict synapse_variable(const hodg::Synapses& synapses, const std::string& name) {
    const hodg::Variable variable = synapses.variable(name);
    py::dict result = variable_dict(variable);
    result["space"] = space_text(variable);
    return result;
}

bool has(const hodg::Synapses& synapses, const std::string& name) {
    for (const hodg::Variable& variable : synapses.variables()) {
        if (variable.name == name) {
            return true;
        }
    }
    return false;
}

hodg::ConnectRule rule(const std::string& kind, double number, bool wrap) {
    const auto count = static_cast<std::int64_t>(number);
    const std::map<std::string, hodg::ConnectRule> rules{
        {"all_to_all", hodg::AllToAll{}},
        {"one_to_one", hodg::OneToOne{}},
        {"shifted", hodg::Shifted{count, wrap}},
        {"probability", hodg::Probability{number}},
        {"fixed_indegree", hodg::FixedIndegree{count}},
        {"fixed_outdegree", hodg::FixedOutdegree{count}},
        {"fixed_total", hodg::FixedTotal{count}},
        {"permutation", hodg::Permutation{}},
    };
    return rules.at(kind);
}

void connect_rule(hodg::Synapses& synapses, const std::string& kind, double number, bool wrap,
                  bool self, bool multapses, std::uint64_t seed) {
    hodg::ConnectOptions options;
    options.self = self;
    options.multapses = multapses;
    options.seed = seed;
    const hodg::ConnectRule chosen = rule(kind, number, wrap);
    const py::gil_scoped_release release;
    synapses.connect(chosen, options);
}

} // namespace

void bind_synapses(py::module_& module) {
    using hodg::Synapses;
    py::class_<Synapses>(module, "Synapses")
        .def(py::init([](const hodg::Population& pre, const hodg::Population& post,
                         const std::string& name, const Indices& sources, const Indices& targets) {
            return Synapses(pre, post, name, to_vector(sources), to_vector(targets));
        }))
        .def_property_readonly("name", &Synapses::name)
        .def_property_readonly("size", &Synapses::size)
        .def_property_readonly("bound", &Synapses::bound)
        .def("connect", [](Synapses& self, const SmallIndices& i,
                           const SmallIndices& j) { self.connect(as_span(i), as_span(j)); })
        .def("connect_rule", &connect_rule)
        .def("sources", [](const Synapses& self) { return to_array(self.sources()); })
        .def("targets", [](const Synapses& self) { return to_array(self.targets()); })
        .def("outgoing", [](const Synapses& self) { return to_array(self.outgoing()); })
        .def("incoming", [](const Synapses& self) { return to_array(self.incoming()); })
        .def("bind", [](Synapses& self, ModelHandle& model) { self.bind(model.runnable()); })
        .def("has", &has)
        .def("variable", &synapse_variable)
        .def("get",
             [](const Synapses& self, const std::string& name) { return to_array(self.get(name)); })
        .def("set_one",
             [](Synapses& self, const std::string& name, double value) { self.set(name, value); })
        .def("set_all", [](Synapses& self, const std::string& name,
                           const Doubles& values) { self.set(name, as_span(values)); })
        .def("set_some",
             [](Synapses& self, const std::string& name, const Indices& indices,
                const Doubles& values) { self.set(name, as_span(indices), as_span(values)); })
        .def("set_table",
             [](Synapses& self, const std::string& name, const Doubles& values, double dt) {
                 self.set_table(name, as_span(values), values.shape(0), dt);
             })
        .def("initialize", &Synapses::initialize)
        .def("set_delay", [](Synapses& self, const std::string& pathway, double seconds,
                             bool round) { self.set_delay(pathway, seconds, round); })
        .def("set_delays", [](Synapses& self, const std::string& pathway, const Doubles& seconds,
                              bool round) { self.set_delays(pathway, as_span(seconds), round); })
        .def("delays", [](const Synapses& self,
                          const std::string& pathway) { return to_array(self.delays(pathway)); })
        .def("bytes_per_synapse", &Synapses::bytes_per_synapse);
}

} // namespace hodgpy
