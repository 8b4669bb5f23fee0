// SPDX-License-Identifier: MIT
#include "lsp/analysis.h"

#include "parse/parse.h"

#include <filesystem>
#include <utility>

namespace hhc::lsp {

Analysis::Analysis(const std::string& path, std::string text, const Surroundings& surroundings)
    : source_(&sources_.add(path, std::move(text))),
      resolver_(sources_, import_sink_, surroundings.library_folder, surroundings.search_path) {
    diag::Sink sink;
    file_ = parse::parse_file(*source_, sink);
    readable_ = !sink.has_errors();
    if (const std::filesystem::path whole(path); whole.is_absolute()) {
        resolver_.set_root(file_, whole.parent_path());
    }
    resolver_.set_open_texts(surroundings.open_texts);
    environment_.sources = &sources_;
    environment_.resolve_import = [this](const sema::ImportRequest& request) {
        return resolver_.resolve(request);
    };
    checked_ = sema::check_file(file_, environment_, sink);
    sink.append(import_sink_);
    has_errors_ = sink.has_errors();
    if (!has_errors_) {
        lower_all(sink, surroundings.lowered_before);
        has_errors_ = sink.has_errors();
    }
    diagnostics_ = sink.take();
    names_.emplace(file_, scopes_.emplace(environment_, names_sink_));
}

/// All that a neuron of this text may be made of beside its own block: channels, functions,
/// imports.
Hash128 Analysis::shared_text() const {
    Hasher hasher;
    for (const ast::Item& item : file_.items) {
        const auto* block = std::get_if<ast::Block>(&item.node);
        if (block == nullptr || block->kind == ast::BlockKind::Channel) {
            hasher.field(sources_.text(item.span));
        }
    }
    for (std::uint32_t i = 1; i < sources_.size(); ++i) {
        hasher.field(sources_.file(i).text());
    }
    return hasher.finish();
}

/// A synapse is not lowered before it is bound to two populations, nor a channel before its use.
void Analysis::lower_all(diag::Sink& sink, LoweredBefore* before) {
    const Hash128 shared = shared_text();
    std::map<std::string, Span> blocks;
    for (const ast::Item& item : file_.items) {
        if (const auto* block = std::get_if<ast::Block>(&item.node)) {
            blocks[block->name.text] = item.span;
        }
    }
    LoweredBefore kept;
    for (const model::CheckedModel& each : checked_.models) {
        Hasher hasher;
        hasher.field(shared.hex());
        hasher.field(sources_.text(blocks[each.name]));
        const Hash128 key = hasher.finish();
        const auto known = before == nullptr ? LoweredBefore::iterator() : before->find(key);
        if (before != nullptr && known != before->end()) {
            methods_[&each] = known->second;
        } else {
            diag::Sink own;
            methods_[&each] = lower::lower(each, {}, own).methods;
            sink.append(own);
            if (!own.seen().empty()) {
                continue; // what was said is said again
            }
        }
        kept[key] = methods_[&each];
    }
    if (before != nullptr) {
        *before = std::move(kept);
    }
}

const model::CheckedModel* Analysis::model(const ast::Block& block) const {
    for (const auto* list : {&checked_.models, &checked_.channels, &checked_.synapses}) {
        for (const model::CheckedModel& each : *list) {
            if (each.name == block.name.text) {
                return &each;
            }
        }
    }
    return nullptr;
}

const lower::MethodReport* Analysis::methods(const model::CheckedModel& model) const {
    const auto found = methods_.find(&model);
    return found == methods_.end() || has_errors_ ? nullptr : &found->second;
}

} // namespace hhc::lsp
