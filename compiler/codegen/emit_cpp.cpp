// SPDX-License-Identifier: MIT
// Puts a unit together: settings, prelude, interface, kernels (equal ones once), tables.
#include "codegen/emit_cpp.h"

#include "codegen/cpp_names.h"
#include "codegen/embedded_text.h"
#include "codegen/emit_kernel.h"
#include "codegen/emit_metadata.h"
#include "codegen/model_hash.h"
#include "codegen/prelude_text.h"
#include "ir/host_states.h"
#include "support/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace hhc::codegen {
namespace {

/// Text that grows together with the span of each of its lines.
class UnitText {
public:
    void add(std::string_view text, const std::vector<Span>& spans = {}) {
        text_ += text;
        const auto count = static_cast<std::size_t>(std::ranges::count(text, '\n'));
        for (std::size_t i = 0; i < count; ++i) {
            lines_.push_back(i < spans.size() ? spans[i] : Span());
        }
    }
    std::string text_;
    std::vector<Span> lines_;
};

/// What decides whether two kernels are the same function: all but the comments.
std::string without_comments(std::string_view body) {
    std::string result;
    while (!body.empty()) {
        const std::size_t end = body.find('\n') + 1;
        const std::string_view line = body.substr(0, end);
        const std::size_t start = line.find_first_not_of(' ');
        if (!line.substr(start).starts_with("//") && !line.substr(start).starts_with("#line")) {
            result += line;
        }
        body.remove_prefix(end);
    }
    return result;
}

/// hhk_ names in `text`, each once.
std::vector<std::string_view> called_functions(std::string_view text) {
    std::vector<std::string_view> names;
    for (std::size_t at = text.find("hhk_"); at != std::string_view::npos;
         at = text.find("hhk_", at + 1)) {
        const std::size_t end = text.find_first_not_of(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", at);
        names.push_back(text.substr(at, end - at));
    }
    std::ranges::sort(names);
    const auto last = std::ranges::unique(names);
    names.erase(last.begin(), last.end());
    return names;
}

/// Of a synapse; observe and prepare are those of every model.
std::string* synapse_hook(HookNames& hooks, const ir::Kernel& kernel) {
    const auto space = static_cast<std::size_t>(kernel.space);
    switch (kernel.kind) {
    case ir::KernelKind::PrepareEntities:
        return &hooks.space_prepare.at(space);
    case ir::KernelKind::Init:
        return &hooks.space_init.at(space);
    case ir::KernelKind::Advance:
        return &hooks.space_advance.at(space);
    case ir::KernelKind::Sum:
        return &hooks.space_sum.at(space);
    case ir::KernelKind::Deliver:
        return &hooks.deliver.at(kernel.pathway.index);
    case ir::KernelKind::DeliverEntities:
        return &hooks.deliver_entities.at(kernel.pathway.index);
    default:
        return nullptr;
    }
}

std::string* hook(HookNames& hooks, const ir::Module& module, const ir::Kernel& kernel) {
    if (module.is_synapse) {
        if (std::string* found = synapse_hook(hooks, kernel)) {
            return found;
        }
    }
    switch (kernel.kind) {
    case ir::KernelKind::Prepare:
        return &hooks.prepare;
    case ir::KernelKind::PrepareEntities:
        return &hooks.prepare_entities;
    case ir::KernelKind::Init:
        return &hooks.init;
    case ir::KernelKind::HalfStep:
        return &hooks.half_step;
    case ir::KernelKind::Advance:
        return &hooks.advance;
    case ir::KernelKind::OnEvent:
        return &hooks.on_event.at(kernel.event.index);
    case ir::KernelKind::Observe:
        return &hooks.observe;
    case ir::KernelKind::Rhs:
        return &hooks.rhs;
    case ir::KernelKind::Jacobian:
        return &hooks.jacobian;
    case ir::KernelKind::Linear:
        return &hooks.linear;
    case ir::KernelKind::Sum:
    case ir::KernelKind::Deliver:
    case ir::KernelKind::DeliverEntities:
        break; // synapses only
    }
    return nullptr;
}

bool is_left_out(const ir::Module& module, const ir::Kernel& kernel, const Options& options) {
    if (module.is_cell &&
        (kernel.kind == ir::KernelKind::Rhs || kernel.kind == ir::KernelKind::Linear)) {
        return false; // part of every step
    }
    if (ir::has_host_states(module) &&
        (kernel.kind == ir::KernelKind::Rhs || kernel.kind == ir::KernelKind::Jacobian)) {
        return false; // called many times in every step
    }
    const bool has_others =
        module.is_synapse
            ? std::ranges::any_of(module.kernels,
                                  [](const ir::Kernel& k) { return !is_seldom(k.kind); })
            : module.find(ir::KernelKind::Advance) != nullptr;
    const bool by_space = module.is_synapse && kernel.kind == ir::KernelKind::Init;
    return !options.stand_alone && is_seldom(kernel.kind) && !by_space && has_others;
}

/// Functions that are called rather than inlined, in kernels that are no hot loop.
std::string called_wrappers(std::string_view kernels) {
    std::string text;
    for (const std::string_view name : called_functions(kernels)) {
        constexpr std::string_view suffix = "_called";
        if (name.ends_with(suffix)) {
            text += fmt::format("template <class... V> HHK_CALLED auto {}(V... x) {{\n"
                                "    return {}(x...);\n}}\n",
                                name, name.substr(0, name.size() - suffix.size()));
        }
    }
    return text;
}

class UnitWriter {
public:
    explicit UnitWriter(const Options& options) : options_(options) {}

    void add_module(const ir::Module& module);
    CppUnit finish(std::uint32_t real_size);

private:
    /// Name of the function with this body; a new one if there is none yet.
    std::string function(const std::string& wanted, const ir::Kernel& kernel,
                         const KernelBody& body);
    void add_rest(KernelBody& body);
    void divide();
    [[nodiscard]] UnitText kernels() const;

    const Options& options_;
    Names names_;
    struct Function {
        std::string before; // types that both parts know
        std::string head;   // but for "static"
        std::string body;
        std::vector<Span> lines; // of the body
        int part = 1;
    };
    std::map<std::string, std::string> names_of_; // parameters and body -> name
    std::vector<Function> functions_;
    std::string tables_;
    std::vector<std::string> symbols_;
};

std::string UnitWriter::function(const std::string& wanted, const ir::Kernel& kernel,
                                 const KernelBody& body) {
    const std::string parameters = kernel_parameters(kernel.kind);
    const auto [found, is_new] =
        names_of_.try_emplace(parameters + without_comments(body.text), std::string());
    if (is_new) {
        found->second = names_.make(wanted);
        functions_.push_back({{}, "int32_t " + found->second + parameters, body.text, body.lines});
    }
    return found->second;
}

/// The second half of a loop is called by its content, so that equal ones are one.
void UnitWriter::add_rest(KernelBody& body) {
    if (body.rest.empty()) {
        return;
    }
    const std::string name = hash_bytes(body.meeting + without_comments(body.rest)).hex();
    const auto put_name = [&](std::string& text) {
        for (std::size_t at = text.find(rest_mark); at != std::string::npos;
             at = text.find(rest_mark, at)) {
            text.replace(at, 1, name);
        }
    };
    put_name(body.text);
    put_name(body.rest);
    if (!names_of_.try_emplace("rest_" + name, name).second) {
        return;
    }
    const std::size_t end = body.rest.find('{');
    const std::string shared = fmt::format("struct rest_{}_shared {{\n{}}};\n", name, body.meeting);
    functions_.push_back({shared, fmt::format("void rest_{}{}", name, body.rest.substr(0, end - 1)),
                          body.rest.substr(end), body.rest_lines});
}

/// The longest first, each to the part that has less; the tables stand in the first part.
void UnitWriter::divide() {
    std::vector<Function*> order;
    for (Function& function : functions_) {
        order.push_back(&function);
    }
    std::ranges::sort(order, std::ranges::greater(), [](const Function* function) {
        return std::pair(function->body.size(), std::string_view(function->head));
    });
    std::size_t first = 0;
    std::size_t second = 0;
    for (Function* function : order) {
        function->part = first <= second ? 1 : 2;
        (function->part == 1 ? first : second) += function->body.size();
    }
}

UnitText UnitWriter::kernels() const {
    UnitText text;
    for (const Function& function : functions_) {
        text.add("\n" + function.before);
        if (!options_.in_parts) {
            text.add("static " + function.head + " ");
            text.add(function.body, function.lines);
            continue;
        }
        text.add(fmt::format("HHK_SHARED {};\n#if !defined(HHK_PART) || HHK_PART == {}\n"
                             "HHK_SHARED {} ",
                             function.head, function.part, function.head));
        text.add(function.body, function.lines);
        text.add("#endif\n");
    }
    return text;
}

void UnitWriter::add_module(const ir::Module& module) {
    HHC_CHECK(module.events.size() <= 64, "a model has at most 64 events");
    const std::string model = names_.make(module.name);
    HookNames hooks;
    hooks.on_event.resize(module.events.size());
    hooks.deliver.resize(module.pathways.size());
    hooks.deliver_entities.resize(module.pathways.size());
    hooks.by_count.resize(module.pathways.size());
    hooks.alike.resize(module.pathways.size());
    // A hundred kilobytes that are the same for every model of a network.
    static const Hasher prelude =
        Hasher().field(prelude_text()).field(abi_text()).field(kernel_support_text());
    Hasher code = prelude;
    code.field(static_cast<std::uint64_t>(options_.vector_width)).field(module.real_size);
    code.field(options_.fast_math ? 1 : 0);
    for (const ir::Kernel& kernel : module.kernels) {
        if (is_left_out(module, kernel, options_)) {
            continue;
        }
        KernelBody body = emit_kernel(module, kernel, options_);
        add_rest(body);
        code.field(ir::text(kernel.kind)).field(kernel.event.index);
        code.field(without_comments(body.text));
        *hook(hooks, module, kernel) = function(model + '_' + kernel.name, kernel, body);
        hooks.sums_by_target = hooks.sums_by_target || body.by_target;
    }
    if (const auto body = emit_sum_and_advance(module, options_)) {
        code.field(without_comments(body->text));
        hooks.sum_and_advance =
            function(model + "_sum_and_advance",
                     *module.find(ir::KernelKind::Advance, ir::Space::PerPost), *body);
    }
    if (const auto body = emit_sum_in_rounds(module, options_)) {
        code.field(without_comments(body->text));
        hooks.sum_in_rounds = function(model + "_sum_in_rounds",
                                       *module.find(ir::KernelKind::Sum, ir::Space::Each), *body);
    }
    for (const ir::Kernel& kernel : module.kernels) {
        if (const auto body = emit_by_count(module, kernel, options_)) {
            code.field(without_comments(body->text));
            hooks.alike.at(kernel.pathway.index) = alike_fields(module, kernel);
            hooks.by_count.at(kernel.pathway.index) =
                function(model + '_' + kernel.name + "_by_count", kernel, *body);
        }
    }
    for (std::size_t e = 0; e < module.events.size(); ++e) {
        const ir::EventId event(e);
        if (module.events[event].sets_last_spike && hooks.on_event[e].empty()) {
            ir::Kernel kernel; // sets the field and nothing else
            kernel.kind = ir::KernelKind::OnEvent;
            kernel.event = event;
            hooks.on_event[e] = function(model + "_on_" + module.events[event].name, kernel,
                                         emit_kernel(module, kernel, options_));
        }
    }
    if (std::ranges::all_of(hooks.on_event, [](const std::string& name) { return name.empty(); })) {
        hooks.on_event.clear();
    }
    TableOptions table;
    table.identifier = model;
    table.required_features = options_.required_features;
    table.vector_width = options_.vector_width;
    table.stand_alone = options_.stand_alone;
    for (const std::uint64_t word : interface_hash(module)) {
        code.field(word);
    }
    table.code_hash = hash_words(code.finish());
    tables_ += '\n';
    tables_ += emit_tables(module, hooks, table);
    symbols_.push_back("hhk_model_" + model);
}

CppUnit UnitWriter::finish(std::uint32_t real_size) {
    UnitText unit;
    unit.add("#define HHK_FREESTANDING\n");
    unit.add(abi_text());
    unit.add(fmt::format("#define HHK_WIDTH {}\n#define HHK_REAL {}\n", options_.vector_width,
                         real_size * 8));
    if (options_.fast_math) {
        unit.add("#define HHK_FAST_MATH 1\n");
    }
    const bool has_parts = options_.in_parts && functions_.size() > 1;
    if (has_parts) {
        divide();
    }
    const UnitText kernels = this->kernels();
    const std::string wrappers = called_wrappers(kernels.text_);
    std::vector<std::string_view> needed = called_functions(kernels.text_);
    const std::vector<std::string_view> wrapped = called_functions(wrappers);
    needed.insert(needed.end(), wrapped.begin(), wrapped.end());
    needed.push_back("hhk_f"); // with it come Real, Int and Mask
    unit.add(prelude_text(needed, {.float32 = real_size == 4, .fast = options_.fast_math}));
    unit.add(wrappers);
    if (options_.in_parts) {
        unit.add("#ifdef HHK_PART\n#define HHK_SHARED extern \"C\"\n#else\n"
                 "#define HHK_SHARED static\n#endif\n");
    }
    unit.add(kernels.text_, kernels.lines_);
    if (options_.in_parts) {
        unit.add("#if !defined(HHK_PART) || HHK_PART == 1\n");
    }
    unit.add(tables_);
    if (options_.in_parts) {
        unit.add("#endif\n");
    }
    if (options_.library) {
        std::string models;
        for (const std::string& symbol : symbols_) {
            models += (models.empty() ? "&" : ", &") + symbol;
        }
        unit.add(fmt::format("\nstatic const hhk_model* const hhk_models[] = {{{}}};\n", models));
        unit.add(fmt::format("extern \"C\" __attribute__((visibility(\"default\"))) const "
                             "hhk_library hhk_library_v1 = {{\n    sizeof(hhk_library), "
                             "HHK_ABI_VERSION, {}, {}, hhk_models}};\n",
                             symbols_.size(), options_.sealed ? 1 : 0));
    }
    return {std::move(unit.text_), std::move(unit.lines_), std::move(symbols_), functions_.size(),
            has_parts};
}

} // namespace

bool is_seldom(ir::KernelKind kind) {
    switch (kind) {
    case ir::KernelKind::Prepare:
    case ir::KernelKind::Init:
    case ir::KernelKind::HalfStep:
    case ir::KernelKind::Observe:
    case ir::KernelKind::Rhs:
    case ir::KernelKind::Jacobian:
    case ir::KernelKind::Linear:
        return true;
    default:
        return false;
    }
}

CppUnit emit_cpp(std::span<const ir::Module* const> modules, const Options& options) {
    HHC_CHECK(!modules.empty(), "a unit without models");
    UnitWriter unit(options);
    for (const ir::Module* module : modules) {
        HHC_CHECK(module->real_size == modules.front()->real_size,
                  "models of one unit share their real type");
        unit.add_module(*module);
    }
    return unit.finish(modules.front()->real_size);
}

} // namespace hhc::codegen
