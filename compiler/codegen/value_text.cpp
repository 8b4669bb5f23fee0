// SPDX-License-Identifier: MIT
// How a value is written: literals, operands, and the expression of each operation.
#include "abi/kernel_abi.h"
#include "codegen/value_writer.h"
#include "support/check.h"
#include "support/number_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace hhc::codegen {
namespace {

using ir::Op;
using ir::Type;
using ir::Value;
using ir::ValueId;

std::string real_literal(double number, bool is_float) {
    if (std::isnan(number)) {
        return is_float ? "__builtin_nanf(\"\")" : "__builtin_nan(\"\")";
    }
    if (is_float) {
        const auto narrow = static_cast<float>(number);
        if (std::isinf(narrow)) {
            return narrow > 0 ? "__builtin_inff()" : "-__builtin_inff()";
        }
        std::array<char, 32> buffer{};
        const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), narrow).ptr;
        std::string text(buffer.data(), end);
        if (text.find_first_of(".e") == std::string::npos) {
            text += ".0";
        }
        return text + "f";
    }
    if (std::isinf(number)) {
        return number > 0 ? "__builtin_inf()" : "-__builtin_inf()";
    }
    return shortest_cpp(number);
}

std::string integer_literal(std::int64_t number) {
    if (number == INT64_MIN) {
        return "(-9223372036854775807 - 1)";
    }
    return std::to_string(number);
}

} // namespace

std::string ValueWriter::type_name(Type type, Lanes lanes) const {
    switch (type) {
    case Type::Real:
        if (lanes == Lanes::Vector) {
            return "Real";
        }
        return lanes == Lanes::Population || module_->real_size == 8 ? "double" : "float";
    case Type::Int:
        return lanes == Lanes::Vector ? "Int" : "int64_t";
    case Type::Bool:
        return lanes == Lanes::Vector ? "Mask" : "bool";
    case Type::Matrix:
        break;
    }
    HHC_CHECK(false, "a matrix has no plain type");
    return {};
}

std::string ValueWriter::literal(const Value& value, Lanes lanes, bool bare) const {
    std::string text;
    if (value.type == Type::Bool) {
        text = value.payload != 0 ? "true" : "false";
        return lanes == Lanes::Vector ? fmt::format("hhk_all({})", text) : text;
    }
    if (value.type == Type::Int) {
        text = integer_literal(value.payload);
        return bare ? text : fmt::format("{}({})", type_name(Type::Int, lanes), text);
    }
    text = real_literal(value.number, lanes != Lanes::Population && module_->real_size == 4);
    return bare || lanes != Lanes::Vector ? text : fmt::format("Real({})", text);
}

std::string ValueWriter::operand(ValueId id, Lanes wanted) const {
    const Value& value = kernel_->values[id];
    if (is_literal(id)) {
        return literal(value, wanted, false);
    }
    const std::string& name = value_names_[id.index];
    HHC_CHECK(!name.empty(), "a value is used that nobody needs");
    return lanes(id) == wanted ? name : name + "_all";
}

std::string ValueWriter::bare_operand(ValueId id, Lanes wanted) const {
    const Value& value = kernel_->values[id];
    return is_literal(id) ? literal(value, wanted, true) : operand(id, wanted);
}

std::string ValueWriter::spread_declaration(ValueId id) const {
    const Type type = kernel_->values[id].type;
    const std::string& name = value_names_[id.index];
    const std::string wide = type_name(type, entity_lanes_);
    if (entity_lanes_ == Lanes::Vector) {
        return fmt::format("const {} {}_all = hhk_all({});", wide, name, name);
    }
    return fmt::format("const {} {}_all = static_cast<{}>({});", wide, name, wide, name);
}

std::string ValueWriter::declaration(ValueId id) const {
    const Value& value = kernel_->values[id];
    const std::string& name = value_names_[id.index];
    const Lanes own = lanes(id);
    std::string text;
    if (faulty_[id.index]) {
        text = fmt::format("{} {}_bad = {};\n", type_name(Type::Bool, own), name,
                           fault_expression(id, own));
    }
    if (value.type != Type::Matrix) {
        return text + fmt::format("const {} {} = {};", type_name(value.type, own), name,
                                  expression(id, own));
    }
    const std::int64_t n = ir::matrix_size(*kernel_, id);
    if (value.op == Op::MatrixBuild) {
        std::string elements;
        for (const ValueId arg : value.args) {
            elements += (elements.empty() ? "" : ", ") + operand(arg, lanes(arg));
        }
        return text + fmt::format("const double {}[{}] = {{{}}};", name, n * n, elements);
    }
    return text +
           fmt::format("double {}[{}];\n{}<{}>({}, {}, {});", name, n * n,
                       value.op == Op::MatrixExp ? "hhk_matrix_exp" : "hhk_matrix_exp_integral", n,
                       value_names_[value.args[0].index],
                       operand(value.args[1], lanes(value.args[1])), name);
}

std::string ValueWriter::load(ir::FieldId field, Lanes lanes) const {
    const std::string& at = pointer(field);
    if (module_->is_synapse) {
        return load_from(at, module_->fields[field].storage, module_->fields[field].space, lanes);
    }
    const bool boolean = module_->fields[field].storage == ir::Storage::Boolean;
    if (lanes == Lanes::Vector && use_rested_ && is_last_spike(field)) {
        return fmt::format("hhk_rested_since({}, i, context->step)", rested_);
    }
    if (lanes == Lanes::Vector) {
        return fmt::format("{}({} + i)", boolean ? "hhk_load_mask" : "hhk_load", at);
    }
    return at + (boolean ? "[i] != 0" : "[i]");
}

std::string ValueWriter::infix(const Value& value, Lanes lanes, const char* op) const {
    return fmt::format("{} {} {}", bare_operand(value.args[0], lanes), op,
                       bare_operand(value.args[1], lanes));
}

std::string ValueWriter::call(std::string_view function, const Value& value, Lanes lanes) const {
    std::string args;
    for (const ValueId arg : value.args) {
        args += (args.empty() ? "" : ", ") + operand(arg, lanes);
    }
    return fmt::format("{}({})", function, args);
}

/// Inlined in the kernels of every step. In the others the long functions are called: that halves
/// the time of compilation and costs nothing that counts.
std::string ValueWriter::math(const Value& value, Lanes lanes) const {
    const auto op = static_cast<ir::MathOp>(value.symbol);
    std::string function(ir::info(op).function);
    switch (op) {
    case ir::MathOp::Sqrt:
    case ir::MathOp::Abs:
    case ir::MathOp::Sign:
    case ir::MathOp::Floor:
    case ir::MathOp::Ceil:
    case ir::MathOp::Min:
    case ir::MathOp::Max:
    case ir::MathOp::Clip:
        break;
    default:
        const bool hot = kernel_->kind == ir::KernelKind::Advance ||
                         kernel_->kind == ir::KernelKind::Sum ||
                         kernel_->kind == ir::KernelKind::Deliver;
        if (lanes != Lanes::Vector || !hot) {
            function += "_called";
        }
    }
    return call(function, value, lanes);
}

std::string ValueWriter::leaf(const Value& value, Lanes lanes) const {
    switch (value.op) {
    case Op::LoadField:
        return sets_last_spike(ir::FieldId(value.symbol)) ? "hhk_all(context->step)"
                                                          : load(ir::FieldId(value.symbol), lanes);
    case Op::LoadForeign: {
        const ir::Foreign& foreign = module_->foreign[ir::ForeignId(value.symbol)];
        return load_from(foreign_pointers_[value.symbol], foreign.storage, foreign.space, lanes);
    }
    case Op::ForeignUniform: {
        const std::string uniform =
            fmt::format("*reinterpret_cast<const double*>(context->foreign[{}])", value.symbol);
        if (value.type == Type::Int) {
            return fmt::format("static_cast<int64_t>({})", uniform);
        }
        return value.type == Type::Bool ? uniform + " != 0" : uniform;
    }
    case Op::PreIndex:
        return kernel_->space == ir::Space::Each ? "pre" : "here";
    case Op::PostIndex:
        return kernel_->space == ir::Space::Each ? "post" : "here";
    case Op::PreCount:
        return "context->pre_count";
    case Op::PostCount:
        return "context->post_count";
    case Op::LoadUniform: {
        const std::string uniform = fmt::format("context->uniforms[{}]", value.symbol);
        if (value.type == Type::Int) {
            return fmt::format("static_cast<int64_t>({})", uniform);
        }
        return value.type == Type::Bool ? uniform + " != 0" : uniform;
    }
    case Op::Time:
        return "context->t";
    case Op::TimeStep:
        return "context->dt";
    case Op::StepCount:
        return "context->step";
    case Op::EntityCount:
        return "context->count";
    case Op::EntityIndex:
        return "here";
    default: // a literal that stands alone
        return literal(value, lanes, false);
    }
}

std::string ValueWriter::integer_arithmetic(ValueId id, Lanes lanes) const {
    const Value& value = kernel_->values[id];
    const auto checked = [&](std::string_view function) {
        std::string text = call(function, value, lanes);
        text.pop_back();
        return fmt::format("{}, {}_bad)", text, value_names_[id.index]);
    };
    const bool plain = !may_overflow(id);
    switch (value.op) {
    case Op::Add:
        return plain ? infix(value, lanes, "+") : checked("hhk_iadd");
    case Op::Sub:
        return plain ? infix(value, lanes, "-") : checked("hhk_isub");
    case Op::Mul:
        return plain ? infix(value, lanes, "*") : checked("hhk_imul");
    case Op::Neg:
        return plain ? "-" + operand(value.args[0], lanes) : checked("hhk_ineg");
    case Op::FloorDiv:
        return checked("hhk_idiv");
    case Op::Mod:
        return checked("hhk_imod");
    default: // PowInt
        return checked(fmt::format("hhk_ipow<{}>", value.payload));
    }
}

std::string ValueWriter::arithmetic(ValueId id, Lanes lanes) const {
    const Value& value = kernel_->values[id];
    if (value.type == Type::Int) {
        return integer_arithmetic(id, lanes);
    }
    switch (value.op) {
    case Op::Add:
        return infix(value, lanes, "+");
    case Op::Sub:
        return infix(value, lanes, "-");
    case Op::Mul:
        return infix(value, lanes, "*");
    case Op::Div:
        return infix(value, lanes, "/");
    case Op::Neg:
        return "-" + operand(value.args[0], lanes);
    case Op::Fma:
        return call("hhk_fma", value, lanes);
    case Op::FloorDiv:
        return call("hhk_floordiv", value, lanes);
    case Op::Mod:
        return call("hhk_mod", value, lanes);
    default: // PowInt, where the pass that expands it was not asked for
        return call(fmt::format("hhk_powi<{}>", value.payload), value, lanes);
    }
}

std::string ValueWriter::comparison(const Value& value, Lanes lanes) const {
    constexpr std::array<const char*, 6> symbols = {"<", "<=", ">", ">=", "==", "!="};
    constexpr std::array<const char*, 6> functions = {"hhk_lt", "hhk_le", "hhk_gt",
                                                      "hhk_ge", "hhk_eq", "hhk_ne"};
    const auto row = static_cast<std::size_t>(value.op) - static_cast<std::size_t>(Op::Less);
    return lanes == Lanes::Vector ? call(functions[row], value, lanes)
                                  : infix(value, lanes, symbols[row]);
}

std::string ValueWriter::conversion(const Value& value, Lanes lanes) const {
    const bool vector = lanes == Lanes::Vector;
    const std::string arg = operand(value.args[0], lanes);
    switch (value.op) {
    case Op::IntToReal:
    case Op::BoolToReal:
        if (vector) {
            return fmt::format("{}({})",
                               value.op == Op::IntToReal ? "hhk_to_real" : "hhk_mask_to_real", arg);
        }
        return fmt::format("static_cast<{}>({})", type_name(Type::Real, lanes), arg);
    case Op::BoolToInt:
        return fmt::format("{}({})", vector ? "hhk_mask_to_int" : "static_cast<int64_t>", arg);
    case Op::RealToInt:
        return fmt::format("hhk_to_int({})", arg);
    default: // IntToBool
        return vector ? fmt::format("hhk_ne({}, Int(0))", arg) : fmt::format("{} != 0", arg);
    }
}

std::string ValueWriter::key_declaration(ValueId id) const {
    return fmt::format("const hhk_random_key {}_key = hhk_random_stream(context->seed, "
                       "context->random_object, {:#x}ULL);",
                       value_names_[id.index],
                       static_cast<std::uint64_t>(kernel_->values[id].payload));
}

std::string ValueWriter::random(ValueId id, Lanes lanes) const {
    const Value& value = kernel_->values[id];
    const auto distribution = static_cast<ir::Distribution>(value.symbol);
    std::string args;
    for (const ValueId arg : value.args) {
        args += ", " + operand(arg, lanes);
    }
    return fmt::format("hhk_draw_{}<{}>({}_key, {}, context->step{})", ir::info(distribution).text,
                       type_name(Type::Real, lanes), value_names_[id.index],
                       lanes == Lanes::Population ? "int64_t(0)" : "here", args);
}

bool ValueWriter::has_row(ValueId id) const {
    const Value& value = kernel_->values[id];
    return value.op == Op::Table && lanes(id) != Lanes::Population &&
           lanes(value.args[0]) == Lanes::Population;
}

std::string ValueWriter::row_declaration(ValueId id) const {
    const Value& value = kernel_->values[id];
    return fmt::format("const hhk_table_row {}_row = hhk_table_row_at(context, {}, {});",
                       value_names_[id.index], value.symbol,
                       operand(value.args[0], Lanes::Population));
}

std::string ValueWriter::table(ValueId id, Lanes lanes) const {
    const Value& value = kernel_->values[id];
    if (has_row(id)) {
        const std::string column = operand(value.args[1], lanes);
        return lanes == Lanes::Vector
                   ? fmt::format("hhk_table_columns({}_row, {})", value_names_[id.index], column)
                   : fmt::format("static_cast<hhk_real>(hhk_table_column({}_row, {}))",
                                 value_names_[id.index], column);
    }
    std::string args;
    for (const ValueId arg : value.args) {
        args += ", " + (this->lanes(arg) == Lanes::Population ? operand(arg, Lanes::Population)
                                                              : operand(arg, lanes));
    }
    const char* type = lanes == Lanes::Population ? "double"
                       : lanes == Lanes::Vector   ? "Real"
                                                  : "hhk_real";
    return fmt::format("hhk_table_at<{}>(context, {}{})", type, value.symbol, args);
}

std::string ValueWriter::expression(ValueId id, Lanes lanes) const {
    const Value& value = kernel_->values[id];
    if (value.args.empty() && value.op != Op::Random) {
        return leaf(value, lanes);
    }
    if (value.op >= Op::Add && value.op <= Op::PowInt) {
        return arithmetic(id, lanes);
    }
    if (value.op >= Op::Less && value.op <= Op::NotEqual) {
        return comparison(value, lanes);
    }
    if (value.op >= Op::IntToReal && value.op <= Op::IntToBool) {
        return conversion(value, lanes);
    }
    switch (value.op) {
    case Op::Math:
        return math(value, lanes);
    case Op::And:
        return call("hhk_and", value, lanes);
    case Op::Or:
        return call("hhk_or", value, lanes);
    case Op::Not:
        return call("hhk_not", value, lanes);
    case Op::Select: {
        const Lanes condition =
            this->lanes(value.args[0]) == Lanes::Population ? Lanes::Population : lanes;
        return fmt::format("hhk_select({}, {}, {})", operand(value.args[0], condition),
                           operand(value.args[1], lanes), operand(value.args[2], lanes));
    }
    case Op::Random:
        return random(id, lanes);
    case Op::Table:
        return table(id, lanes);
    case Op::MatrixElement:
        return fmt::format("{}[{}]", value_names_[value.args[0].index], value.payload);
    default:
        break;
    }
    HHC_CHECK(false, "an operation without C++: " + std::string(ir::info(value.op).text));
    return {};
}

} // namespace hhc::codegen
