// SPDX-License-Identifier: MIT
// The words of the language with a line about each, for hover and completion.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace hhc::lsp {

/// Where a word may stand: a row of words.def says what each means.
enum class WordPlace : std::uint8_t { Top, Body, Inside, Operator, Name, Function, Random };

struct Word {
    std::string_view text;
    WordPlace place;
    std::string_view meaning;
};

[[nodiscard]] const std::vector<Word>& words();
/// None if the language has no such word.
[[nodiscard]] const Word* find_word(std::string_view text);
/// What a flag of an equation or a parameter says.
struct FlagWord {
    std::string_view text;
    std::string_view meaning;
};
[[nodiscard]] const std::vector<FlagWord>& flag_words();

} // namespace hhc::lsp
