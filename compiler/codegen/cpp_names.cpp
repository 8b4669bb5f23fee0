// SPDX-License-Identifier: MIT
#include "codegen/cpp_names.h"

#include <array>

namespace hhc::codegen {
namespace {

constexpr std::array reserved_words = {
    // C++
    "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break",
    "case", "catch", "char", "char8_t", "char16_t", "char32_t", "class", "compl", "concept",
    "const", "consteval", "constexpr", "constinit", "const_cast", "continue", "co_await",
    "co_return", "co_yield", "decltype", "default", "delete", "do", "double", "dynamic_cast",
    "else", "enum", "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if",
    "inline", "int", "long", "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr",
    "operator", "or", "or_eq", "private", "protected", "public", "register", "reinterpret_cast",
    "requires", "return", "short", "signed", "sizeof", "static", "static_assert", "static_cast",
    "struct", "switch", "template", "this", "thread_local", "throw", "true", "try", "typedef",
    "typeid", "typename", "union", "unsigned", "using", "virtual", "void", "volatile", "wchar_t",
    "while", "xor", "xor_eq",
    // of the generated text
    "Real", "Int", "Mask", "context", "block", "i", "word", "stop", "happened", "here", "lanes",
    "any_event", "bad_real", "bad_int", "count", "end", "inside", "left", "lane", "bits", "int8_t",
    "int32_t", "int64_t", "uint8_t", "uint32_t", "uint64_t"};

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

} // namespace

std::string identifier(std::string_view name) {
    std::string result;
    for (const char c : name) {
        if (is_word(c)) {
            result += c;
        } else if (!result.empty() && result.back() != '_') {
            result += '_';
        }
    }
    while (!result.empty() && result.back() == '_') {
        result.pop_back();
    }
    if (result.empty() || (result.front() >= '0' && result.front() <= '9')) {
        result.insert(0, "x");
    }
    if (result.starts_with("hhk")) { // the prelude's and the interface's names
        result.insert(0, "x_");
    }
    return result;
}

Names::Names(Reserved reserved) {
    if (reserved == Reserved::Words) {
        taken_.insert(reserved_words.begin(), reserved_words.end());
    }
}

std::string Names::make(std::string_view wanted) {
    const std::string base = identifier(wanted);
    std::string name = base;
    for (int number = 2; !taken_.insert(name).second; ++number) {
        name = base + '_' + std::to_string(number);
    }
    return name;
}

} // namespace hhc::codegen
