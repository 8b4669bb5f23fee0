// SPDX-License-Identifier: MIT
#include "lower/describe.h"

#include "model/flag_names.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace hhc::lower {

using Json = nlohmann::ordered_json;
using model::Role;

namespace {

/// Where the value is: {"field": 3}, {"uniform": 0}, {"output": 2} of observe, or null.
Json place_of(const model::Variable& variable, const ir::Module& module,
              const std::vector<std::string>& observed) {
    const auto find = [&](const auto& entries, const char* kind) -> Json {
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (entries.raw()[i].name == variable.name) {
                return Json{{kind, i}};
            }
        }
        return nullptr;
    };
    if (variable.role == Role::Subexpression) {
        const auto found = std::ranges::find(observed, variable.name);
        return found == observed.end() ? Json(nullptr) : Json{{"output", found - observed.begin()}};
    }
    Json place = find(module.fields, "field");
    return place.is_null() ? find(module.uniforms, "uniform") : place;
}

Json default_of(const model::Variable& variable, const ir::Module& module) {
    const auto number = [](double value) { return std::isfinite(value) ? Json(value) : Json(); };
    for (const ir::Uniform& uniform : module.uniforms) {
        if (uniform.name == variable.name) {
            return number(uniform.default_value);
        }
    }
    for (const ir::Field& field : module.fields) {
        if (field.name == variable.name) {
            return number(field.default_value);
        }
    }
    return variable.default_value ? number(*variable.default_value) : Json();
}

const char* side_of(const model::Variable& variable) {
    switch (variable.side) {
    case model::Side::Pre:
        return "pre";
    case model::Side::Post:
        return "post";
    case model::Side::Own:
        break;
    }
    return "own";
}

/// Over whose entities the values are kept.
std::string space_of(const model::Variable& variable, const ir::Module& module) {
    if (variable.side != model::Side::Own) {
        return side_of(variable);
    }
    const auto field = std::ranges::find(module.fields, variable.name, &ir::Field::name);
    return std::string(ir::text(field == module.fields.end() ? ir::Space::Each : field->space));
}

Json variable_record(const model::CheckedModel& model, const model::Variable& variable,
                     const ir::Module& module, const MethodReport& methods,
                     const std::vector<std::string>& observed) {
    Json record;
    record["name"] = variable.name;
    record["role"] = model::spelling(variable.role);
    record["type"] = model::spelling(variable.type.scalar);
    record["unit"] = variable.display.text.empty() ? "1" : variable.display.text;
    record["unit_scale"] = variable.display.scale;
    record["dimension"] = units::describe(variable.type.dimension);
    record["default"] = default_of(variable, module);
    record["place"] = place_of(variable, module, observed);
    record["flags"] = model::flag_names(variable.flags);
    if (model.kind == "synapse") {
        record["side"] = side_of(variable);
        record["space"] = space_of(variable, module);
    }
    record["documentation"] = variable.documentation;
    record["written"] = variable.written;
    const bool is_equation = variable.role == Role::State || variable.role == Role::Subexpression ||
                             variable.role == Role::ConstantOverDt;
    if (is_equation && variable.definition.valid()) {
        record["equation"] = model::expression_text(model, variable.definition);
    }
    if (variable.initial.valid()) {
        record["initial"] = model::expression_text(model, variable.initial);
    }
    record["is_gate"] = variable.gate.has_value();
    record["scheme"] = variable.scheme;
    for (const StateMethod& method : methods.states) {
        if (method.state == variable.name) {
            record["method"] = method.method;
            record["order"] = method.order;
        }
    }
    return record;
}

Json statements_of(const model::CheckedModel& model, const model::Block& block) {
    Json list = Json::array();
    for (const model::Statement& statement : block.statements) {
        const std::string target = statement.to_local ? block.locals[statement.local]
                                                      : model.variables[statement.target].name;
        list.push_back(target + " = " + model::expression_text(model, block, statement.value));
    }
    return list;
}

Json pathways_of(const model::CheckedModel& model) {
    Json list = Json::array();
    for (const model::Pathway& pathway : model.pathways) {
        list.push_back({{"name", pathway.name},
                        {"event", pathway.event},
                        {"on_post", pathway.side == model::Side::Post},
                        {"order", pathway.order},
                        {"delay", pathway.delay ? Json(*pathway.delay) : Json()},
                        {"statements", statements_of(model, pathway.statements)}});
    }
    return list;
}

void describe_synapse(Json& json, const model::CheckedModel& model, const MethodReport& methods) {
    json["pathways"] = pathways_of(model);
    json["summed"] = Json::array();
    for (const model::SummedVariable& sum : model.sums) {
        const model::Variable& target = model.variables[sum.target];
        json["summed"].push_back({{"target", target.foreign.name},
                                  {"side", side_of(target)},
                                  {"equation", model::expression_text(model, sum.value)},
                                  {"written", sum.written}});
    }
    json["lumped"] = Json::array();
    for (const LumpedState& state : methods.lumped) {
        json["lumped"].push_back(
            {{"state", state.state}, {"space", ir::text(state.space)}, {"why", state.why}});
    }
}

Json events_of(const model::CheckedModel& model) {
    Json list = Json::array();
    for (const model::Event& event : model.events) {
        list.push_back({{"name", event.name},
                        {"condition", model::expression_text(model, event.condition)},
                        {"statements", statements_of(model, event.statements)}});
    }
    return list;
}

Json methods_of(const MethodReport& methods) {
    Json list = Json::array();
    for (const StateMethod& method : methods.states) {
        list.push_back({{"state", method.state},
                        {"method", method.method},
                        {"order", method.order},
                        {"why", method.why},
                        {"brian", method.brian}});
    }
    return list;
}

/// Where channels are inserted, and which of its values differ there.
Json insertions_of(const model::CheckedModel& model) {
    Json list = Json::array();
    for (const model::Insertion& insertion : model.cell->insertions) {
        Json values = Json::object();
        for (const auto& [id, value] : insertion.values) {
            values[model.variables[id].name] = value;
        }
        list.push_back({{"part", insertion.part},
                        {"regions", insertion.regions},
                        {"values", std::move(values)}});
    }
    return list;
}

} // namespace

std::string describe(const model::CheckedModel& model, const ir::Module& module,
                     const MethodReport& methods, const std::vector<std::string>& observed,
                     const std::optional<TimeConstant>& fastest) {
    Json json;
    json["name"] = model.name;
    json["kind"] = model.kind;
    json["documentation"] = model.documentation;
    json["real_size"] = module.real_size;
    json["variables"] = Json::array();
    for (const model::Variable& variable : model.variables) {
        json["variables"].push_back(variable_record(model, variable, module, methods, observed));
    }
    json["states"] = Json::array(); // in the order of rhs and jacobian
    for (const StateMethod& method : methods.states) {
        json["states"].push_back(method.state);
    }
    json["observe"] = observed; // in the order of the outputs
    json["events"] = events_of(model);
    if (model.refractory) {
        json["refractory"] = {{"value", model::expression_text(model, model.refractory->value)},
                              {"is_condition", model.refractory->is_condition}};
    }
    if (model.kind == "synapse") {
        describe_synapse(json, model, methods);
    }
    json["methods"] = methods_of(methods);
    if (fastest) {
        json["fastest"] = {{"state", fastest->state}, {"seconds", fastest->seconds}};
    }
    if (model.cell) {
        json["cell"] = {{"method", model.method}, {"insertions", insertions_of(model)}};
    }
    json["remarks"] = Json::array();
    for (const model::Remark& remark : model.remarks) {
        json["remarks"].push_back(remark.text);
    }
    for (const std::string& remark : methods.remarks) {
        json["remarks"].push_back(remark);
    }
    return json.dump();
}

std::string describe_template(const model::CheckedModel& model) {
    Json json = Json::parse(describe(model, {}, {}, {}));
    json["template"] = true;
    return json.dump();
}

std::string explain(const model::CheckedModel& model, const MethodReport& methods) {
    std::string text = model.kind + " " + model.name + "\n";
    std::size_t width = 0;
    for (const StateMethod& method : methods.states) {
        width = std::max(width, method.state.size());
    }
    for (const StateMethod& method : methods.states) {
        text += "  " + method.state + std::string(width - method.state.size(), ' ') + "  " +
                method.method + ", order " + method.order;
        text += method.why.empty() ? "" : ": " + method.why;
        text += method.brian.empty() ? "\n" : " (Brian 2 would take " + method.brian + ")\n";
    }
    for (const LumpedState& state : methods.lumped) {
        text += "  " + state.state + " is " + state.why + "\n";
    }
    for (const std::string& remark : methods.remarks) {
        text += "  " + remark + "\n";
    }
    for (const model::Remark& remark : model.remarks) {
        text += "  " + remark.text + "\n";
    }
    return text;
}

} // namespace hhc::lower
