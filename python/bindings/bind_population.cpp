// SPDX-License-Identifier: MIT
// hodg/population.h: values by name, always SI.
#include "abi/kernel_abi.h"
#include "bindings.h"

#include "hodg/expression.h"
#include "hodg/population.h"

namespace hodgpy {

namespace {

const char* type_text(hodg::Type type) {
    switch (type) {
    case hodg::Type::Integer:
        return "integer";
    case hodg::Type::Boolean:
        return "boolean";
    case hodg::Type::Step:
        return "step";
    case hodg::Type::Real:
        break;
    }
    return "real";
}

} // namespace

py::dict variable_dict(const hodg::Variable& variable) {
    py::list dimension;
    for (std::size_t i = 0; i < variable.dimension_numerator.size(); ++i) {
        dimension.append(py::make_tuple(int{variable.dimension_numerator[i]},
                                        int{variable.dimension_denominator[i]}));
    }
    py::dict result;
    result["name"] = variable.name;
    result["unit"] = variable.unit;
    result["unit_scale"] = variable.unit_scale;
    result["dimension"] = dimension;
    result["per_entity"] = variable.per_entity;
    result["type"] = type_text(variable.type);
    return result;
}

namespace {

bool has(const hodg::Population& population, const std::string& name) {
    for (const hodg::Variable& variable : population.variables()) {
        if (variable.name == name) {
            return true;
        }
    }
    return false;
}

std::vector<std::string> names(const hodg::Population& population) {
    std::vector<std::string> result;
    for (const hodg::Variable& variable : population.variables()) {
        result.push_back(variable.name);
    }
    return result;
}

std::vector<std::string> tables(const hodg::Population& population) {
    std::vector<std::string> result;
    for (const hodg::Table& table : population.model().tables()) {
        result.push_back(table.name);
    }
    return result;
}

} // namespace

hodg::Expression to_expression(const hhc::Expressions& compiled, std::vector<std::string> names) {
    hodg::Expression expression;
    expression.function = compiled.code.table->observe;
    expression.model = compiled.code.table;
    expression.owner = compiled.code.owner;
    expression.names = std::move(names);
    return expression;
}

hodg::Expression own_expressions(std::vector<std::string> names) {
    hodg::Expression expression;
    expression.names = std::move(names);
    return expression;
}

void bind_population(py::module_& module) {
    using hodg::Population;
    py::class_<Population>(module, "Population")
        .def(py::init([](ModelHandle& model, std::int64_t count, const std::string& name) {
            return Population(model.runnable(), count, name);
        }))
        .def_property_readonly("name", &Population::name)
        .def_property_readonly("size", &Population::size)
        .def("names", &names)
        .def("tables", &tables)
        .def("has", &has)
        .def("variable", [](const Population& self,
                            const std::string& name) { return variable_dict(self.variable(name)); })
        .def("get", [](const Population& self,
                       const std::string& name) { return to_array(self.get(name)); })
        .def("set_one",
             [](Population& self, const std::string& name, double value) { self.set(name, value); })
        .def("set_all", [](Population& self, const std::string& name,
                           const Doubles& values) { self.set(name, as_span(values)); })
        .def("set_some",
             [](Population& self, const std::string& name, const Indices& indices,
                const Doubles& values) { self.set(name, as_span(indices), as_span(values)); })
        .def("set_table",
             [](Population& self, const std::string& name, const Doubles& values, double dt) {
                 self.set_table(name, as_span(values), values.shape(0), values.shape(1), dt);
             })
        .def("link",
             [](Population& self, const std::string& name, const Population& source,
                const std::string& variable,
                const Indices& indices) { self.link(name, source, variable, as_span(indices)); })
        .def("initialize", &Population::initialize)
        .def("rebind", [](Population& self, ModelHandle& model) { self.rebind(model.runnable()); })
        .def("evaluate",
             [](const Population& self, const hhc::Expressions& compiled, std::uint64_t seed) {
                 std::vector<std::string> outputs;
                 for (std::size_t i = 0; i < compiled.units.size(); ++i) {
                     outputs.push_back("value" + std::to_string(i));
                 }
                 py::list result;
                 for (std::vector<double>& values :
                      hodg::evaluate(self, to_expression(compiled, std::move(outputs)), seed)) {
                     result.append(to_array(std::move(values)));
                 }
                 return result;
             })
        .def("observe",
             [](const Population& self, std::vector<std::string> names, std::uint64_t seed) {
                 py::list result;
                 for (std::vector<double>& values :
                      hodg::evaluate(self, own_expressions(std::move(names)), seed)) {
                     result.append(to_array(std::move(values)));
                 }
                 return result;
             });
}

} // namespace hodgpy
