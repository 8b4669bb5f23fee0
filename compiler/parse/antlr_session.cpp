// SPDX-License-Identifier: MIT
#include "parse/antlr_session.h"

#include "grammar/HhmLexer.h"

#include <string>
#include <utility>

namespace hhc::parse {
namespace {

/// One code point per byte, so that ANTLR's indices are byte offsets; bytes beyond ASCII are legal
/// only in comments and strings.
class ByteStream final : public antlr4::ANTLRInputStream {
public:
    explicit ByteStream(std::string_view text) {
        _data.reserve(text.size());
        for (const char c : text) {
            _data.push_back(static_cast<unsigned char>(c));
        }
    }
};

} // namespace

/// The tokens of one piece, in place.
class AntlrSession::Stream final : public antlr4::TokenStream {
public:
    explicit Stream(const std::vector<std::unique_ptr<antlr4::Token>>& all)
        : all_(all), end_(antlr4::Token::EOF) {}

    void set_piece(std::span<const std::uint32_t> piece) {
        piece_ = piece;
        position_ = 0;
    }

    antlr4::Token* LT(ssize_t k) override {
        const ssize_t at = static_cast<ssize_t>(position_) + (k > 0 ? k - 1 : k);
        return at < 0 ? nullptr : get(static_cast<std::size_t>(at));
    }
    std::size_t LA(ssize_t k) override { return LT(k)->getType(); }
    antlr4::Token* get(std::size_t index) const override {
        return index < piece_.size() ? all_[piece_[index]].get() : &end_;
    }
    void consume() override { ++position_; }
    ssize_t mark() override { return 0; }
    void release(ssize_t) override {}
    std::size_t index() override { return position_; }
    void seek(std::size_t index) override { position_ = index; }
    std::size_t size() override { return piece_.size(); }
    std::string getSourceName() const override { return {}; }
    antlr4::TokenSource* getTokenSource() const override { return nullptr; }
    std::string getText(const antlr4::misc::Interval&) override { return {}; }
    std::string getText() override { return {}; }
    std::string getText(antlr4::RuleContext*) override { return {}; }
    std::string getText(antlr4::Token*, antlr4::Token*) override { return {}; }

private:
    const std::vector<std::unique_ptr<antlr4::Token>>& all_;
    std::span<const std::uint32_t> piece_;
    std::size_t position_ = 0;
    mutable antlr4::CommonToken end_;
};

/// Stops at the first error of a piece and keeps where it was; nothing of ANTLR's own text is used.
class AntlrSession::Strategy final : public antlr4::BailErrorStrategy {
public:
    void reportError(antlr4::Parser*, const antlr4::RecognitionException&) override {}
    void recover(antlr4::Parser* parser, std::exception_ptr cause) override {
        std::size_t at = parser->getTokenStream()->index();
        try {
            std::rethrow_exception(cause);
        } catch (const antlr4::RecognitionException& exception) {
            // A prediction that fails has read ahead: the offending token, not the current one, is
            // wrong.
            at = place_of(*parser->getTokenStream(), exception.getOffendingToken());
        }
        stop(*parser, at);
    }
    antlr4::Token* recoverInline(antlr4::Parser* parser) override {
        stop(*parser, parser->getTokenStream()->index());
    }
    std::optional<SyntaxError> take() { return std::exchange(error_, std::nullopt); }

private:
    static std::size_t place_of(antlr4::TokenStream& stream, const antlr4::Token* offending) {
        std::size_t at = stream.index();
        while (at < stream.size() && stream.get(at) != offending) {
            ++at;
        }
        return at;
    }

    [[noreturn]] void stop(antlr4::Parser& parser, std::size_t at) {
        if (!error_) {
            error_ = SyntaxError{at, {}};
            for (const antlr4::tree::ParseTree* rule = parser.getContext(); rule != nullptr;
                 rule = rule->parent) {
                error_->within.push_back(
                    dynamic_cast<const antlr4::RuleContext*>(rule)->getRuleIndex());
            }
        }
        throw antlr4::ParseCancellationException();
    }

    std::optional<SyntaxError> error_;
};

AntlrSession::AntlrSession(const source::SourceFile& source)
    : input_(std::make_unique<ByteStream>(source.text())) {
    hhm::HhmLexer lexer(input_.get());
    lexer.removeErrorListeners();
    owned_ = lexer.getAllTokens();
    tokens_.reserve(owned_.size());
    for (const auto& token : owned_) {
        ast::Token own;
        own.type = static_cast<std::uint16_t>(token->getType());
        own.hidden = token->getChannel() != antlr4::Token::DEFAULT_CHANNEL;
        own.span = {source.id(), static_cast<std::uint32_t>(token->getStartIndex()),
                    static_cast<std::uint32_t>(token->getStopIndex() + 1)};
        tokens_.push_back(own);
    }
    stream_ = std::make_unique<Stream>(owned_);
    parser_ = std::make_unique<Grammar>(stream_.get());
    parser_->removeErrorListeners();
    strategy_ = std::make_shared<Strategy>();
    parser_->setErrorHandler(strategy_);
}

AntlrSession::~AntlrSession() = default;

void AntlrSession::begin(std::span<const std::uint32_t> piece, bool full_context) {
    stream_->set_piece(piece);
    parser_->setTokenStream(stream_.get());
    parser_->getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(
        full_context ? antlr4::atn::PredictionMode::LL : antlr4::atn::PredictionMode::SLL);
}

std::optional<SyntaxError> AntlrSession::take_error() {
    return strategy_->take();
}

} // namespace hhc::parse
