// SPDX-License-Identifier: MIT
#include "ir/read.h"

#include "ir/print.h"
#include "ir/text_words.h"
#include "support/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace hhc::ir {
namespace {

struct Failure {
    std::string message;
};

/// Words of one line; a comment is kept apart.
class Line {
public:
    explicit Line(std::string_view text) : rest_(text) {}

    /// "" at the end. `,` and blanks part words, except inside quotes, which are part of the word.
    std::string_view word() {
        skip();
        std::size_t end = 0;
        if (!rest_.empty() && rest_.front() == '"') {
            end = 1;
            while (end < rest_.size() && rest_[end] != '"') {
                end += rest_[end] == '\\' ? 2 : 1;
            }
            end = std::min(end + 1, rest_.size());
        } else if (!rest_.empty() && rest_.front() != ';') {
            end = std::min(rest_.find_first_of(" \t;"), rest_.size());
            const std::size_t comma = rest_.substr(0, end).find(", ");
            end = std::min(end, comma);
        }
        const std::string_view result = rest_.substr(0, end);
        rest_.remove_prefix(end);
        return !result.empty() && result.back() == ',' ? result.substr(0, result.size() - 1)
                                                       : result;
    }
    std::string_view peek() const { return Line(*this).word(); }
    bool take(std::string_view expected) {
        if (peek() != expected) {
            return false;
        }
        word();
        return true;
    }
    /// The comment, without `;` and the blanks around it.
    std::string_view comment() {
        skip();
        std::string_view result = rest_.substr(rest_.empty() ? 0 : 1);
        while (!result.empty() && (result.front() == ' ')) {
            result.remove_prefix(1);
        }
        while (!result.empty() && (result.back() == ' ' || result.back() == '\r')) {
            result.remove_suffix(1);
        }
        return result;
    }
    void expect_end() {
        skip();
        if (!rest_.empty() && rest_.front() != ';') {
            throw Failure{fmt::format("unexpected `{}`", rest_)};
        }
    }

private:
    void skip() {
        while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t' ||
                                  rest_.front() == ',' || rest_.front() == '\r')) {
            rest_.remove_prefix(1);
        }
    }
    std::string_view rest_;
};

std::string unquoted(std::string_view word) {
    if (word.size() < 2 || word.front() != '"' || word.back() != '"') {
        throw Failure{fmt::format("found `{}`, expected a text in quotes", word)};
    }
    word = word.substr(1, word.size() - 2);
    std::string result;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word[i] == '\\' && i + 1 < word.size()) {
            ++i;
            result += word[i] == 'n' ? '\n' : word[i] == 't' ? '\t' : word[i];
        } else {
            result += word[i];
        }
    }
    return result;
}

double real_of(std::string_view word) {
    if (word == "nan") {
        return std::numeric_limits<double>::quiet_NaN();
    }
    if (word == "inf" || word == "-inf") {
        return (word == "inf" ? 1 : -1) * std::numeric_limits<double>::infinity();
    }
    const std::optional<double> value = parse_double(word);
    if (!value) {
        throw Failure{fmt::format("found `{}`, expected a number", word)};
    }
    return *value;
}

template <class Int> Int integer_of(std::string_view word) {
    Int value = 0;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), value);
    if (read.ec != std::errc() || read.ptr != word.data() + word.size() || word.empty()) {
        throw Failure{fmt::format("found `{}`, expected an integer", word)};
    }
    return value;
}

template <class Range>
std::size_t row_of(const Range& rows, std::string_view word, std::string_view what) {
    const auto found = std::ranges::find(rows, word);
    if (found == rows.end()) {
        throw Failure{fmt::format("`{}` is no {}", word, what)};
    }
    return static_cast<std::size_t>(found - rows.begin());
}

template <class Range>
std::uint32_t row_by_text(const Range& rows, std::string_view word, std::string_view what) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].text == word) {
            return static_cast<std::uint32_t>(i);
        }
    }
    throw Failure{fmt::format("`{}` is no {}", word, what)};
}

units::Dimension dimension_of(std::string_view word) {
    std::array<Rational, units::base_count> exponents{};
    while (!word.empty()) {
        const std::size_t comma = std::min(word.find(','), word.size());
        const std::string_view part = word.substr(0, comma);
        word.remove_prefix(std::min(comma + 1, word.size()));
        const std::size_t colon = std::min(part.find(':'), part.size());
        const std::size_t base = row_of(words::bases, part.substr(0, colon), "base dimension");
        const std::string_view power = part.substr(std::min(colon + 1, part.size()));
        const std::size_t slash = std::min(power.find('/'), power.size());
        const auto denominator =
            slash < power.size() ? integer_of<int>(power.substr(slash + 1)) : 1;
        const auto exponent =
            Rational::checked(integer_of<int>(power.substr(0, slash)), denominator);
        if (!exponent) {
            throw Failure{fmt::format("`{}` is no exponent", power)};
        }
        exponents[base] = *exponent;
    }
    return {exponents};
}

class Reader {
public:
    Module read(std::string_view text, std::size_t& line_number) {
        while (!text.empty()) {
            ++line_number;
            const std::size_t end = std::min(text.find('\n'), text.size());
            Line line(text.substr(0, end));
            text.remove_prefix(std::min(end + 1, text.size()));
            if (!line.peek().empty()) {
                kernel_ != nullptr ? kernel_line(line) : module_line(line);
            }
        }
        if (!has_version_) {
            throw Failure{fmt::format("expected `hhir {}`", text_version)};
        }
        if (kernel_ != nullptr) {
            throw Failure{"expected `}`"};
        }
        return std::move(module_);
    }

private:
    void module_line(Line& line) {
        const std::string_view head = line.word();
        if (head == "hhir") {
            if (integer_of<int>(line.word()) != text_version) {
                throw Failure{fmt::format("this is text version {}", text_version)};
            }
            has_version_ = true;
        } else if (!has_version_) {
            throw Failure{fmt::format("found `{}`, expected `hhir {}`", head, text_version)};
        } else if (head == "module") {
            module_.name = unquoted(line.word());
            if (line.take("real_size")) {
                module_.real_size = integer_of<std::uint32_t>(line.word());
            }
            module_.is_cell = line.take("cell");
            module_.is_synapse = line.take("synapse");
        } else if (head == "description") {
            module_.description = unquoted(line.word());
        } else if (head == "uniform") {
            Uniform uniform;
            symbol_line(line, uniform, [](std::string_view) { return false; });
            add(uniforms_, module_.uniforms, std::move(uniform));
        } else if (head == "field") {
            field_line(line);
        } else if (head == "table") {
            table_line(line);
        } else if (head == "event") {
            event_line(line);
        } else if (head == "foreign") {
            foreign_line(line);
        } else if (head == "pathway") {
            pathway_line(line);
        } else if (head == "kernel") {
            kernel_head(line);
        } else {
            throw Failure{fmt::format("`{}` begins nothing", head)};
        }
        line.expect_end();
    }

    template <class Names, class Items, class Item>
    void add(Names& names, Items& items, Item item) {
        if (item.name.empty() || names.contains(item.name)) {
            throw Failure{fmt::format("`{}` stands twice", item.name)};
        }
        const std::string name = item.name;
        names[name] = items.push_back(std::move(item));
    }

    template <class Names> static auto find(const Names& names, std::string_view word) {
        const auto found = names.find(std::string(word));
        if (found == names.end()) {
            throw Failure{fmt::format("`{}` is not declared above", word)};
        }
        return found->second;
    }

    template <class Symbol, class More> void symbol_line(Line& line, Symbol& symbol, More&& more) {
        symbol.name = line.word();
        symbol.storage = static_cast<Storage>(row_of(words::storages, line.word(), "storage"));
        symbol.role = static_cast<std::uint8_t>(row_of(words::roles, line.word(), "role"));
        while (!line.peek().empty()) {
            const std::string_view word = line.word();
            if (word == "unit") {
                symbol.unit = unquoted(line.word());
            } else if (word == "scale") {
                symbol.unit_scale = real_of(line.word());
            } else if (word == "default") {
                symbol.default_value = real_of(line.word());
            } else if (word == "dim") {
                symbol.dimension = dimension_of(line.word());
            } else if (!more(word)) {
                symbol.flags = static_cast<std::uint8_t>(symbol.flags |
                                                         1U << row_of(words::flags, word, "flag"));
            }
        }
    }

    void field_line(Line& line) {
        Field field;
        symbol_line(line, field, [&](std::string_view word) {
            if (word == "at") {
                field.space = space_of(line.word());
            } else if (word == "init_flag") {
                field.init_flag = find(uniforms_, line.word());
            } else if (word == "stagger_flag") {
                field.stagger_flag = find(uniforms_, line.word());
            } else if (word == "rest") {
                field.rest = find(uniforms_, line.word());
            } else {
                return false;
            }
            return true;
        });
        add(fields_, module_.fields, std::move(field));
    }

    void table_line(Line& line) {
        Table table;
        table.name = line.word();
        if (line.take("dim")) {
            table.dimension = dimension_of(line.word());
        }
        table.per_entity = line.take("per_entity");
        add(tables_, module_.tables, std::move(table));
    }

    void event_line(Line& line) {
        Event event;
        event.name = line.word();
        event.sets_last_spike = line.take("sets_last_spike");
        event.has_statements = line.take("has_statements");
        add(events_, module_.events, std::move(event));
    }

    static Space space_of(std::string_view word) {
        return static_cast<Space>(row_of(words::spaces, word, "space"));
    }

    void foreign_line(Line& line) {
        Foreign foreign;
        foreign.space = space_of(line.word());
        foreign.name = line.word();
        foreign.storage = static_cast<Storage>(row_of(words::storages, line.word(), "storage"));
        while (!line.peek().empty()) {
            const std::string_view word = line.word();
            if (word == "uniform") {
                foreign.uniform = true;
            } else if (word == "dim") {
                foreign.dimension = dimension_of(line.word());
            } else if (word == "into") {
                foreign.into = find(fields_, line.word());
            } else {
                foreign.access = static_cast<std::uint8_t>(
                    foreign.access | 1U << row_of(words::accesses, word, "access"));
            }
        }
        const std::string key = text(foreign);
        if (foreigns_.contains(key)) {
            throw Failure{fmt::format("`{}` stands twice", key)};
        }
        foreigns_[key] = module_.foreign.push_back(std::move(foreign));
    }

    void pathway_line(Line& line) {
        Pathway pathway;
        pathway.name = line.word();
        pathway.space = space_of(line.word());
        pathway.event = unquoted(line.word());
        if (line.take("order")) {
            pathway.order = integer_of<std::int32_t>(line.word());
        }
        if (line.take("delay")) {
            pathway.delay = real_of(line.word());
        }
        pathway.indexed = line.take("indexed");
        pathway.sequential = line.take("sequential");
        pathway.writes_pre = line.take("writes_pre");
        pathway.one_delay = line.take("one_delay");
        add(pathways_, module_.pathways, std::move(pathway));
    }

    void kernel_head(Line& line) {
        Kernel kernel;
        const std::string_view kind = line.word();
        kernel.kind = static_cast<KernelKind>(row_of(all_kernel_kinds(), kind, "kind of kernel"));
        kernel.name = kind;
        if (line.take("of")) {
            kernel.event = find(events_, line.word());
        }
        if (line.take("by")) {
            kernel.pathway = find(pathways_, line.word());
        }
        if (line.take("at")) {
            kernel.space = space_of(line.word());
        }
        if (line.take("named")) {
            kernel.name = unquoted(line.word());
        }
        if (!line.take("{")) {
            throw Failure{"expected `{`"};
        }
        module_.kernels.push_back(std::move(kernel));
        kernel_ = &module_.kernels.back();
        values_.clear();
    }

    void kernel_line(Line& line) {
        const std::string_view head = line.word();
        if (head == "}") {
            kernel_ = nullptr;
        } else if (head.front() == '%') {
            if (values_.contains(std::string(head))) {
                throw Failure{fmt::format("`{}` stands twice", head)};
            }
            if (!line.take("=")) {
                throw Failure{"expected `=`"};
            }
            const ValueId id = kernel_->values.push_back(value(line));
            values_[std::string(head)] = id;
            return;
        } else if (head == "store" || head == "add") {
            FieldStore store;
            store.field = find(fields_, line.word());
            store.value = find(values_, line.word());
            if (line.take("if")) {
                store.mask = find(values_, line.word());
            }
            store.add = head == "add";
            kernel_->stores.push_back(store);
        } else if (head == "store_foreign" || head == "add_foreign") {
            ForeignStore store;
            store.foreign = find(foreigns_, line.word());
            store.value = find(values_, line.word());
            if (line.take("if")) {
                store.mask = find(values_, line.word());
            }
            store.add = head == "add_foreign";
            kernel_->foreign_stores.push_back(store);
        } else if (head == "store_uniform") {
            const UniformId uniform = find(uniforms_, line.word());
            kernel_->uniform_stores.push_back({uniform, find(values_, line.word())});
        } else if (head == "event") {
            const EventId event = find(events_, line.word());
            kernel_->events.push_back({event, find(values_, line.word())});
        } else if (head == "output") {
            kernel_->outputs.push_back(find(values_, line.word()));
        } else if (head == "guard") {
            kernel_->guards.push_back(find(values_, line.word()));
        } else {
            throw Failure{fmt::format("`{}` begins nothing in a kernel", head)};
        }
        line.expect_end();
    }

    Value value(Line& line) {
        Value value;
        value.op = static_cast<Op>(row_by_text(all_ops(), line.word(), "operation"));
        symbol(line, value);
        while (!line.peek().empty()) {
            value.args.push_back(find(values_, line.word()));
        }
        const int arity = info(value.op).arity;
        if (arity >= 0 && value.args.size() != static_cast<std::size_t>(arity)) {
            throw Failure{fmt::format("`{}` takes {} arguments", info(value.op).text, arity)};
        }
        value.type = type(value);
        comment(line.comment(), value);
        return value;
    }

    void symbol(Line& line, Value& value) {
        switch (value.op) {
        case Op::ConstReal:
            value.number = real_of(line.word());
            break;
        case Op::ConstInt:
        case Op::PowInt:
        case Op::MatrixBuild:
        case Op::MatrixElement:
            value.payload = integer_of<std::int64_t>(line.word());
            break;
        case Op::ConstBool: {
            const std::string_view word = line.word();
            if (word != "true" && word != "false") {
                throw Failure{fmt::format("found `{}`, expected `true` or `false`", word)};
            }
            value.payload = word == "true" ? 1 : 0;
            break;
        }
        case Op::LoadField:
            value.symbol = find(fields_, line.word()).index;
            break;
        case Op::LoadUniform:
            value.symbol = find(uniforms_, line.word()).index;
            break;
        case Op::LoadForeign:
        case Op::ForeignUniform:
            value.symbol = find(foreigns_, line.word()).index;
            break;
        case Op::Table:
            value.symbol = find(tables_, line.word()).index;
            break;
        case Op::Math:
            value.symbol = row_by_text(all_math(), line.word(), "function");
            break;
        case Op::Random:
            value.symbol = row_by_text(all_distributions(), line.word(), "distribution");
            value.payload = integer_of<std::int64_t>(line.word());
            break;
        default:
            break;
        }
    }

    [[nodiscard]] Type type(const Value& value) const {
        const auto of = [&](std::size_t i) {
            return i < value.args.size() ? std::optional(kernel_->values[value.args[i]].type)
                                         : std::nullopt;
        };
        switch (value.op) {
        case Op::LoadField:
            return value_type(module_.fields[FieldId(value.symbol)].storage);
        case Op::LoadUniform:
            return value_type(module_.uniforms[UniformId(value.symbol)].storage);
        case Op::LoadForeign:
        case Op::ForeignUniform:
            return value_type(module_.foreign[ForeignId(value.symbol)].storage);
        case Op::Random:
            return info(static_cast<Distribution>(value.symbol)).result;
        case Op::Select:
            return *of(1);
        default:
            return result_type(value.op, of(0)).value_or(Type::Real);
        }
    }

    static void comment(std::string_view text, Value& value) {
        const std::size_t at = text.rfind('@');
        if (at != std::string_view::npos && (at == 0 || text[at - 1] == ' ')) {
            const std::string_view place = text.substr(at + 1);
            const std::size_t colon = place.find(':');
            const std::size_t dash = place.find('-');
            if (colon < dash && dash != std::string_view::npos) {
                value.span.file = integer_of<std::uint32_t>(place.substr(0, colon));
                value.span.begin =
                    integer_of<std::uint32_t>(place.substr(colon + 1, dash - colon - 1));
                value.span.end = integer_of<std::uint32_t>(place.substr(dash + 1));
                text = text.substr(0, at == 0 ? 0 : at - 1);
            }
        }
        value.name = text;
    }

    Module module_;
    Kernel* kernel_ = nullptr;
    bool has_version_ = false;
    std::unordered_map<std::string, UniformId> uniforms_;
    std::unordered_map<std::string, FieldId> fields_;
    std::unordered_map<std::string, TableId> tables_;
    std::unordered_map<std::string, EventId> events_;
    std::unordered_map<std::string, ForeignId> foreigns_;
    std::unordered_map<std::string, PathwayId> pathways_;
    std::unordered_map<std::string, ValueId> values_;
};

} // namespace

ReadResult read(std::string_view text) {
    std::size_t line = 0;
    try {
        Reader reader;
        return {reader.read(text, line), {}};
    } catch (const Failure& failure) {
        return {std::nullopt, {line, failure.message}};
    }
}

} // namespace hhc::ir
