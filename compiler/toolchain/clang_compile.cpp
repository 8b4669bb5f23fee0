// SPDX-License-Identifier: MIT
// Runs Clang's front end on one text, with our own arguments (never the driver's) and a file system
// that holds that text and nothing else; llvm_pipeline.cpp does the rest.
#include "jit/clang_arguments.h"
#include "jit/object_symbols.h"
#include "support/beside.h"
#include "support/env.h"
#include "toolchain/llvm_pipeline.h"

#include <clang/Basic/Diagnostic.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Basic/Version.h>
#include <clang/CodeGen/CodeGenAction.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/CompilerInvocation.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/VirtualFileSystem.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace hhc::toolchain {

namespace {

/// What Clang says about a place of the generated text.
struct ClangMessage {
    std::string text;
    std::string place; ///< as the #line directives tell it: where the model is at fault, if known
    unsigned line = 0; ///< of the generated text, 1-based; 0: no place
    std::string line_text;
};

std::string text_of_line(std::string_view text, unsigned number) {
    for (unsigned line = 1; line < number; ++line) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) {
            return {};
        }
        text.remove_prefix(end + 1);
    }
    return std::string(text.substr(0, text.find('\n')));
}

/// Collects errors; LLVM code is built without exceptions, so nothing here may throw.
class MessageCollector final : public clang::DiagnosticConsumer {
public:
    explicit MessageCollector(std::string_view text) : text_(text) {}

    void HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                          const clang::Diagnostic& info) override {
        clang::DiagnosticConsumer::HandleDiagnostic(level, info);
        if (level < clang::DiagnosticsEngine::Error ||
            info.getID() == clang::diag::fatal_too_many_errors) {
            return;
        }
        ClangMessage message;
        llvm::SmallString<128> formatted;
        info.FormatDiagnostic(formatted);
        message.text = formatted.str().str();
        if (info.hasSourceManager() && info.getLocation().isValid()) {
            const clang::SourceManager& sources = info.getSourceManager();
            const clang::SourceLocation at = sources.getExpansionLoc(info.getLocation());
            message.line = sources.getExpansionLineNumber(at);
            message.line_text = text_of_line(text_, message.line);
            const clang::PresumedLoc presumed = sources.getPresumedLoc(at);
            if (presumed.isValid()) {
                message.place =
                    std::string(presumed.getFilename()) + ":" + std::to_string(presumed.getLine());
            }
        }
        messages.push_back(std::move(message));
    }

    std::vector<ClangMessage> messages;

private:
    std::string_view text_;
};

void report_messages(const std::vector<ClangMessage>& messages, std::string_view text,
                     const CompileOptions& options, diag::Sink& sink) {
    const std::string kept = keep_generated_text(options.name, text);
    for (const ClangMessage& message : messages) {
        auto report = sink.report(diag::Code::GeneratedCodeRejected, Span{},
                                  "the code generated for `" + options.name +
                                      "` does not compile: " + message.text);
        if (message.line > 0) {
            report.note("line " + std::to_string(message.line) +
                        " of the generated text: " + message.line_text);
        }
        if (!message.place.empty() && !message.place.starts_with("/hodgpy/")) {
            report.note("generated from " + message.place);
        }
        report.note(kept.empty() ? "the generated text could not be kept"
                                 : "the generated text is in " + kept);
        report.note(
            "this is a mistake of hodgpy, not of the model; please report it with that file");
    }
}

/// Everything that Clang allocates lives below this call.
bool run_clang(std::string_view text, const CompileOptions& options, clang::CodeGenAction& action,
               MessageCollector& collector) {
    auto files = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
    files->addFile(jit::input_path(options), 0,
                   llvm::MemoryBuffer::getMemBufferCopy(llvm::StringRef(text.data(), text.size())));
    clang::CompilerInstance compiler;
    compiler.createDiagnostics(&collector, /*ShouldOwnClient=*/false);
    const std::vector<std::string> arguments = jit::clang_arguments(options);
    std::vector<const char*> pointers;
    pointers.reserve(arguments.size());
    for (const std::string& argument : arguments) {
        pointers.push_back(argument.c_str());
    }
    if (!clang::CompilerInvocation::CreateFromArgs(compiler.getInvocation(), pointers,
                                                   compiler.getDiagnostics())) {
        return false;
    }
    compiler.createDiagnostics(&collector, /*ShouldOwnClient=*/false); // now with their options
    compiler.createFileManager(files);
    compiler.setVerboseOutputStream(std::make_unique<llvm::raw_null_ostream>());
    return compiler.ExecuteAction(action);
}

std::optional<std::string> compile(std::string_view text, const CompileOptions& options,
                                   Output kind, diag::Sink& sink, CompileTimes& times) {
    if (env::get(env::Variable::KeepCpp) && options.part < 2) {
        (void)keep_generated_text(options.name, text);
    }
    MessageCollector collector(text);
    llvm::SmallVector<char, 0> output;
    std::optional<std::string> refused;
    bool done = false;
    const auto start = std::chrono::steady_clock::now();
    const auto fatal = run_guarded([&] {
        llvm::LLVMContext context;
        clang::EmitLLVMOnlyAction action(&context);
        done = run_clang(text, options, action, collector);
        times.front_end = seconds_since(start);
        if (done) {
            const std::unique_ptr<llvm::Module> module = action.takeModule();
            refused = finish_module(*module, options, kind, output, times);
        }
    });
    if (fatal) {
        collector.messages.push_back({"LLVM gave up: " + *fatal, {}, 0, {}});
    } else if (!done && collector.messages.empty()) {
        collector.messages.push_back({"Clang failed without a message", {}, 0, {}});
    }
    if (refused) {
        collector.messages.push_back({"LLVM refused: " + *refused, {}, 0, {}});
    }
    if (!collector.messages.empty()) {
        report_messages(collector.messages, text, options, sink);
        return std::nullopt;
    }
    return std::string(output.data(), output.size());
}

} // namespace

static std::string version() {
    return clang::getClangFullVersion();
}

std::optional<std::string> make_object(std::string_view text, const CompileOptions& options,
                                       diag::Sink& sink, CompileTimes* times) {
    CompileTimes ignored;
    return compile(text, options, Output::Object, sink, times != nullptr ? *times : ignored);
}

std::optional<std::string> make_parts(std::string_view text, const CompileOptions& options,
                                      diag::Sink& sink, CompileTimes* times) {
    if (!Beside::is_worth_it()) {
        return make_object(text, options, sink, times);
    }
    struct Part {
        CompileOptions options;
        diag::Sink sink;
        CompileTimes times;
        std::optional<std::string> object;
    };
    std::array<Part, 2> parts;
    const auto make = [&](Part& part) {
        part.object = compile(text, part.options, Output::Object, part.sink, part.times);
    };
    parts[0].options = parts[1].options = options;
    parts[0].options.part = 1;
    parts[1].options.part = 2;
    {
        const Beside second([&] { make(parts[1]); });
        make(parts[0]);
    }
    for (const Part& part : parts) {
        if (!part.object) {
            return make_object(text, options, sink, times); // which says what is wrong
        }
    }
    if (times != nullptr) {
        times->front_end = std::max(parts[0].times.front_end, parts[1].times.front_end);
        times->passes = std::max(parts[0].times.passes, parts[1].times.passes);
        times->machine_code = std::max(parts[0].times.machine_code, parts[1].times.machine_code);
    }
    return jit::join_objects(*parts[0].object, *parts[1].object);
}

std::optional<std::string> make_text(std::string_view text, const CompileOptions& options,
                                     TextStage stage, diag::Sink& sink) {
    CompileTimes ignored;
    return compile(text, options, stage == TextStage::Llvm ? Output::Llvm : Output::Asm, sink,
                   ignored);
}

} // namespace hhc::toolchain

/// All that the library shows.
extern "C" __attribute__((visibility("default"))) const hhc::jit::Toolchain* hhc_toolchain() {
    using namespace hhc::toolchain;
    static constexpr hhc::jit::Toolchain functions = {&version,   &make_object,  &make_parts,
                                                      &make_text, &make_library, &load};
    return &functions;
}
