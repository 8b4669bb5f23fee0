// SPDX-License-Identifier: MIT
#include "model/dump.h"

#include "model/flag_names.h"
#include "support/number_text.h"
#include "support/text_writer.h"

namespace hhc::model {

namespace {

std::string type_text(const Variable& variable) {
    if (variable.type.scalar != Scalar::Real) {
        return std::string(spelling(variable.type.scalar));
    }
    const std::string unit = units::describe(variable.type.dimension);
    const std::string& shown = variable.display.text;
    return shown.empty() || shown == unit ? unit : unit + " shown in " + shown;
}

std::string flags_text(const Flags& flags) {
    std::string result;
    for (const std::string_view name : flag_names(flags)) {
        result += result.empty() ? " (" : ", ";
        result += name;
    }
    return result.empty() ? result : result + ")";
}

void dump_variable(TextWriter& out, const CheckedModel& model, const Variable& variable) {
    out.line(std::string(spelling(variable.role)) + " " + variable.name + " : " +
             type_text(variable) + flags_text(variable.flags));
    out.indent();
    if (variable.default_value) {
        out.line("default " + shortest(*variable.default_value));
    }
    if (variable.definition.valid()) {
        const bool is_rate = variable.role == Role::State;
        out.line((is_rate ? "rate " : "value ") + expression_text(model, variable.definition));
    }
    if (variable.gate) {
        out.line(variable.gate->by_rates ? "gate by alpha, beta" : "gate by inf, tau");
    }
    if (!variable.scheme.empty()) {
        out.line("species of " + variable.scheme);
    }
    if (variable.initial.valid()) {
        out.line("init " + expression_text(model, variable.initial));
    }
    if (!variable.method.empty()) {
        out.line("method " + variable.method);
    }
    out.dedent();
}

void dump_block(TextWriter& out, const CheckedModel& model, const Block& block) {
    out.indent();
    for (const Statement& statement : block.statements) {
        const std::string target = statement.to_local ? "local " + block.locals[statement.local]
                                                      : model.variables[statement.target].name;
        out.line(target + " = " + expression_text(model, block, statement.value));
    }
    out.dedent();
}

void dump_updates(TextWriter& out, const CheckedModel& model) {
    for (const Update& update : model.updates) {
        const char* places[] = {"instead", "before", "after"};
        std::string head = std::string("update ") + places[static_cast<std::size_t>(update.place)];
        if (update.every.valid()) {
            head += " every " + expression_text(model, update.every);
        }
        out.line(head);
        dump_block(out, model, update.statements);
    }
}

void dump_order(TextWriter& out, const CheckedModel& model, const char* head,
                const std::vector<VariableId>& order) {
    if (order.empty()) {
        return;
    }
    std::string names;
    for (const VariableId id : order) {
        names += " " + model.variables[id].name;
    }
    out.line(head + names);
}

} // namespace

std::string dump(const CheckedModel& model) {
    TextWriter out;
    out.line(model.kind + " " + model.name);
    out.indent();
    if (!model.method.empty()) {
        out.line("method " + model.method);
    }
    if (model.ito) {
        out.line("interpretation ito");
    }
    for (const Variable& variable : model.variables) {
        dump_variable(out, model, variable);
    }
    for (const Table& table : model.tables) {
        out.line("table " + table.name + (table.per_entity ? "(t, i) : " : "(t) : ") +
                 units::describe(table.dimension));
    }
    for (const Event& event : model.events) {
        out.line("event " + event.name + " when " + expression_text(model, event.condition) +
                 (event.respects_refractory ? " (unless refractory)" : ""));
        dump_block(out, model, event.statements);
    }
    if (model.refractory) {
        out.line(std::string("refractory ") + (model.refractory->is_condition ? "while " : "for ") +
                 expression_text(model, model.refractory->value));
    }
    dump_updates(out, model);
    dump_order(out, model, "order", model.evaluation_order);
    dump_order(out, model, "init order", model.init_order);
    for (const Remark& remark : model.remarks) {
        out.line("remark " + remark.text);
    }
    out.dedent();
    return out.take();
}

} // namespace hhc::model
