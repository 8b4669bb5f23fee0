// SPDX-License-Identifier: MIT
// What an editor may ask about a place in a text. Results are those of the Language Server Protocol
// 3.17 (null where there is nothing to say).
#pragma once

#include "lsp/analysis.h"
#include "lsp/text_place.h"

#include <string>
#include <utility>
#include <vector>

namespace hhc::lsp {

/// Published diagnostics of the text: LSP's Diagnostic[].
[[nodiscard]] Json diagnostics(const Analysis& analysis);
/// Quick fixes of the diagnostics inside the bytes [begin, end): CodeAction[].
[[nodiscard]] Json code_actions(const Analysis& analysis, std::uint32_t begin, std::uint32_t end);
/// Unit, role, equation, method and value of the name at a byte: Hover.
[[nodiscard]] Json hover(Analysis& analysis, std::uint32_t offset);
/// What may be written at a byte: CompletionItem[].
[[nodiscard]] Json completion(Analysis& analysis, std::uint32_t offset,
                              const std::vector<std::pair<std::string, std::string>>& library);
/// Blocks and what they define: DocumentSymbol[].
[[nodiscard]] Json outline(const Analysis& analysis);
/// Where the name at a byte is defined: Location.
[[nodiscard]] Json definition(const Analysis& analysis, std::uint32_t offset);
/// Every place of this text that names what is defined at `place` of the file `path`: Range[].
[[nodiscard]] Json places_of(const Analysis& analysis, const std::string& path, Span place);
/// "" if what stands at the byte may be called `name`, else why not.
[[nodiscard]] std::string why_not_rename(Analysis& analysis, const Occurrence& occurrence,
                                         const std::string& name);
/// The whole text, laid out: TextEdit[]; empty if it has errors of syntax or is laid out already.
[[nodiscard]] Json formatting(const Analysis& analysis);

} // namespace hhc::lsp
