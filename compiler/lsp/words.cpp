// SPDX-License-Identifier: MIT
#include "lsp/words.h"

#include <algorithm>

namespace hhc::lsp {

const std::vector<Word>& words() {
    static const std::vector<Word> table = {
#define HHC_WORD(name, place, text) {name, WordPlace::place, text},
#include "lsp/words.def"
#undef HHC_WORD
    };
    return table;
}

const Word* find_word(std::string_view text) {
    const auto found = std::ranges::find(words(), text, &Word::text);
    return found == words().end() ? nullptr : &*found;
}

const std::vector<FlagWord>& flag_words() {
    static const std::vector<FlagWord> table = {
        {"unless refractory", "the state stands still while the neuron is refractory"},
        {"constant over dt", "evaluated once at the start of a step"},
        {"constant", "does not change during a run"},
        {"shared", "one value for the population"},
        {"linked", "read from another population"},
        {"summed", "the sum over the synapses of a target"},
        {"point current", "a current in amp that enters a density as I/area"},
        {"outward", "written positive outward; the compiler negates it once"},
        {"event-driven", "solved exactly from event to event"},
        {"clock-driven", "solved at every step"},
    };
    return table;
}

} // namespace hhc::lsp
