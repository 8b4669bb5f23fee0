// SPDX-License-Identifier: MIT
// From a name to its definition and to every place that means the same.
#include "lsp/features.h"
#include "lsp/words.h"
#include "units/unit_table.h"

#include <algorithm>
#include <cctype>

namespace hhc::lsp {

Json definition(const Analysis& analysis, std::uint32_t offset) {
    const Occurrence* at = analysis.names().at(offset);
    if (at == nullptr) {
        return nullptr;
    }
    const Span place = analysis.names().symbol(*at).place;
    const source::SourceFile& file = analysis.sources().file(place.file);
    return {{"uri", uri_of(file.name())}, {"range", to_json(file, place)}};
}

Json places_of(const Analysis& analysis, const std::string& path, Span place) {
    Json list = Json::array();
    for (const Occurrence& each : analysis.names().occurrences()) {
        const Symbol& symbol = analysis.names().symbol(each);
        if (symbol.place.begin == place.begin && symbol.kind != NameKind::File &&
            analysis.sources().file(symbol.place.file).name() == path) {
            list.push_back(to_json(analysis.source(), each.span));
        }
    }
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
}

std::string why_not_rename(Analysis& analysis, const Occurrence& occurrence,
                           const std::string& name) {
    const auto letter = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    };
    if (name.empty() || !std::ranges::all_of(name, letter) ||
        std::isdigit(static_cast<unsigned char>(name.front())) != 0) {
        return "`" + name + "` is no name: letters, digits and `_`, and no digit first";
    }
    const Word* word = find_word(name);
    const bool reserved =
        word != nullptr && (word->place == WordPlace::Operator || word->place == WordPlace::Name ||
                            word->place == WordPlace::Function || word->place == WordPlace::Random);
    if (reserved || units::lookup_unit(name)) {
        return "`" + name + "` is a word of the language";
    }
    Names& names = analysis.names();
    const Symbol& symbol = names.symbol(occurrence);
    if (symbol.kind == NameKind::File) {
        return "a file is renamed on disk, not here";
    }
    if (analysis.sources().file(symbol.place.file).name() != analysis.source().name()) {
        return "it is defined in another file; rename it there";
    }
    const ast::Block* block = symbol.block != nullptr ? symbol.block : occurrence.block;
    const bool inside =
        block != nullptr && names.block_names(*block, names.scope()).symbols.contains(name);
    if (inside || names.scope().find(name) != nullptr) {
        return "there is a `" + name + "` already";
    }
    return {};
}

} // namespace hhc::lsp
