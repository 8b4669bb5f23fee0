// SPDX-License-Identifier: MIT
// The parts of the extension module; each bind_* mirrors one public header.
#pragma once

#include "hhc/compile.h"
#include "hodg/population.h"

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <vector>

namespace hodgpy {

namespace py = pybind11;

using Doubles = py::array_t<double, py::array::c_style | py::array::forcecast>;
using Indices = py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>;

/// A numpy array that owns `values`.
template <class T> [[nodiscard]] py::array_t<T> to_array(std::vector<T> values) {
    auto owner = std::make_unique<std::vector<T>>(std::move(values));
    const auto size = static_cast<py::ssize_t>(owner->size());
    T* data = owner->data();
    const py::capsule capsule(owner.release(),
                              [](void* p) { delete static_cast<std::vector<T>*>(p); });
    return py::array_t<T>(size, data, capsule);
}

template <class T>
[[nodiscard]] std::span<const T>
as_span(const py::array_t<T, py::array::c_style | py::array::forcecast>& array) {
    return {array.data(), static_cast<std::size_t>(array.size())};
}

[[nodiscard]] inline std::vector<std::int64_t> to_vector(const Indices& array) {
    return {array.data(), array.data() + array.size()};
}

/// What Python holds for a model: made by the compiler, or loaded from a library.
struct ModelHandle {
    std::shared_ptr<hhc::Model> compiled; // null if loaded
    std::shared_ptr<hodg::Model> loaded;  // null until code was needed, if compiled
    [[nodiscard]] const hodg::Model& runnable();
};

[[nodiscard]] py::dict variable_dict(const hodg::Variable& variable);

void bind_errors(py::module_& module);
void bind_units(py::module_& module);
void bind_compiler(py::module_& module);
void bind_population(py::module_& module);
void bind_cable(py::module_& module);
void bind_synapses(py::module_& module);
void bind_stimuli(py::module_& module);
void bind_recorders(py::module_& module);
void bind_network(py::module_& module);

} // namespace hodgpy
