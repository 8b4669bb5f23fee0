// SPDX-License-Identifier: MIT
// C++ errors become the classes of hodgpy.errors; nothing else may reach Python.
#include "bindings.h"

#include "hhc/internal_error.h"
#include "hodg/error.h"

#include <exception>

namespace hodgpy {

namespace {

[[nodiscard]] py::object error_class(const char* name) {
    return py::module_::import("hodgpy.errors").attr(name);
}

void raise(const char* name, const char* text, const std::string& code) {
    const py::object type = error_class(name);
    py::object instance = code.empty() ? type(text) : type(text, code);
    PyErr_SetObject(type.ptr(), instance.ptr());
}

} // namespace

void bind_errors(py::module_& /*module*/) {
    py::register_exception_translator([](std::exception_ptr pointer) {
        try {
            if (pointer) {
                std::rethrow_exception(pointer);
            }
        } catch (const hodg::SimulationError& error) {
            const hodg::Fault& fault = error.fault();
            const py::object where = error_class("Fault")(
                fault.object, fault.variable, fault.entity, fault.step, fault.time, fault.value);
            const py::object type = error_class("SimulationError");
            py::object instance = type(error.what(), error.code(), where);
            PyErr_SetObject(type.ptr(), instance.ptr());
        } catch (const hodg::Error& error) {
            raise("SimulationError", error.what(), error.code());
        } catch (const hhc::CompileError& error) {
            raise("ModelError", error.what(), "");
        } catch (const hhc::InternalError& error) {
            raise("InternalError", error.what(), "");
        }
    });
}

} // namespace hodgpy
