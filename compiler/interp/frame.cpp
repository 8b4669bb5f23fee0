// SPDX-License-Identifier: MIT
// The meaning of every operation, as ir/README.md states it.
#include "interp/frame.h"

#include "codegen/scalar_math.h"
#include "ir/evaluate.h"
#include "ir/piecewise.h"
#include "support/check.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <span>

namespace hhc::interp {

using ir::Binding;
using ir::Op;
using ir::Type;
using ir::Value;
using ir::ValueId;

Frame::Frame(const ir::Module& module, const ir::Kernel& kernel, const hhk_context& context)
    : module_(module), kernel_(kernel), context_(context), bindings_(ir::bindings(kernel)),
      slots_(kernel.values.size()) {
    switch (kernel.space) {
    case ir::Space::PerPre:
        count_ = context.pre_count;
        break;
    case ir::Space::PerPost:
        count_ = context.post_count;
        break;
    default:
        count_ = context.count;
    }
}

void Frame::run_population() {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (bindings_[i] != Binding::Entity) {
            run(ValueId(i));
        }
    }
}

void Frame::run_entity(std::int64_t position) {
    position_ = position;
    entity_ = std::min(position, count_ - 1);
    pre_ = post_ = position;
    if (module_.is_synapse && kernel_.space == ir::Space::Each) {
        // before a run the ends may not be in memory yet, and no kernel that runs then reads them
        pre_ = context_.pre == nullptr ? position : context_.pre[entity_];
        post_ = context_.post == nullptr ? position : context_.post[entity_];
        entity_ = context_.creation == nullptr ? entity_ : context_.creation[entity_];
    }
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (bindings_[i] == Binding::Entity) {
            run(ValueId(i));
        }
    }
}

/// What is known before the entity is computed in double, the rest in the module's real type.
void Frame::run(ValueId id) {
    const Value& value = kernel_.values[id];
    const Binding binding = bindings_[id.index];
    Slot& out = slots_[id.index];
    out.fault = value.op != Op::Select &&
                std::ranges::any_of(value.args, [&](ValueId a) { return slots_[a.index].fault; });
    if (module_.real_size == 4 && binding == Binding::Entity) {
        compute<float>(value, binding, out);
    } else {
        compute<double>(value, binding, out);
    }
}

template <class Real> void Frame::compute(const Value& value, Binding binding, Slot& out) {
    switch (value.op) {
    case Op::ConstReal:
        out.real = value.number;
        break;
    case Op::ConstInt:
    case Op::ConstBool:
        out.integer = value.payload;
        break;
    case Op::LoadField:
    case Op::LoadUniform:
    case Op::LoadForeign:
    case Op::ForeignUniform:
        load(value, out);
        break;
    case Op::PreIndex:
        out.integer = pre_;
        break;
    case Op::PostIndex:
        out.integer = post_;
        break;
    case Op::PreCount:
        out.integer = context_.pre_count;
        break;
    case Op::PostCount:
        out.integer = context_.post_count;
        break;
    case Op::Time:
        out.real = context_.t;
        break;
    case Op::TimeStep:
        out.real = context_.dt;
        break;
    case Op::StepCount:
        out.integer = context_.step;
        break;
    case Op::EntityIndex:
        out.integer = entity_;
        break;
    case Op::EntityCount:
        out.integer = context_.count;
        break;
    case Op::Add:
    case Op::Sub:
    case Op::Mul:
    case Op::Neg:
    case Op::FloorDiv:
    case Op::Mod:
    case Op::PowInt:
        if (value.type == Type::Int) {
            integer_arithmetic(value, out);
            break;
        }
        [[fallthrough]];
    case Op::Div:
    case Op::Fma:
        out.real = arithmetic<Real>(value);
        break;
    case Op::Math:
        out.real = math<Real>(value);
        break;
    case Op::IntToReal:
        out.real = static_cast<Real>(slot(value, 0).integer);
        break;
    case Op::BoolToReal:
        out.real = static_cast<double>(slot(value, 0).integer);
        break;
    case Op::BoolToInt:
        out.integer = slot(value, 0).integer;
        break;
    case Op::RealToInt:
        out.integer = ir::real_to_int(real<Real>(value.args[0]));
        break;
    case Op::Select:
        select(value, out);
        out.real = static_cast<Real>(out.real);
        break;
    case Op::Random:
        if (value.type == Type::Int) {
            out.integer = static_cast<std::int64_t>(draw<Real>(value));
        } else {
            out.real = draw<Real>(value);
        }
        break;
    case Op::Table:
        out.real = static_cast<Real>(table(value));
        break;
    case Op::Approximate:
        out.real = static_cast<Real>(approximate(value));
        break;
    case Op::MatrixBuild:
    case Op::MatrixExp:
    case Op::MatrixExpIntegral:
    case Op::MatrixElement:
        matrix(value, out);
        out.real = static_cast<Real>(out.real);
        break;
    default:
        compute_bool(value, binding, out);
    }
}

template <class Real> double Frame::arithmetic(const Value& value) const {
    const Real a = real<Real>(value.args[0]);
    const Real b = value.args.size() > 1 ? real<Real>(value.args[1]) : Real(0);
    switch (value.op) {
    case Op::Add:
        return a + b;
    case Op::Sub:
        return a - b;
    case Op::Mul:
        return a * b;
    case Op::Neg:
        return -a;
    case Op::Div:
        return a / b;
    case Op::Fma:
        return std::fma(a, b, real<Real>(value.args[2]));
    case Op::FloorDiv:
        return ir::floor_div_real(a, b);
    case Op::Mod:
        return ir::mod_real(a, b);
    default:
        return ir::powi_real(a, value.payload);
    }
}

template <class Real> double Frame::math(const Value& value) const {
    std::array<Real, 3> args{};
    for (std::size_t i = 0; i < value.args.size(); ++i) {
        args[i] = real<Real>(value.args[i]);
    }
    return codegen::math_function<Real>(static_cast<ir::MathOp>(value.symbol))(args.data());
}

void Frame::integer_arithmetic(const Value& value, Slot& out) const {
    const std::int64_t a = slot(value, 0).integer;
    const std::int64_t b = value.args.size() > 1 ? slot(value, 1).integer : 0;
    out.integer = ir::integer_operation(value.op, a, b, value.payload, out.fault);
}

void Frame::compute_bool(const Value& value, Binding binding, Slot& out) const {
    const Slot& a = slot(value, 0);
    switch (value.op) {
    case Op::Not:
        out.integer = a.integer == 0 ? 1 : 0;
        return;
    case Op::IntToBool:
        out.integer = a.integer != 0 ? 1 : 0;
        return;
    case Op::And:
        out.integer = a.integer & slot(value, 1).integer;
        return;
    case Op::Or:
        out.integer = a.integer | slot(value, 1).integer;
        return;
    default:
        break;
    }
    const Slot& b = slot(value, 1);
    bool result = false;
    if (kernel_.values[value.args[0]].type != Type::Real) {
        result = ir::compare_int(value.op, a.integer, b.integer);
    } else if (module_.real_size == 4 && binding == Binding::Entity) {
        result = ir::compare_real(value.op, static_cast<float>(a.real), static_cast<float>(b.real));
    } else {
        result = ir::compare_real(value.op, a.real, b.real);
    }
    out.integer = result ? 1 : 0;
}

void Frame::select(const Value& value, Slot& out) const {
    const Slot& condition = slot(value, 0);
    const Slot& taken = slot(value, condition.integer != 0 ? 1 : 2);
    out.real = taken.real;
    out.integer = taken.integer;
    out.fault = condition.fault || taken.fault;
}

template <class Real> double Frame::draw(const Value& value) const {
    std::array<Real, 4> args{};
    for (std::size_t i = 0; i < value.args.size(); ++i) {
        args[i] = real<Real>(value.args[i]);
    }
    const codegen::RandomKey key = codegen::random_stream(
        context_.seed, context_.random_object, static_cast<std::uint64_t>(value.payload));
    const std::int64_t entity = kernel_.kind == ir::KernelKind::Prepare ? 0 : entity_;
    return codegen::random_draw<Real>(static_cast<ir::Distribution>(value.symbol), key, entity,
                                      context_.step, std::span(args).first(value.args.size()));
}

double Frame::table(const Value& value) const {
    const hhk_table_data& data = context_.tables[value.symbol];
    if (data.rows <= 0 || data.columns <= 0) {
        return 0;
    }
    const double position = (slot(value, 0).real + 0.001 * context_.dt) / data.dt;
    const std::int64_t row =
        std::clamp(ir::real_to_int(std::floor(position)), std::int64_t{0}, data.rows - 1);
    const std::int64_t wanted = value.args.size() > 1 ? slot(value, 1).integer : 0;
    const std::int64_t column = std::clamp(wanted, std::int64_t{0}, data.columns - 1);
    return data.values[row * data.columns + column];
}

double Frame::approximate(const Value& value) const {
    const ir::Approximation& row = module_.approximations[value.symbol];
    const double* pieces = context_.tables[row.table.index].values;
    const double t = slot(value, 0).real;
    if (!(t >= pieces[0] && t < pieces[1])) {
        return slot(value, 1).real;
    }
    const ir::Placement place = ir::placement(row);
    return codegen::ScalarMath<double>::approximate(row.degree, row.doubles, pieces + row.offset, t,
                                                    place.scale, place.shift);
}

void Frame::matrix(const Value& value, Slot& out) const {
    if (value.op == Op::MatrixElement) {
        out.real = slot(value, 0).matrix[static_cast<std::size_t>(value.payload)];
        return;
    }
    if (value.op == Op::MatrixBuild) {
        out.matrix.clear();
        for (const ValueId arg : value.args) {
            out.matrix.push_back(slots_[arg.index].real);
        }
        return;
    }
    const std::vector<double>& argument = slot(value, 0).matrix;
    const std::int64_t n = ir::matrix_size(kernel_, value.args[0]);
    out.matrix.resize(argument.size());
    const double h = slot(value, 1).real;
    if (value.op == Op::MatrixExp) {
        codegen::matrix_exp(n, argument, h, out.matrix);
    } else {
        codegen::matrix_exp_integral(n, argument, h, out.matrix);
    }
}

namespace {

template <class T> T value_at(const char* base, std::int64_t position) {
    T value;
    std::memcpy(&value, base + position * static_cast<std::int64_t>(sizeof(T)), sizeof(T));
    return value;
}

template <class T> void set_at(char* base, std::int64_t position, T value) {
    std::memcpy(base + position * static_cast<std::int64_t>(sizeof(T)), &value, sizeof(T));
}

void from_double(double number, Type type, Slot& out) {
    switch (type) {
    case Type::Int:
        out.integer = static_cast<std::int64_t>(number);
        break;
    case Type::Bool:
        out.integer = number != 0 ? 1 : 0;
        break;
    default:
        out.real = number;
    }
}

} // namespace

std::int64_t Frame::place(ir::Space space) const {
    switch (space) {
    case ir::Space::Pre:
    case ir::Space::PerPre:
        return pre_;
    case ir::Space::Post:
    case ir::Space::PerPost:
        return post_;
    case ir::Space::Each:
        break;
    }
    return position_;
}

void Frame::load(const Value& value, Slot& out) const {
    if (value.op == Op::LoadUniform) {
        from_double(context_.uniforms[value.symbol], value.type, out);
    } else if (value.op == Op::ForeignUniform) {
        from_double(value_at<double>(context_.foreign[value.symbol], 0), value.type, out);
    } else if (value.op == Op::LoadForeign) {
        const ir::Foreign& foreign = module_.foreign[ir::ForeignId(value.symbol)];
        read(context_.foreign[value.symbol], foreign.storage, place(foreign.space), out);
    } else {
        const ir::Field& field = module_.fields[ir::FieldId(value.symbol)];
        read(context_.slab + context_.offsets[value.symbol], field.storage, place(field.space),
             out);
    }
}

void Frame::read(const char* base, ir::Storage storage, std::int64_t position, Slot& out) const {
    switch (storage) {
    case ir::Storage::Real:
        out.real = module_.real_size == 4 ? value_at<float>(base, position)
                                          : value_at<double>(base, position);
        break;
    case ir::Storage::Integer:
        out.integer = value_at<std::int32_t>(base, position);
        break;
    case ir::Storage::Boolean:
        out.integer = value_at<std::uint8_t>(base, position) != 0 ? 1 : 0;
        break;
    case ir::Storage::Step:
        out.integer = value_at<std::int64_t>(base, position);
        break;
    }
}

void Frame::store(const ir::FieldStore& store) const {
    const ir::Field& field = module_.fields[store.field];
    write(context_.slab + context_.offsets[store.field.index], field.storage, place(field.space),
          slots_[store.value.index], store.add);
}

void Frame::store(const ir::ForeignStore& store) const {
    const ir::Foreign& foreign = module_.foreign[store.foreign];
    write(context_.foreign[store.foreign.index], foreign.storage, place(foreign.space),
          slots_[store.value.index], store.add);
}

void Frame::write(char* base, ir::Storage storage, std::int64_t position, const Slot& slot,
                  bool add) const {
    switch (storage) {
    case ir::Storage::Real:
        if (module_.real_size == 4) {
            const auto value = static_cast<float>(slot.real);
            set_at(base, position, add ? value_at<float>(base, position) + value : value);
        } else {
            set_at(base, position, add ? value_at<double>(base, position) + slot.real : slot.real);
        }
        break;
    case ir::Storage::Integer:
        set_at(base, position, static_cast<std::int32_t>(slot.integer));
        break;
    case ir::Storage::Boolean:
        set_at(base, position, static_cast<std::uint8_t>(slot.integer));
        break;
    case ir::Storage::Step:
        set_at(base, position, slot.integer);
        break;
    }
}

double Frame::as_double(ValueId id) const {
    const Slot& slot = slots_[id.index];
    return kernel_.values[id].type == Type::Real ? slot.real : static_cast<double>(slot.integer);
}

} // namespace hhc::interp
