// SPDX-License-Identifier: MIT
#include "ir/verify.h"

#include "ir/print.h"
#include "support/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <set>
#include <tuple>

namespace hhc::ir {
namespace {

bool is_number(Type type) {
    return type == Type::Real || type == Type::Int;
}

class KernelChecker {
public:
    KernelChecker(const Module& module, const Kernel& kernel, std::vector<std::string>& found)
        : module_(module), kernel_(kernel), found_(found) {}

    void run() {
        require((kernel_.kind == KernelKind::OnEvent) == kernel_.event.valid(),
                "an on_event kernel has an event, the others have none");
        require(!kernel_.event.valid() || kernel_.event.index < module_.events.size(),
                "the kernel's event does not exist");
        const bool delivers =
            kernel_.kind == KernelKind::Deliver || kernel_.kind == KernelKind::DeliverEntities;
        require(delivers == kernel_.pathway.valid(),
                "a deliver kernel has a pathway, the others have none");
        require(!kernel_.pathway.valid() || kernel_.pathway.index < module_.pathways.size(),
                "the kernel's pathway does not exist");
        require(kernel_.space == Space::Each || kernel_.space == Space::PerPre ||
                    kernel_.space == Space::PerPost,
                "a kernel runs over the module's own values");
        require((kernel_.kind != KernelKind::Deliver) || kernel_.space == Space::Each,
                "deliver runs over synapses");
        require(kernel_.kind != KernelKind::DeliverEntities || kernel_.space != Space::Each,
                "deliver_entities runs over sources or targets");
        for (std::size_t i = 0; i < kernel_.values.size(); ++i) {
            where_ = fmt::format("%{}", i);
            check_value(kernel_.values[ValueId(i)], i);
        }
        check_stores();
        check_results();
    }

private:
    void require(bool condition, std::string_view message) {
        if (!condition) {
            found_.push_back(fmt::format("kernel {}{}{}: {}", kernel_.name,
                                         where_.empty() ? "" : ", ", where_, message));
        }
    }

    [[nodiscard]] bool exists(ValueId id) const { return id.index < kernel_.values.size(); }
    [[nodiscard]] Type type(ValueId id) const { return kernel_.values[id].type; }

    void check_value(const Value& value, std::size_t position) {
        for (const ValueId arg : value.args) {
            if (!arg.valid() || arg.index >= position) {
                require(false, "an argument does not precede its user");
                return;
            }
        }
        const int arity = info(value.op).arity;
        if (arity >= 0 && value.args.size() != static_cast<std::size_t>(arity)) {
            require(false, fmt::format("`{}` takes {} arguments", info(value.op).text, arity));
            return;
        }
        const auto first = value.args.empty() ? std::nullopt : std::optional(type(value.args[0]));
        const std::optional<Type> result = result_type(value.op, first);
        require(!result || *result == value.type, "the type is not the operation's");
        check_operation(value);
        check_place(value);
    }

    void arguments(const Value& value, std::initializer_list<Type> types) {
        bool right = value.args.size() == types.size();
        for (std::size_t i = 0; right && i < types.size(); ++i) {
            right = type(value.args[i]) == types.begin()[i];
        }
        require(right, fmt::format("wrong arguments of `{}`", info(value.op).text));
    }

    void all_real(const Value& value, std::size_t count) {
        const bool right =
            value.args.size() == count &&
            std::ranges::all_of(value.args, [&](ValueId id) { return type(id) == Type::Real; });
        require(right, fmt::format("`{}` takes {} reals", info(value.op).text, count));
    }

    template <class Items> bool symbol_in(const Value& value, const Items& items) {
        require(value.symbol < items.size(), "its symbol does not exist");
        return value.symbol < items.size();
    }

    void check_operation(const Value& value) {
        switch (value.op) {
        case Op::ConstReal:
        case Op::ConstInt:
        case Op::Time:
        case Op::TimeStep:
        case Op::StepCount:
        case Op::EntityIndex:
        case Op::EntityCount:
            break;
        case Op::PreIndex:
        case Op::PostIndex:
        case Op::PreCount:
        case Op::PostCount:
            require(module_.is_synapse, "only a synapse has two sides");
            break;
        case Op::LoadForeign:
        case Op::ForeignUniform:
            if (symbol_in(value, module_.foreign)) {
                const Foreign& foreign = module_.foreign[ForeignId(value.symbol)];
                require(value.type == value_type(foreign.storage),
                        "the type is not the foreign variable's");
                require(foreign.uniform == (value.op == Op::ForeignUniform),
                        "a foreign variable is read as what it is not");
            }
            break;
        case Op::ConstBool:
            require(value.payload == 0 || value.payload == 1, "a bool is 0 or 1");
            break;
        case Op::LoadField:
            if (symbol_in(value, module_.fields)) {
                require(value.type == value_type(module_.fields[FieldId(value.symbol)].storage),
                        "the type is not the field's");
            }
            break;
        case Op::LoadUniform:
            if (symbol_in(value, module_.uniforms)) {
                require(value.type == value_type(module_.uniforms[UniformId(value.symbol)].storage),
                        "the type is not the uniform's");
            }
            break;
        case Op::Add:
        case Op::Sub:
        case Op::Mul:
        case Op::FloorDiv:
        case Op::Mod:
            require(is_number(value.type), "numbers expected");
            arguments(value, {value.type, value.type});
            break;
        case Op::Neg:
        case Op::PowInt:
            require(is_number(value.type), "a number expected");
            break;
        case Op::Div:
            arguments(value, {Type::Real, Type::Real});
            break;
        case Op::Fma:
            arguments(value, {Type::Real, Type::Real, Type::Real});
            break;
        case Op::Less:
        case Op::LessEqual:
        case Op::Greater:
        case Op::GreaterEqual:
            require(is_number(type(value.args[0])), "only numbers have an order");
            arguments(value, {type(value.args[0]), type(value.args[0])});
            break;
        case Op::Equal:
        case Op::NotEqual:
            require(type(value.args[0]) != Type::Matrix, "matrices are not compared");
            arguments(value, {type(value.args[0]), type(value.args[0])});
            break;
        case Op::And:
        case Op::Or:
            arguments(value, {Type::Bool, Type::Bool});
            break;
        case Op::Not:
            arguments(value, {Type::Bool});
            break;
        case Op::Select:
            require(value.type != Type::Matrix, "matrices are not selected");
            arguments(value, {Type::Bool, value.type, value.type});
            break;
        case Op::IntToReal:
        case Op::IntToBool:
            arguments(value, {Type::Int});
            break;
        case Op::BoolToReal:
        case Op::BoolToInt:
            arguments(value, {Type::Bool});
            break;
        case Op::RealToInt:
            arguments(value, {Type::Real});
            break;
        default:
            check_call(value);
        }
    }

    void check_call(const Value& value) {
        switch (value.op) {
        case Op::Math:
            if (symbol_in(value, all_math())) {
                all_real(value, static_cast<std::size_t>(all_math()[value.symbol].arity));
            }
            break;
        case Op::Random:
            if (symbol_in(value, all_distributions())) {
                const DistributionInfo& row = all_distributions()[value.symbol];
                all_real(value, static_cast<std::size_t>(row.arity));
                require(value.type == row.result, "the type is not the distribution's");
            }
            break;
        case Op::Table:
            if (symbol_in(value, module_.tables)) {
                if (module_.tables[TableId(value.symbol)].per_entity) {
                    arguments(value, {Type::Real, Type::Int});
                } else {
                    arguments(value, {Type::Real});
                }
            }
            break;
        case Op::Approximate:
            if (symbol_in(value, module_.approximations)) {
                arguments(value, {Type::Real, Type::Real});
            }
            break;
        case Op::MatrixBuild:
            require(value.payload > 0, "a matrix has rows");
            all_real(value, static_cast<std::size_t>(value.payload * value.payload));
            break;
        case Op::MatrixExp:
        case Op::MatrixExpIntegral:
            arguments(value, {Type::Matrix, Type::Real});
            break;
        case Op::MatrixElement:
            arguments(value, {Type::Matrix});
            if (type(value.args[0]) == Type::Matrix) {
                const std::int64_t n = matrix_size(kernel_, value.args[0]);
                require(value.payload >= 0 && value.payload < n * n, "element outside the matrix");
            }
            break;
        default:
            break;
        }
    }

    /// What may stand in which kernel.
    void check_place(const Value& value) {
        const bool prepares =
            kernel_.kind == KernelKind::Prepare || kernel_.kind == KernelKind::PrepareEntities;
        const bool is_matrix = value.op >= Op::MatrixBuild && value.op <= Op::MatrixElement;
        require(!is_matrix || prepares || kernel_.kind == KernelKind::Deliver,
                "a matrix outside prepare and deliver");
        check_reach(value);
        const bool of_step =
            value.op == Op::Time || value.op == Op::StepCount || value.op == Op::Table;
        require(!of_step || !prepares, "prepare runs before the step is known");
        const bool of_entity = value.op == Op::LoadField || value.op == Op::EntityIndex;
        require(!of_entity || kernel_.kind != KernelKind::Prepare,
                "prepare reads and writes uniforms only");
    }

    /// A kernel over sources or targets sees nothing of single synapses or of the other side.
    void check_reach(const Value& value) {
        const auto from = [&](Space side, Space own) {
            require(kernel_.space == Space::Each || kernel_.space == own ||
                        (own == Space::Each && side == Space::Each),
                    "it is of another space than the kernel");
        };
        switch (value.op) {
        case Op::LoadField:
            if (value.symbol < module_.fields.size()) {
                const Space space = module_.fields[FieldId(value.symbol)].space;
                require(kernel_.space == Space::Each || kernel_.space == space,
                        "its field is of another space than the kernel");
            }
            break;
        case Op::LoadForeign:
            if (value.symbol < module_.foreign.size()) {
                const Space side = module_.foreign[ForeignId(value.symbol)].space;
                from(side, side == Space::Pre ? Space::PerPre : Space::PerPost);
            }
            break;
        case Op::PreIndex:
            from(Space::Pre, Space::PerPre);
            break;
        case Op::PostIndex:
            from(Space::Post, Space::PerPost);
            break;
        default:
            break;
        }
    }

    void result(ValueId id, std::initializer_list<Type> types, std::string_view what) {
        if (!exists(id)) {
            require(false, fmt::format("{} does not exist", what));
        } else {
            require(std::ranges::find(types, type(id)) != types.end(),
                    fmt::format("{} has the wrong type", what));
        }
    }

    void check_stores() {
        std::set<FieldId> stored;
        for (const FieldStore& store : kernel_.stores) {
            where_ = "store";
            if (!store.field.valid() || store.field.index >= module_.fields.size()) {
                require(false, "its field does not exist");
                continue;
            }
            const Field& field = module_.fields[store.field];
            where_ = "store " + field.name;
            require(stored.insert(store.field).second, "a field is stored twice");
            require(!store.add || field.storage == Storage::Real, "only reals are added to");
            require(kernel_.space == Space::Each || kernel_.space == field.space,
                    "its field is of another space than the kernel");
            const bool shared = kernel_.space != field.space;
            require(!shared || store.add ||
                        (kernel_.pathway.valid() && module_.pathways[kernel_.pathway].sequential),
                    "a plain store to a value of several synapses outside a sequential pathway");
            result(store.value, {value_type(field.storage)}, "the value");
            if (store.mask.valid()) {
                result(store.mask, {Type::Bool}, "the mask");
            }
            require(kernel_.kind != KernelKind::Prepare, "prepare reads and writes uniforms only");
            require(kernel_.kind != KernelKind::PrepareEntities || field.role == role::hidden,
                    "prepare_entities writes hidden fields only");
        }
        std::set<ForeignId> foreign;
        for (const ForeignStore& store : kernel_.foreign_stores) {
            where_ = "foreign store";
            if (!store.foreign.valid() || store.foreign.index >= module_.foreign.size()) {
                require(false, "its variable does not exist");
                continue;
            }
            const Foreign& target = module_.foreign[store.foreign];
            where_ = "foreign store " + target.name;
            require(kernel_.kind == KernelKind::Sum || kernel_.kind == KernelKind::Deliver,
                    "only sum and deliver write other objects");
            require(foreign.insert(store.foreign).second, "a variable is stored twice");
            require(!target.uniform, "one value of a whole population is not written");
            require(!store.add || target.storage == Storage::Real, "only reals are added to");
            result(store.value, {value_type(target.storage)}, "the value");
            if (store.mask.valid()) {
                result(store.mask, {Type::Bool}, "the mask");
            }
        }
        std::set<UniformId> uniforms;
        for (const UniformStore& store : kernel_.uniform_stores) {
            where_ = "store_uniform";
            require(kernel_.kind == KernelKind::Prepare, "only prepare stores uniforms");
            if (!store.uniform.valid() || store.uniform.index >= module_.uniforms.size()) {
                require(false, "its uniform does not exist");
                continue;
            }
            const Uniform& uniform = module_.uniforms[store.uniform];
            where_ = "store_uniform " + uniform.name;
            require(uniforms.insert(store.uniform).second, "a uniform is stored twice");
            require(uniform.role == role::hidden, "only hidden uniforms are stored");
            result(store.value, {value_type(uniform.storage)}, "the value");
        }
    }

    void check_results() {
        std::set<EventId> seen;
        for (const EventOutput& event : kernel_.events) {
            where_ = "event";
            require(kernel_.kind == KernelKind::Advance, "only advance detects events");
            require(event.event.valid() && event.event.index < module_.events.size(),
                    "it does not exist");
            require(seen.insert(event.event).second, "an event is detected twice");
            result(event.condition, {Type::Bool}, "the condition");
        }
        where_ = "output";
        for (const ValueId output : kernel_.outputs) {
            require(kernel_.kind >= KernelKind::Observe, "this kernel has no outputs");
            result(output, {Type::Real, Type::Int, Type::Bool}, "the value");
        }
        where_ = "guard";
        for (const ValueId guard : kernel_.guards) {
            result(guard, {Type::Real}, "the value");
        }
    }

    const Module& module_;
    const Kernel& kernel_;
    std::vector<std::string>& found_;
    std::string where_;
};

template <class Items>
void check_names(const Items& items, std::string_view what, std::vector<std::string>& found) {
    std::set<std::string_view> names;
    for (const auto& item : items) {
        if (item.name.empty() || item.name.find_first_of(" \t\n;\"%,") != std::string::npos) {
            found.push_back(fmt::format("`{}` is no name of a {}", item.name, what));
        }
        if (!names.insert(item.name).second) {
            found.push_back(fmt::format("two {}s are named `{}`", what, item.name));
        }
    }
}

} // namespace

std::vector<std::string> verify(const Module& module) {
    std::vector<std::string> found;
    check_names(module.fields, "field", found);
    check_names(module.uniforms, "uniform", found);
    check_names(module.tables, "table", found);
    check_names(module.events, "event", found);
    if (module.real_size != 8 && module.real_size != 4) {
        found.emplace_back("a real has 8 or 4 bytes");
    }
    for (const Field& field : module.fields) {
        for (const UniformId uniform : {field.init_flag, field.stagger_flag, field.rest}) {
            if (uniform.valid() && uniform.index >= module.uniforms.size()) {
                found.push_back(fmt::format("a flag of field `{}` does not exist", field.name));
            }
        }
    }
    std::set<std::string> foreign;
    for (const Foreign& each : module.foreign) {
        if (!foreign.insert(text(each)).second) {
            found.push_back(fmt::format("two foreign variables are `{}`", text(each)));
        }
    }
    check_names(module.pathways, "pathway", found);
    std::set<std::tuple<KernelKind, EventId, Space, PathwayId>> kernels;
    for (const Kernel& kernel : module.kernels) {
        if (!kernels.insert({kernel.kind, kernel.event, kernel.space, kernel.pathway}).second) {
            found.push_back(fmt::format("kernel {} stands twice", kernel.name));
        }
        KernelChecker(module, kernel, found).run();
    }
    return found;
}

void check_verified(const Module& module, const std::string& after) {
    const std::vector<std::string> found = verify(module);
    if (!found.empty()) {
        internal_error(__FILE__, __LINE__,
                       fmt::format("after {}: {}", after, fmt::join(found, "; ")));
    }
}

} // namespace hhc::ir
