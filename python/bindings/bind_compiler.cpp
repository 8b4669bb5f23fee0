// SPDX-License-Identifier: MIT
// hhc/compile.h: compilations, models, expressions.
#include "bindings.h"

#include "hhc/tools.h"
#include "hodg/model.h"

#include <string>
#include <tuple>

namespace hodgpy {

namespace {

// Text, shown name, first line, first column.
using Place = std::tuple<std::string, std::string, std::uint32_t, std::uint32_t>;

hhc::SourceText source_text(const Place& place) {
    return {std::get<0>(place), std::get<1>(place), std::get<2>(place), std::get<3>(place)};
}

hhc::External external(const py::dict& given) {
    hhc::External result;
    result.name = given["name"].cast<std::string>();
    result.value = given["value"].cast<double>();
    result.unit = given["unit"].cast<std::string>();
    const auto kind = given["kind"].cast<std::string>();
    if (kind == "table") {
        result.kind = hhc::ExternalKind::Table;
        result.per_entity = given["per_entity"].cast<bool>();
    } else if (kind == "integer") {
        result.kind = hhc::ExternalKind::Integer;
    } else if (kind == "boolean") {
        result.kind = hhc::ExternalKind::Boolean;
    }
    return result;
}

std::vector<hhc::External> external_list(const py::list& given) {
    std::vector<hhc::External> result;
    for (const py::handle& item : given) {
        result.push_back(external(py::reinterpret_borrow<py::dict>(item)));
    }
    return result;
}

template <class T> void take(const py::dict& given, const char* name, T& into) {
    if (given.contains(name)) {
        into = given[name].cast<T>();
    }
}

hhc::Options options(const py::dict& given) {
    hhc::Options result;
    take(given, "library_folder", result.library_folder);
    result.lazy_front_end = true;
    take(given, "free_names", result.free_names);
    take(given, "method", result.method);
    if (given.contains("method_place")) {
        result.method_place = source_text(given["method_place"].cast<Place>());
    }
    take(given, "interpretation", result.interpretation);
    take(given, "real_size", result.real_size);
    take(given, "target", result.target);
    take(given, "strict", result.strict);
    take(given, "optimisation", result.optimisation);
    take(given, "vector_bytes", result.vector_bytes);
    take(given, "fast_math", result.fast_math);
    take(given, "lump", result.lump);
    take(given, "varying_delays", result.varying_delays);
    take(given, "approximate", result.approximate);
    take(given, "per_entity", result.per_entity);
    take(given, "freeze", result.freeze);
    if (given.contains("externals")) {
        result.externals = external_list(given["externals"].cast<py::list>());
    }
    return result;
}

void take_text(const py::dict& given, const char* name, std::optional<hhc::SourceText>& into) {
    if (given.contains(name)) {
        into = source_text(given[name].cast<Place>());
    }
}

void take_list(const py::dict& given, const char* name,
               std::vector<std::pair<std::string, hhc::SourceText>>& into) {
    if (given.contains(name)) {
        for (const auto& [key, place] :
             given[name].cast<std::vector<std::pair<std::string, Place>>>()) {
            into.emplace_back(key, source_text(place));
        }
    }
}

hhc::EquationSource equation_source(const py::dict& given) {
    hhc::EquationSource result;
    result.name = given["name"].cast<std::string>();
    result.is_cell = given.contains("is_cell") && given["is_cell"].cast<bool>();
    result.equations = source_text(given["equations"].cast<Place>());
    take_text(given, "threshold", result.threshold);
    take_text(given, "reset", result.reset);
    take_text(given, "refractory", result.refractory);
    take_list(given, "events", result.events);
    take_list(given, "event_handlers", result.event_handlers);
    take_list(given, "initial_values", result.initial_values);
    take_list(given, "regularly", result.regularly);
    return result;
}

hhc::SynapsePathway synapse_pathway(const py::dict& given) {
    hhc::SynapsePathway result;
    result.name = given["name"].cast<std::string>();
    take(given, "event", result.event);
    take(given, "on_post", result.on_post);
    if (given.contains("statements")) {
        result.statements = source_text(given["statements"].cast<Place>());
    }
    if (given.contains("order") && !given["order"].is_none()) {
        result.order = given["order"].cast<int>();
    }
    if (given.contains("delay") && !given["delay"].is_none()) {
        result.delay = given["delay"].cast<double>();
    }
    return result;
}

hhc::SynapseSource synapse_source(const py::dict& given) {
    hhc::SynapseSource result;
    take(given, "name", result.name);
    if (given.contains("equations")) {
        result.equations = source_text(given["equations"].cast<Place>());
    }
    if (given.contains("pathways")) {
        for (const py::handle& item : given["pathways"].cast<py::list>()) {
            result.pathways.push_back(synapse_pathway(py::reinterpret_borrow<py::dict>(item)));
        }
    }
    if (given.contains("block")) {
        result.block = given["block"].cast<ModelHandle&>().compiled.get();
    }
    return result;
}

/// A population's model, or none for a source of spikes without equations.
hhc::SynapseSide synapse_side(const py::object& given) {
    if (given.is_none()) {
        return {};
    }
    ModelHandle& handle = given.cast<ModelHandle&>();
    return handle.compiled ? hhc::SynapseSide{handle.compiled.get(), nullptr}
                           : hhc::SynapseSide{nullptr, &handle.runnable().table()};
}

/// Text that may quote a file which is not UTF-8.
py::str readable(const std::string& text) {
    return py::reinterpret_steal<py::str>(PyUnicode_DecodeUTF8(
        text.data(), static_cast<py::ssize_t>(text.size()), "backslashreplace"));
}

const char* severity_text(hhc::Severity severity) {
    switch (severity) {
    case hhc::Severity::Note:
        return "note";
    case hhc::Severity::Warning:
        return "warning";
    case hhc::Severity::Error:
        break;
    }
    return "error";
}

/// Diagnostics with places as the user knows them.
py::list diagnostic_list(const std::vector<hhc::Diagnostic>& diagnostics, const hhc::Texts& texts) {
    py::list result;
    const auto place_or_none = [](std::uint32_t number) {
        return number == 0 ? py::object(py::none()) : py::object(py::int_(number));
    };
    for (const hhc::Diagnostic& diagnostic : diagnostics) {
        const hhc::DiagnosticPlace place = texts.place(diagnostic.span);
        py::list notes;
        for (const hhc::DiagnosticNote& note : diagnostic.notes) {
            const hhc::DiagnosticPlace at =
                note.span ? texts.place(*note.span) : hhc::DiagnosticPlace{};
            py::dict entry;
            entry["text"] = readable(note.text);
            entry["line"] = place_or_none(at.line);
            entry["column"] = place_or_none(at.column);
            entry["replacement"] = note.replacement;
            notes.append(entry);
        }
        py::dict entry;
        entry["code"] = diagnostic.code;
        entry["severity"] = severity_text(diagnostic.severity);
        entry["message"] = readable(diagnostic.message);
        entry["file"] = readable(place.file);
        entry["line"] = place_or_none(place.line);
        entry["column"] = place_or_none(place.column);
        entry["notes"] = notes;
        result.append(entry);
    }
    return result;
}

/// Errors and warnings with the lines that they point at; remarks are for `explain`.
py::str render_problems(const hhc::Compilation& compilation) {
    std::vector<hhc::Diagnostic> problems;
    for (const hhc::Diagnostic& diagnostic : compilation.diagnostics) {
        if (diagnostic.severity != hhc::Severity::Note) {
            problems.push_back(diagnostic);
        }
    }
    return readable(compilation.texts->render(problems, false));
}

std::vector<std::shared_ptr<ModelHandle>> handles(const hhc::Compilation& compilation) {
    std::vector<std::shared_ptr<ModelHandle>> result;
    for (const std::shared_ptr<hhc::Model>& model : compilation.models) {
        result.push_back(std::make_shared<ModelHandle>(ModelHandle{model, nullptr}));
    }
    return result;
}

const hhc::Model& compiled(const ModelHandle& handle) {
    if (!handle.compiled) {
        throw py::type_error("this model was loaded from a library: its equations are not in it");
    }
    return *handle.compiled;
}

std::vector<std::shared_ptr<ModelHandle>> load_library(const std::string& path) {
    std::vector<std::shared_ptr<ModelHandle>> result;
    for (hodg::Model& model : hodg::load_library(path)) {
        result.push_back(std::make_shared<ModelHandle>(
            ModelHandle{nullptr, std::make_shared<hodg::Model>(std::move(model))}));
    }
    return result;
}

void bind_model(py::module_& module) {
    py::class_<ModelHandle, std::shared_ptr<ModelHandle>>(module, "Model")
        .def_property_readonly("name",
                               [](ModelHandle& self) {
                                   return self.compiled ? self.compiled->name()
                                                        : std::string(self.runnable().name());
                               })
        .def_property_readonly("description",
                               [](ModelHandle& self) {
                                   return self.compiled
                                              ? self.compiled->description()
                                              : std::string(self.runnable().description());
                               })
        .def_property_readonly("is_compiled",
                               [](const ModelHandle& self) { return self.compiled != nullptr; })
        .def("explain", [](const ModelHandle& self) { return compiled(self).explain(); })
        .def("emit", [](const ModelHandle& self,
                        const std::string& stage) { return py::bytes(compiled(self).emit(stage)); })
        .def("times",
             [](const ModelHandle& self) {
                 std::vector<std::pair<std::string, double>> times;
                 for (const hhc::StageTime& time : compiled(self).times()) {
                     times.emplace_back(time.stage, time.seconds);
                 }
                 return times;
             })
        .def("with_per_entity", [](const ModelHandle& self, const std::vector<std::string>& names) {
            return std::make_shared<ModelHandle>(
                ModelHandle{compiled(self).with_per_entity(names), nullptr});
        });
}

} // namespace

const hodg::Model& ModelHandle::runnable() {
    if (!loaded) {
        const hhc::Code code = compiled->deferred(); // a run makes the machine code
        loaded = std::make_shared<hodg::Model>(code.table, code.owner);
    }
    return *loaded;
}

void bind_compiler(py::module_& module) {
    bind_model(module);
    py::class_<hhc::Compilation>(module, "Compilation")
        .def_property_readonly("ok", &hhc::Compilation::ok)
        .def_property_readonly("models", &handles)
        .def_property_readonly("diagnostics",
                               [](const hhc::Compilation& self) {
                                   return diagnostic_list(self.diagnostics, *self.texts);
                               })
        .def("render", &render_problems);
    py::class_<hhc::Expressions>(module, "Expressions")
        .def_property_readonly(
            "ok", [](const hhc::Expressions& self) { return self.code.table != nullptr; })
        .def_readonly("units", &hhc::Expressions::units)
        .def_readonly("dimensions", &hhc::Expressions::dimensions)
        .def_readonly("is_boolean", &hhc::Expressions::is_boolean)
        .def("render", [](const hhc::Expressions& self) {
            return readable(self.texts->render(self.diagnostics, false));
        });
    py::module_::import("atexit").attr("register")(py::cpp_function(&hhc::finish_work_ahead));
    module.def("compile_file", [](const std::string& path, const py::dict& given) {
        return hhc::compile_file(path, options(given));
    });
    module.def("compile_text", [](const Place& text, const py::dict& given) {
        return hhc::compile_text(source_text(text), options(given));
    });
    module.def("compile_equations", [](const py::dict& source, const py::dict& given) {
        return hhc::compile_equations(equation_source(source), options(given));
    });
    module.def("compile_synapse", [](const py::dict& source, const py::object& pre,
                                     const py::object& post, const py::dict& given) {
        return hhc::compile_synapse(synapse_source(source), synapse_side(pre), synapse_side(post),
                                    options(given));
    });
    module.def("compile_expressions",
               [](ModelHandle& model, const std::vector<Place>& expressions, bool interpret,
                  const std::string& stream, const py::list& externals) {
                   std::vector<hhc::SourceText> texts;
                   for (const Place& place : expressions) {
                       texts.push_back(source_text(place));
                   }
                   if (model.compiled == nullptr) {
                       return hhc::compile_expressions(model.runnable().table(), texts, interpret,
                                                       stream, external_list(externals));
                   }
                   return hhc::compile_expressions(*model.compiled, texts, interpret, stream,
                                                   external_list(externals));
               });
    module.def("build", [](const std::vector<std::shared_ptr<ModelHandle>>& models) {
        std::vector<std::shared_ptr<hhc::Model>> pending;
        for (const std::shared_ptr<ModelHandle>& model : models) {
            if (model->compiled) {
                pending.push_back(model->compiled);
            }
        }
        hhc::build(pending);
    });
    module.def("write_library", [](const std::vector<std::shared_ptr<ModelHandle>>& models,
                                   const std::string& path) {
        std::vector<std::shared_ptr<hhc::Model>> all;
        for (const std::shared_ptr<ModelHandle>& model : models) {
            compiled(*model);
            all.push_back(model->compiled);
        }
        hhc::write_library(all, path);
    });
    module.def("load_library", &load_library);
    module.def("list_library", &hhc::list_library);
    module.def("time_step_advice", &hhc::time_step_advice);
    module.def("explain_code", [](const std::string& code) { return hhc::explain_code(code); });
}

} // namespace hodgpy
