// SPDX-License-Identifier: MIT
// Private to parse: one text under ANTLR. Owns stream, lexer, tokens and parser together, because a
// parse tree owns none of them.
#pragma once

#include "ast/nodes.h"
#include "grammar/HhmParser.h"
#include "source/source_file.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace hhc::parse {

using Grammar = hhm::HhmParser;

/// The first syntax error of a piece: where the parser stood and which rules it was in.
struct SyntaxError {
    std::size_t position = 0;        // index in the piece; its size at the end of it
    std::vector<std::size_t> within; // rule indices, innermost first
};

class AntlrSession {
public:
    explicit AntlrSession(const source::SourceFile& source);
    ~AntlrSession();
    AntlrSession(const AntlrSession&) = delete;
    AntlrSession& operator=(const AntlrSession&) = delete;

    [[nodiscard]] const std::vector<ast::Token>& tokens() const { return tokens_; }

    /// Applies an entry rule to the tokens of a piece (indices into tokens()). The tree lives until
    /// the next call; it is null after an error.
    template <class Context>
    Context* parse(std::span<const std::uint32_t> piece, Context* (Grammar::*rule)(),
                   std::optional<SyntaxError>& error);

private:
    class Stream;
    class Strategy;
    void begin(std::span<const std::uint32_t> piece, bool full_context);
    std::optional<SyntaxError> take_error();

    std::unique_ptr<antlr4::ANTLRInputStream> input_;
    std::vector<std::unique_ptr<antlr4::Token>> owned_;
    std::vector<ast::Token> tokens_;
    std::unique_ptr<Stream> stream_;
    std::shared_ptr<Strategy> strategy_; // shared: ANTLR wants it so
    std::unique_ptr<Grammar> parser_;
};

/// Two attempts, as ANTLR advises: without full context, which is fast and nearly always enough,
/// then with it, which decides.
template <class Context>
Context* AntlrSession::parse(std::span<const std::uint32_t> piece, Context* (Grammar::*rule)(),
                             std::optional<SyntaxError>& error) {
    for (const bool full_context : {false, true}) {
        begin(piece, full_context);
        try {
            Context* tree = (parser_.get()->*rule)();
            error = std::nullopt;
            return tree;
        } catch (const antlr4::ParseCancellationException&) {
            error = take_error();
        }
    }
    return nullptr;
}

} // namespace hhc::parse
