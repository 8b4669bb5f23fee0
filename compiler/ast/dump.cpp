// SPDX-License-Identifier: MIT
#include "ast/dump.h"

#include "ast/visit.h"
#include "support/text_writer.h"

#include <fmt/format.h>

namespace hhc::ast {
namespace {

class Dumper {
public:
    explicit Dumper(const File& file) : file_(file) {}

    std::string run() {
        out_.line(file_.version ? fmt::format("file version {}", *file_.version) : "file");
        out_.indent();
        doc(file_.doc);
        items(file_.items);
        return out_.take();
    }

private:
    void doc(const std::optional<DocString>& doc) {
        if (doc) {
            out_.line(fmt::format("doc {:?}", doc->text));
        }
    }
    void items(const std::vector<Item>& items) {
        for (const Item& item : items) {
            match(item.node, [&](const auto& node) { show(node); });
        }
    }
    [[nodiscard]] std::string text(ExprId id) const { return dump_expr(file_, id); }
    [[nodiscard]] static std::string tail(const std::vector<Flag>& flags) {
        std::string joined;
        for (const Flag& flag : flags) {
            joined += (joined.empty() ? "" : ", ") + flag.text;
        }
        return joined.empty() ? joined : " (" + joined + ")";
    }
    [[nodiscard]] static std::string unit_tail(const std::optional<UnitExpr>& unit) {
        return unit ? " : " + dump_unit(*unit) : "";
    }
    [[nodiscard]] std::string value_tail(ExprId id) const { return id ? " = " + text(id) : ""; }
    [[nodiscard]] std::string arguments(const std::vector<Argument>& arguments) const {
        std::string joined;
        for (const Argument& argument : arguments) {
            joined +=
                (joined.empty() ? "" : ", ") + argument.name.text + " = " + text(argument.value);
        }
        return joined.empty() ? joined : "(" + joined + ")";
    }
    [[nodiscard]] std::string part(const Part& part) const {
        return part.path.text() + arguments(part.arguments) +
               (part.alias ? " as " + part.alias->text : "");
    }
    template <class Body> void nested(const std::string& head, Body&& body) {
        out_.line(head);
        out_.indent();
        body();
        out_.dedent();
    }
    void statements(const std::vector<Statement>& statements) {
        for (const Statement& statement : statements) {
            out_.line(fmt::format("{} {} {}", statement.target.text(), spelling(statement.op),
                                  text(statement.value)));
        }
    }
    template <class Things> void each(const Things& things) {
        for (const auto& thing : things) {
            show(thing);
        }
    }
    [[nodiscard]] static std::string sum(const std::vector<Species>& species) {
        std::string joined;
        for (const Species& one : species) {
            joined += (joined.empty() ? "" : " + ") +
                      (one.count == 1 ? "" : std::to_string(one.count) + " ") + one.name.text;
        }
        return joined;
    }

    void show(const ErrorItem& error) {
        std::string names;
        for (const Name& name : error.declares) {
            names += " " + name.text;
        }
        out_.line("error" + names);
    }
    void show(const Import& import) {
        const std::string what =
            import.file ? fmt::format("{:?}", import.file->text) : import.path.text();
        out_.line("import " + what + (import.alias ? " as " + import.alias->text : ""));
    }
    void show(const Function& function) {
        std::string params;
        for (const FunctionParam& param : function.params) {
            params += (params.empty() ? "" : ", ") + param.name.text + unit_tail(param.unit);
        }
        out_.line(fmt::format("function {}({}){} = {}", function.name.text, params,
                              unit_tail(function.unit), text(function.body)));
    }
    void show(const Const& item) {
        out_.line("const " + item.name.text + value_tail(item.value) + unit_tail(item.unit));
    }
    void show(const Block& block) {
        nested(fmt::format("{} {}", spelling(block.kind), block.name.text), [&] {
            doc(block.doc);
            items(block.items);
        });
    }
    void show(const Equation& equation) {
        out_.line(fmt::format("{} {}{} : {}{}", spelling(equation.kind), equation.name.text,
                              value_tail(equation.value), dump_unit(equation.unit),
                              tail(equation.flags)));
    }
    void show(const Param& param) {
        out_.line("param " + param.name.text + value_tail(param.value) + unit_tail(param.unit) +
                  tail(param.flags));
    }
    void show(const Setting& setting) {
        out_.line("setting " + setting.key.text + value_tail(setting.value) +
                  (setting.at ? " at " + text(setting.at) : "") + unit_tail(setting.unit));
    }
    void show(const Gate& gate) {
        nested("gate " + gate.name.text, [&] {
            each(gate.settings);
            each(gate.equations);
        });
    }
    void show(const Ion& ion) {
        nested("ion " + ion.name.text, [&] {
            each(ion.settings);
            each(ion.params);
            each(ion.equations);
        });
    }
    void show(const Transition& transition) {
        out_.line(fmt::format("{} {} {} ({}{})", sum(transition.from),
                              transition.backward ? "<->" : "->", sum(transition.to),
                              text(transition.forward),
                              transition.backward ? ", " + text(transition.backward) : ""));
    }
    void show(const Conservation& conservation) {
        out_.line("conserve " + sum(conservation.sum) + " = " + text(conservation.total));
    }
    void show(const Init& init) { out_.line("init " + init.name.text + value_tail(init.value)); }
    void show(const Kinetic& kinetic) {
        nested("kinetic " + kinetic.name.text, [&] {
            each(kinetic.transitions);
            each(kinetic.conservations);
            each(kinetic.inits);
            each(kinetic.settings);
            each(kinetic.equations);
        });
    }
    void show(const Use& use) {
        for (const Part& one : use.parts) {
            out_.line("use " + part(one));
        }
    }
    void show(const Insert& insert) {
        std::string regions;
        for (const Path& region : insert.regions) {
            regions += (regions.empty() ? " in " : ", ") + region.text();
        }
        for (const Part& one : insert.parts) {
            out_.line("insert " + part(one) + regions);
        }
    }
    void show(const Input& input) {
        out_.line("input " + input.name.text + " : " + dump_unit(input.unit) + tail(input.flags));
    }
    void show(const Needs& needs) {
        out_.line("needs " + needs.name.text + " : " + dump_unit(needs.unit));
    }
    void show(const Threshold& threshold) { out_.line("threshold " + text(threshold.condition)); }
    void show(const Reset& reset) {
        nested("reset", [&] { statements(reset.statements); });
    }
    void show(const Refractory& refractory) { out_.line("refractory " + text(refractory.value)); }
    void show(const Method& method) {
        out_.line("method " + method.name.text + arguments(method.options));
    }
    void show(const Event& event) {
        out_.line("event " + event.name.text + " when " + text(event.condition));
    }
    void show(const On& on) {
        nested("on " + on.event.text + (on.order ? " order " + text(on.order) : "") +
                   (on.delay ? " delay " + text(on.delay) : ""),
               [&] { statements(on.statements); });
    }
    void show(const Update& update) {
        static constexpr std::string_view moments[] = {"", " before", " after"};
        nested(fmt::format("update{}{}", moments[static_cast<std::size_t>(update.moment)],
                           update.every ? " every " + text(update.every) : ""),
               [&] { statements(update.statements); });
    }

    const File& file_;
    TextWriter out_{2};
};

} // namespace

std::string dump(const File& file) {
    return Dumper(file).run();
}

std::string dump_expr(const File& file, ExprId id) {
    if (!id.valid()) {
        return "?";
    }
    const auto inner = [&](ExprId below) { return dump_expr(file, below); };
    return match(
        file.expr(id).node, [](const ErrorExpr&) { return std::string("?"); },
        [](const Number& number) { return number.text; },
        [](const Quantity& quantity) {
            const std::string power =
                quantity.exponent == Rational(1) ? "" : "**" + quantity.exponent.text();
            return "[" + quantity.number + " " + quantity.unit.text + power + "]";
        },
        [](const Boolean& boolean) { return std::string(boolean.value ? "True" : "False"); },
        [](const Reference& reference) { return reference.path.text(); },
        [&](const Call& call) {
            std::string joined;
            for (const ExprId argument : call.arguments) {
                joined += (joined.empty() ? "" : ", ") + inner(argument);
            }
            return call.function.text() + "(" + joined + ")";
        },
        [&](const Unary& unary) {
            const std::string_view op = spelling(unary.op);
            return fmt::format("({}{}{})", op, unary.op == UnaryOp::Not ? " " : "",
                               inner(unary.operand));
        },
        [&](const Binary& binary) {
            return fmt::format("({} {} {})", inner(binary.left), spelling(binary.op),
                               inner(binary.right));
        },
        [&](const Conditional& choice) {
            return fmt::format("({} if {} else {})", inner(choice.then_value),
                               inner(choice.condition), inner(choice.else_value));
        });
}

std::string dump_unit(const UnitExpr& unit) {
    if (unit.is_error) {
        return "?";
    }
    std::string joined;
    for (const UnitFactor& factor : unit.factors) {
        const std::string power =
            factor.exponent == Rational(1) ? "" : "**" + factor.exponent.text();
        joined += (joined.empty() ? "" : "*") + factor.name + factor.number + power;
    }
    return joined;
}

std::string_view spelling(BinaryOp op) {
    static constexpr std::string_view names[] = {
        "+",  "-", "*",  "/",  "//", "%",   "**", "<",
        "<=", ">", ">=", "==", "!=", "and", "or", "crosses"};
    return names[static_cast<std::size_t>(op)];
}

std::string_view spelling(UnaryOp op) {
    static constexpr std::string_view names[] = {"-", "+", "not"};
    return names[static_cast<std::size_t>(op)];
}

std::string_view spelling(AssignOp op) {
    static constexpr std::string_view names[] = {"=", "+=", "-=", "*=", "/=", "**=", "%="};
    return names[static_cast<std::size_t>(op)];
}

std::string_view spelling(BlockKind kind) {
    static constexpr std::string_view names[] = {"channel", "neuron", "synapse", "cell"};
    return names[static_cast<std::size_t>(kind)];
}

std::string_view spelling(EquationKind kind) {
    static constexpr std::string_view names[] = {"ode", "subexpression", "declaration"};
    return names[static_cast<std::size_t>(kind)];
}

} // namespace hhc::ast
