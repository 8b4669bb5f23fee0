// SPDX-License-Identifier: MIT
// The extension module hodgpy._core. Errors come first, because every other part raises them; units
// before the compiler, whose results carry dimensions; what belongs to a network before the
// network.
#include "bindings.h"

#include "hhc/version.h"

PYBIND11_MODULE(_core, module) {
    module.doc() = "The compiled core of hodgpy; use the hodgpy package.";
    module.attr("__version__") = hhc::version();
    hodgpy::bind_errors(module);
    hodgpy::bind_units(module);
    hodgpy::bind_compiler(module);
    hodgpy::bind_population(module);
    hodgpy::bind_cable(module);
    hodgpy::bind_synapses(module);
    hodgpy::bind_stimuli(module);
    hodgpy::bind_recorders(module);
    hodgpy::bind_network(module);
}
