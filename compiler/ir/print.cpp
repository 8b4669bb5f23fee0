// SPDX-License-Identifier: MIT
#include "ir/print.h"

#include "ir/text_words.h"
#include "support/number_text.h"
#include "support/text_writer.h"

#include <fmt/format.h>

namespace hhc::ir {
namespace {

std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        switch (c) {
        case '"':
        case '\\':
            result += '\\';
            result += c;
            break;
        case '\n':
            result += "\\n";
            break;
        case '\t':
            result += "\\t";
            break;
        default:
            result += c;
        }
    }
    return result + '"';
}

std::string number(ValueId id) {
    return fmt::format("%{}", id.index);
}

std::string dimension_text(const units::Dimension& dimension) {
    std::string result;
    for (std::size_t i = 0; i < units::base_count; ++i) {
        const Rational power = dimension.exponents()[i];
        if (!power.is_zero()) {
            result += fmt::format("{}{}:{}", result.empty() ? "" : ",", words::bases[i],
                                  power.numerator());
            if (!power.is_integer()) {
                result += fmt::format("/{}", power.denominator());
            }
        }
    }
    return result;
}

/// What fields and uniforms have in common; defaults are left out.
template <class Symbol> std::string symbol_text(std::string_view kind, const Symbol& symbol) {
    std::string line = fmt::format("{} {} {} {}", kind, symbol.name,
                                   words::storages[static_cast<std::size_t>(symbol.storage)],
                                   words::roles[symbol.role]);
    if (symbol.unit != "1") {
        line += fmt::format(" unit {}", quoted(symbol.unit));
    }
    if (symbol.unit_scale != 1.0) {
        line += fmt::format(" scale {}", shortest(symbol.unit_scale));
    }
    if (symbol.default_value != 0.0) { // NaN too
        line += fmt::format(" default {}", shortest(symbol.default_value));
    }
    if (!symbol.dimension.is_dimensionless()) {
        line += fmt::format(" dim {}", dimension_text(symbol.dimension));
    }
    for (std::size_t i = 0; i < words::flags.size(); ++i) {
        if ((symbol.flags >> i & 1U) != 0) {
            line += fmt::format(" {}", words::flags[i]);
        }
    }
    return line;
}

std::string symbol_of(const Module& module, const Value& value) {
    switch (value.op) {
    case Op::LoadField:
        return module.fields[FieldId(value.symbol)].name;
    case Op::LoadUniform:
        return module.uniforms[UniformId(value.symbol)].name;
    case Op::LoadForeign:
    case Op::ForeignUniform:
        return text(module.foreign[ForeignId(value.symbol)]);
    case Op::Math:
        return std::string(info(static_cast<MathOp>(value.symbol)).text);
    case Op::Random:
        return fmt::format("{} {}", info(static_cast<Distribution>(value.symbol)).text,
                           value.payload);
    case Op::Table:
        return module.tables[TableId(value.symbol)].name;
    case Op::Approximate:
        return module.approximations[value.symbol].name;
    case Op::ConstReal:
        return shortest(value.number);
    case Op::ConstInt:
    case Op::PowInt:
    case Op::MatrixBuild:
    case Op::MatrixElement:
        return fmt::format("{}", value.payload);
    case Op::ConstBool:
        return value.payload != 0 ? "true" : "false";
    default:
        return {};
    }
}

std::string comment_text(const Value& value) {
    std::string result = value.name;
    if (value.span.valid()) {
        result += fmt::format("{}@{}:{}-{}", result.empty() ? "" : " ", value.span.file,
                              value.span.begin, value.span.end);
    }
    return result;
}

void print_foreign(TextWriter& out, const Module& module, const Foreign& foreign) {
    std::string line = fmt::format("foreign {} {} {}", text(foreign.space), foreign.name,
                                   words::storages[static_cast<std::size_t>(foreign.storage)]);
    for (std::size_t i = 0; i < words::accesses.size(); ++i) {
        if ((foreign.access >> i & 1U) != 0) {
            line += fmt::format(" {}", words::accesses[i]);
        }
    }
    line += foreign.uniform ? " uniform" : "";
    if (!foreign.dimension.is_dimensionless()) {
        line += fmt::format(" dim {}", dimension_text(foreign.dimension));
    }
    if (foreign.into.valid()) {
        line += fmt::format(" into {}", module.fields[foreign.into].name);
    }
    out.line(line);
}

void print_header(TextWriter& out, const Module& module) {
    out.line(fmt::format("hhir {}", text_version));
    out.line(fmt::format("module {} real_size {}{}", quoted(module.name), module.real_size,
                         module.is_cell      ? " cell"
                         : module.is_synapse ? " synapse"
                                             : ""));
    if (!module.description.empty()) {
        out.line(fmt::format("description {}", quoted(module.description)));
    }
    for (const Uniform& uniform : module.uniforms) {
        out.line(symbol_text("uniform", uniform));
    }
    for (const Field& field : module.fields) {
        std::string line = symbol_text("field", field);
        if (field.space != Space::Each) {
            line += fmt::format(" at {}", text(field.space));
        }
        if (field.init_flag.valid()) {
            line += fmt::format(" init_flag {}", module.uniforms[field.init_flag].name);
        }
        if (field.stagger_flag.valid()) {
            line += fmt::format(" stagger_flag {}", module.uniforms[field.stagger_flag].name);
        }
        if (field.rest.valid()) {
            line += fmt::format(" rest {}", module.uniforms[field.rest].name);
        }
        out.line(line);
    }
    for (const Table& table : module.tables) {
        const std::string dimension = dimension_text(table.dimension);
        out.line(fmt::format("table {}{}{}", table.name,
                             dimension.empty() ? "" : " dim " + dimension,
                             table.per_entity ? " per_entity" : ""));
    }
    for (const Event& event : module.events) {
        out.line(fmt::format("event {}{}{}", event.name,
                             event.sets_last_spike ? " sets_last_spike" : "",
                             event.has_statements ? " has_statements" : ""));
    }
    for (const Foreign& foreign : module.foreign) {
        print_foreign(out, module, foreign);
    }
    for (const Pathway& pathway : module.pathways) {
        out.line(fmt::format(
            "pathway {} {} {} order {} delay {}{}{}{}{}", pathway.name, text(pathway.space),
            quoted(pathway.event), pathway.order, shortest(pathway.delay),
            pathway.indexed ? " indexed" : "", pathway.sequential ? " sequential" : "",
            pathway.writes_pre ? " writes_pre" : "", pathway.one_delay ? " one_delay" : ""));
    }
}

void print_kernel(TextWriter& out, const Module& module, const Kernel& kernel, bool comments) {
    std::string head = fmt::format("kernel {}", text(kernel.kind));
    if (kernel.event.valid()) {
        head += fmt::format(" of {}", module.events[kernel.event].name);
    }
    if (kernel.pathway.valid()) {
        head += fmt::format(" by {}", module.pathways[kernel.pathway].name);
    }
    if (kernel.space != Space::Each) {
        head += fmt::format(" at {}", text(kernel.space));
    }
    if (kernel.name != text(kernel.kind)) {
        head += fmt::format(" named {}", quoted(kernel.name));
    }
    out.block(head + " {", [&] {
        for (std::size_t i = 0; i < kernel.values.size(); ++i) {
            const Value& value = kernel.values[ValueId(i)];
            std::string line = fmt::format("%{} = {}", i, print(module, value));
            if (const std::string comment = comment_text(value); comments && !comment.empty()) {
                line = fmt::format("{:<40} ; {}", line, comment);
            }
            out.line(line);
        }
        for (const FieldStore& store : kernel.stores) {
            const std::string mask = store.mask.valid() ? " if " + number(store.mask) : "";
            out.line(fmt::format("{} {}, {}{}", store.add ? "add" : "store",
                                 module.fields[store.field].name, number(store.value), mask));
        }
        for (const ForeignStore& store : kernel.foreign_stores) {
            const std::string mask = store.mask.valid() ? " if " + number(store.mask) : "";
            out.line(fmt::format("{} {}, {}{}", store.add ? "add_foreign" : "store_foreign",
                                 text(module.foreign[store.foreign]), number(store.value), mask));
        }
        for (const UniformStore& store : kernel.uniform_stores) {
            out.line(fmt::format("store_uniform {}, {}", module.uniforms[store.uniform].name,
                                 number(store.value)));
        }
        for (const EventOutput& event : kernel.events) {
            out.line(fmt::format("event {}, {}", module.events[event.event].name,
                                 number(event.condition)));
        }
        for (const ValueId output : kernel.outputs) {
            out.line("output " + number(output));
        }
        for (const ValueId guard : kernel.guards) {
            out.line("guard " + number(guard));
        }
    });
}

} // namespace

std::string print(const Module& module, const Value& value) {
    std::string line(info(value.op).text);
    const std::string symbol = symbol_of(module, value);
    if (!symbol.empty()) {
        line += ' ' + symbol;
    }
    for (std::size_t i = 0; i < value.args.size(); ++i) {
        line += (i == 0 ? " " : ", ") + number(value.args[i]);
    }
    return line;
}

std::string print(const Module& module, const Kernel& kernel, const PrintOptions& options) {
    TextWriter out(2);
    print_kernel(out, module, kernel, options.comments);
    return out.take();
}

std::string print(const Module& module, const PrintOptions& options) {
    TextWriter out(2);
    if (options.header) {
        print_header(out, module);
    }
    for (const Kernel& kernel : module.kernels) {
        if (options.header) {
            out.line();
        }
        print_kernel(out, module, kernel, options.comments);
    }
    return out.take();
}

} // namespace hhc::ir
