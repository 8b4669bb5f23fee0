// SPDX-License-Identifier: MIT
// The compiler's unit table and its reader of quantities.
#include "bindings.h"

namespace hodgpy {

namespace {

hhc::Exponents exponents(const std::vector<std::pair<int, int>>& pairs) {
    hhc::Exponents result{};
    for (std::size_t i = 0; i < result.size(); ++i) {
        result[i] = i < pairs.size() ? pairs[i] : std::pair(0, 1);
    }
    return result;
}

} // namespace

void bind_units(py::module_& module) {
    module.def("unit_table", [] {
        py::list rows;
        for (const hhc::UnitEntry& unit : hhc::unit_table()) {
            rows.append(py::make_tuple(unit.name, unit.scale, unit.dimension));
        }
        return rows;
    });
    module.def("read_quantity", [](const std::string& text) {
        const hhc::QuantityText read = hhc::read_quantity(text);
        return py::make_tuple(read.value, read.dimension, read.problem);
    });
    module.def("describe_dimension", [](const std::vector<std::pair<int, int>>& pairs) {
        return hhc::describe_dimension(exponents(pairs));
    });
    module.def("display_unit", [](const std::vector<std::pair<int, int>>& pairs) {
        return hhc::display_unit(exponents(pairs));
    });
}

} // namespace hodgpy
