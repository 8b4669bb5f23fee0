// SPDX-License-Identifier: MIT
#include "codegen/stage_plan.h"

#include "codegen/stage_balance.h"
#include "ir/math_cost.h"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <map>
#include <numeric>
#include <optional>

namespace hhc::codegen {
namespace {

using ir::FieldId;
using ir::KernelKind;
using ir::Op;
using ir::ValueId;

/// Instructions, roughly. With polynomials a stage has at most this many; other stages are put
/// together from chunks. A shorter loop is left alone.
constexpr int longest_stage = 40;
/// Shorter ones where divisions take longer, so that they can be spread (measured).
constexpr int longest_chunk(const Units& units) {
    return units.shared ? 16 : 24;
}
/// Longer chunks have fewer values between them; they are taken if that is a gain of half a
/// percent, which is more than the estimate is off for kernels of one kind.
constexpr int longer_by = 8;
constexpr bool is_gain(int cycles, int before) {
    return 200 * cycles <= 199 * before;
}
constexpr int shortest_kernel = 100;
/// What a further stage costs: its loop, and its constants again.
constexpr int price_of_stage = 6;
/// What a value costs that lives across a cut: a store and a load.
constexpr int price_of_crossing = 2;

int instructions(const ir::Value& value) {
    switch (value.op) {
    case Op::Math: {
        const auto function = static_cast<ir::MathOp>(value.symbol);
        if (ir::is_instruction(function)) {
            return 2;
        }
        return function == ir::MathOp::Sqrt ? 4 : function == ir::MathOp::Exp2 ? 14 : 20;
    }
    case Op::Random:
        return 60;
    case Op::Table:
        return 30;
    case Op::Approximate: // permutations; the argument's piece is found once for all that share it
        return 3;
    case Op::Div:
    case Op::FloorDiv:
    case Op::Mod:
        return 4;
    case Op::LoadField: // in whichever stage needs it
    case Op::EntityIndex:
        return 0;
    default:
        return 1;
    }
}

/// A store, event or guard, with the values that it waits for.
struct Result {
    enum class Kind : std::uint8_t { Store, Event, Guard } kind;
    std::size_t row;
    std::vector<ValueId> needs;
    std::size_t key = 0; // when it can be had, in the order of the kernel
};

class Planner {
public:
    Planner(const ir::Module& module, const ir::Kernel& kernel, const ValueWriter& values,
            const Units& units)
        : module_(module), kernel_(kernel), values_(values), units_(units) {}

    std::vector<Stage> run() {
        collect_results();
        put_in_order();
        if (approximates()) {
            find_cuts(longest_stage);
            separate_arguments();
        } else {
            Chunks chunks = balanced_chunks(longest_chunk(units_));
            Chunks longer = balanced_chunks(longest_chunk(units_) + longer_by);
            join(is_gain(longer.balance.cycles, chunks.balance.cycles) ? longer : chunks);
        }
        return build();
    }

    [[nodiscard]] bool worthwhile() const {
        if (kernel_.kind != KernelKind::Advance || values_.entity_lanes() != Lanes::Vector ||
            !kernel_.outputs.empty()) {
            return false;
        }
        int sum = 0;
        for (std::size_t k = 0; k < kernel_.values.size(); ++k) {
            const ValueId id(k);
            if (is_ours(id)) {
                if (values_.may_be_faulty(id)) {
                    return false;
                }
                sum += instructions(kernel_.values[id]);
            }
        }
        return approximates() || sum >= shortest_kernel;
    }

    [[nodiscard]] Stage everything() {
        Stage stage;
        for (std::size_t k = 0; k < kernel_.values.size(); ++k) {
            if (is_ours(ValueId(k))) {
                stage.values.emplace_back(k);
            }
        }
        const auto all = [](std::size_t count) {
            std::vector<std::size_t> rows(count);
            std::iota(rows.begin(), rows.end(), std::size_t{0});
            return rows;
        };
        stage.stores = all(kernel_.stores.size());
        stage.events = all(kernel_.events.size());
        stage.guards = all(kernel_.guards.size());
        return stage;
    }

private:
    [[nodiscard]] bool approximates() const {
        return std::ranges::any_of(kernel_.values.raw(), [](const ir::Value& value) {
            return value.op == Op::Approximate;
        });
    }
    /// Values that stand inside the loop.
    [[nodiscard]] bool is_ours(ValueId id) const {
        return values_.is_live(id) && !values_.is_rare(id) && !values_.is_literal(id) &&
               values_.lanes(id) == values_.entity_lanes();
    }
    [[nodiscard]] bool is_leaf(ValueId id) const {
        const Op op = kernel_.values[id].op;
        return op == Op::LoadField || op == Op::EntityIndex;
    }

    /// A store waits for the load of its field, which must not see what was stored.
    void collect_results() {
        const auto add = [&](Result::Kind kind, std::size_t row,
                             std::initializer_list<ValueId> ids) {
            Result result{kind, row, {}, 0};
            for (const ValueId id : ids) {
                if (id && is_ours(id)) {
                    result.needs.push_back(id);
                }
            }
            results_.push_back(std::move(result));
        };
        for (std::size_t k = 0; k < kernel_.stores.size(); ++k) {
            const ir::FieldStore& store = kernel_.stores[k];
            add(Result::Kind::Store, k, {values_.load_of(store.field), store.mask, store.value});
        }
        for (std::size_t k = 0; k < kernel_.guards.size(); ++k) {
            add(Result::Kind::Guard, k, {kernel_.guards[k]});
        }
        for (std::size_t k = 0; k < kernel_.events.size(); ++k) {
            add(Result::Kind::Event, k, {kernel_.events[k].condition});
        }
    }

    /// Results as early as they can be had, every value just before its first use.
    void put_in_order() {
        std::vector<std::size_t> keys(kernel_.values.size(), 0);
        for (std::size_t k = 0; k < keys.size(); ++k) {
            const ir::Value& value = kernel_.values[ValueId(k)];
            if (instructions(value) >= 4) {
                keys[k] = k;
                continue;
            }
            for (const ValueId arg : value.args) {
                keys[k] = std::max(keys[k], keys[arg.index]);
            }
        }
        for (Result& result : results_) {
            for (const ValueId id : result.needs) {
                result.key = std::max(result.key, keys[id.index]);
            }
        }
        std::ranges::stable_sort(results_, {}, &Result::key);
        place_.assign(kernel_.values.size(), absent);
        for (const Result& result : results_) {
            for (const ValueId id : result.needs) {
                place(id);
            }
        }
    }

    void place(ValueId root) {
        std::vector<ValueId> open{root};
        while (!open.empty()) {
            const ValueId id = open.back();
            if (place_[id.index] != absent) {
                open.pop_back();
                continue;
            }
            const std::size_t before = open.size();
            const std::vector<ValueId> args = read_with_mates(id);
            for (std::size_t a = args.size(); a-- > 0;) {
                if (is_ours(args[a]) && place_[args[a].index] == absent) {
                    open.push_back(args[a]);
                }
            }
            if (open.size() == before) {
                open.pop_back();
                take(id);
                for (const ValueId mate : values_.mates(id)) {
                    if (place_[mate.index] == absent) {
                        take(mate);
                    }
                }
            }
        }
    }

    void take(ValueId id) {
        place_[id.index] = order_.size();
        order_.push_back(id);
    }

    /// What it reads, and what else is chosen in the same branch.
    [[nodiscard]] std::vector<ValueId> read_with_mates(ValueId id) const {
        std::vector<ValueId> read = values_.inputs(id);
        for (const ValueId mate : values_.mates(id)) {
            if (mate != id) {
                const std::vector<ValueId> more = values_.inputs(mate);
                read.insert(read.end(), more.begin(), more.end());
            }
        }
        return read;
    }

    /// How many values live across each place of the order; leaves are loaded again instead.
    [[nodiscard]] std::vector<int> crossings() const {
        std::vector<std::size_t> last(order_.size());
        std::iota(last.begin(), last.end(), std::size_t{0});
        for (std::size_t k = 0; k < order_.size(); ++k) {
            for (const ValueId arg : values_.inputs(order_[k])) {
                if (place_[arg.index] != absent && !is_leaf(arg)) {
                    last[place_[arg.index]] = std::max(last[place_[arg.index]], k);
                }
            }
        }
        std::vector<int> change(order_.size() + 1, 0);
        for (std::size_t k = 0; k < order_.size(); ++k) {
            if (last[k] > k) { // across the places k + 1 ... last
                ++change[k + 1];
                --change[last[k] + 1];
            }
        }
        std::partial_sum(change.begin(), change.end(), change.begin());
        return change; // [p]: defined before p, used at p or later
    }

    /// The cheapest cuts: by dynamic programming over the end of the last stage.
    void find_cuts(int longest) {
        const std::vector<int> across = crossings();
        const std::size_t n = order_.size();
        constexpr long unreachable = std::numeric_limits<long>::max() / 2;
        std::vector<long> price(n + 1, unreachable);
        std::vector<std::size_t> from(n + 1, 0);
        price[0] = 0;
        for (std::size_t end = 1; end <= n; ++end) {
            int length = 0;
            for (std::size_t begin = end; begin-- > 0;) {
                length += instructions(kernel_.values[order_[begin]]);
                if (length > longest && begin + 1 < end) {
                    break;
                }
                const long cut = begin == 0 ? 0 : long{price_of_crossing} * across[begin];
                if (price[begin] + cut + price_of_stage < price[end]) {
                    price[end] = price[begin] + cut + price_of_stage;
                    from[end] = begin;
                }
            }
        }
        stage_of_.assign(kernel_.values.size(), 0);
        moved_ = stage_of_;
        std::vector<std::size_t> ends;
        for (std::size_t end = n; end > 0; end = from[end]) {
            ends.push_back(end);
        }
        std::ranges::reverse(ends);
        stage_count_ = ends.size();
        std::size_t stage = 0;
        for (std::size_t k = 0; k < n; ++k) {
            stage += k == ends[stage] ? 1 : 0;
            stage_of_[order_[k].index] = stage;
        }
    }

    struct Chunks {
        std::vector<Operation> operations;
        std::vector<std::size_t> number; // in operations, by value
        Balance balance;
    };

    [[nodiscard]] Chunks balanced_chunks(int longest) {
        find_cuts(longest);
        Chunks found;
        found.number.assign(kernel_.values.size(), absent);
        std::vector<std::size_t> chunk_of(stage_count_, absent); // chunks of loads alone have none
        std::size_t chunks = 0;
        for (const ValueId id : order_) {
            if (is_leaf(id)) {
                continue;
            }
            std::size_t& chunk = chunk_of[stage_of_[id.index]];
            chunk = chunk == absent ? chunks++ : chunk;
            Operation operation{work_of(kernel_.values[id], units_), {}, chunk};
            for (const ValueId arg : values_.inputs(id)) {
                if (found.number[arg.index] != absent) {
                    operation.arguments.push_back(found.number[arg.index]);
                }
            }
            found.number[id.index] = found.operations.size();
            found.operations.push_back(std::move(operation));
        }
        found.balance = balanced_stages(found.operations, units_);
        return found;
    }

    /// Chunks become stages: several, where they do not wait for each other and need other units.
    void join(const Chunks& chunks) {
        std::vector<std::size_t> first_use(kernel_.values.size(), absent);
        stage_count_ = 1;
        for (const ValueId id : order_) {
            if (is_leaf(id)) {
                continue;
            }
            const std::size_t chunk = chunks.operations[chunks.number[id.index]].chunk;
            const std::size_t stage = chunks.balance.stages[chunk];
            stage_of_[id.index] = stage;
            stage_count_ = std::max(stage_count_, stage + 1);
            for (const ValueId arg : values_.inputs(id)) {
                first_use[arg.index] = std::min(first_use[arg.index], stage);
            }
        }
        for (const ValueId id : order_) {
            if (is_leaf(id)) { // only results may use it
                stage_of_[id.index] = first_use[id.index] == absent ? 0 : first_use[id.index];
            }
        }
    }

    /// Cuts a stage with polynomials in two, so that their arguments come from before it.
    void separate_arguments() {
        std::size_t added = 0;
        std::vector<bool> needs(kernel_.values.size(), false); // a polynomial of its own stage
        for (std::size_t begin = 0; begin < order_.size();) {
            const std::size_t stage = stage_of_[order_[begin].index];
            std::size_t end = begin;
            bool mixed = false;
            for (; end < order_.size() && stage_of_[order_[end].index] == stage; ++end) {
                const ValueId id = order_[end];
                const ir::Value& value = kernel_.values[id];
                bool after = value.op == Op::Approximate;
                for (const ValueId arg : value.args) {
                    after = after || (needs[arg.index] && stage_of_[arg.index] == stage);
                }
                needs[id.index] = after;
                mixed = mixed || after;
            }
            bool first = false;
            for (std::size_t k = begin; k < end; ++k) {
                first = first || !needs[order_[k].index];
            }
            const bool split = mixed && first;
            for (std::size_t k = begin; k < end; ++k) {
                const ValueId id = order_[k];
                moved_[id.index] = stage + added + (split && needs[id.index] ? 1 : 0);
            }
            added += split ? 1 : 0;
            begin = end;
        }
        stage_of_ = moved_;
        stage_count_ += added;
    }

    std::vector<Stage> build() {
        std::vector<Stage> stages(stage_count_);
        for (const ValueId id : order_) {
            stages[stage_of_[id.index]].values.push_back(id);
        }
        stored_in_.assign(module_.fields.size(), absent);
        for (const Result& result : results_) {
            std::size_t stage = 0;
            for (const ValueId id : result.needs) {
                stage = std::max(stage, stage_of_[id.index]);
            }
            switch (result.kind) {
            case Result::Kind::Store:
                stages[stage].stores.push_back(result.row);
                stored_in_[kernel_.stores[result.row].field.index] = stage;
                break;
            case Result::Kind::Event:
                stages[stage].events.push_back(result.row);
                break;
            case Result::Kind::Guard:
                stages[stage].guards.push_back(result.row);
                break;
            }
        }
        for (std::size_t s = 0; s < stages.size(); ++s) {
            const std::vector<ValueId> own = stages[s].values;
            for (const ValueId id : own) {
                for (const ValueId arg : values_.inputs(id)) {
                    fetch(stages, s, arg);
                }
            }
        }
        for (const Result& result : results_) {
            std::size_t stage = 0;
            for (const ValueId id : result.needs) {
                stage = std::max(stage, stage_of_[id.index]);
            }
            for (const ValueId id : result.needs) {
                fetch(stages, stage, id);
            }
        }
        return stages;
    }

    /// Makes a value of an earlier stage known in this one.
    void fetch(std::vector<Stage>& stages, std::size_t s, ValueId id) {
        if (!is_ours(id) || stage_of_[id.index] == s ||
            std::ranges::find(stages[s].carried, id, &Carried::value) != stages[s].carried.end()) {
            return;
        }
        const std::optional<FieldId> field = where(id, s);
        stages[s].carried.push_back({id, field.value_or(FieldId())});
        std::vector<ValueId>& kept = stages[stage_of_[id.index]].kept;
        const bool is_index = kernel_.values[id].op == Op::EntityIndex;
        if (!field && !is_index && std::ranges::find(kept, id) == kept.end()) {
            kept.push_back(id);
        }
    }

    /// The field that holds the value when stage s begins.
    [[nodiscard]] std::optional<FieldId> where(ValueId id, std::size_t s) const {
        const ir::Value& value = kernel_.values[id];
        if (value.op == Op::LoadField) {
            const FieldId field(value.symbol);
            const std::size_t stored = stored_in_[field.index];
            return stored == absent || stored >= s ? std::optional(field) : std::nullopt;
        }
        for (const ir::FieldStore& store : kernel_.stores) {
            const ir::Storage storage = module_.fields[store.field].storage;
            const bool exact = storage == ir::Storage::Real || storage == ir::Storage::Boolean;
            if (store.value == id && !store.mask && exact && stored_in_[store.field.index] < s) {
                return store.field;
            }
        }
        return std::nullopt;
    }

    static constexpr std::size_t absent = std::numeric_limits<std::size_t>::max();

    const ir::Module& module_;
    const ir::Kernel& kernel_;
    const ValueWriter& values_;
    Units units_;
    std::vector<Result> results_;
    std::vector<ValueId> order_;
    std::vector<std::size_t> place_; // in order_, by value
    std::vector<std::size_t> stage_of_;
    std::vector<std::size_t> moved_;     // stage_of_, with more stages
    std::vector<std::size_t> stored_in_; // stage, by field
    std::size_t stage_count_ = 0;
};

} // namespace

std::vector<Stage> plan_stages(const ir::Module& module, const ir::Kernel& kernel,
                               const ValueWriter& values, const Units& units) {
    Planner planner(module, kernel, values, units);
    if (!module.is_synapse && planner.worthwhile()) {
        return planner.run();
    }
    std::vector<Stage> stages;
    stages.push_back(planner.everything());
    return stages;
}

std::vector<Stage> parts(const ir::Kernel& kernel, const Stage& stage) {
    std::map<ValueId, ValueId> above; // a tree of values for each part
    for (const ValueId id : stage.values) {
        above.emplace(id, id);
    }
    const auto root = [&](ValueId id) {
        while (above.at(id) != id) {
            id = above.at(id);
        }
        return id;
    };
    for (const ValueId id : stage.values) {
        for (const ValueId arg : kernel.values[id].args) {
            if (above.contains(arg)) {
                above.at(root(arg)) = root(id);
            }
        }
    }
    const auto join = [&](std::initializer_list<ValueId> ids) {
        std::optional<ValueId> first;
        for (const ValueId id : ids) {
            if (id && above.contains(id)) {
                first = first.value_or(root(id));
                above.at(root(id)) = *first;
            }
        }
        return first;
    };
    for (const std::size_t row : stage.stores) {
        join({kernel.stores[row].value, kernel.stores[row].mask});
    }
    std::map<ValueId, std::size_t> numbers;
    std::vector<Stage> result;
    const auto part_of = [&](std::optional<ValueId> id) -> Stage& {
        if (result.empty() || (id && !numbers.contains(root(*id)))) {
            if (id) {
                numbers.emplace(root(*id), result.size());
            }
            result.push_back({stage.carried, {}, {}, {}, {}, {}});
        }
        return result[id ? numbers.at(root(*id)) : 0];
    };
    for (const ValueId id : stage.values) {
        part_of(id).values.push_back(id);
    }
    for (const ValueId id : stage.kept) {
        part_of(id).kept.push_back(id);
    }
    for (const std::size_t row : stage.stores) {
        part_of(join({kernel.stores[row].value, kernel.stores[row].mask})).stores.push_back(row);
    }
    for (const std::size_t row : stage.events) {
        part_of(join({kernel.events[row].condition})).events.push_back(row);
    }
    for (const std::size_t row : stage.guards) {
        part_of(join({kernel.guards[row]})).guards.push_back(row);
    }
    return result;
}

} // namespace hhc::codegen
