// SPDX-License-Identifier: MIT
// parse_text file|equations|statements|expressions|tokens [NAME]: reads a text from a file or
// standard input, prints its tree (of `expressions`: one line each), diagnostics to standard error.
#include "ast/dump.h"
#include "diag/render.h"
#include "parse/parse.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

int main(int count, char** words) {
    const std::string mode = count > 1 ? words[1] : "file";
    std::string text;
    if (count > 2) {
        std::ifstream input(words[2], std::ios::binary);
        text.assign(std::istreambuf_iterator<char>(input), {});
    } else {
        text.assign(std::istreambuf_iterator<char>(std::cin), {});
    }
    hhc::source::SourceManager sources;
    hhc::diag::Sink sink;
    if (mode == "expressions") {
        std::size_t begin = 0;
        while (begin < text.size()) {
            const std::size_t end = std::min(text.find('\n', begin), text.size());
            const auto& source = sources.add("expression", text.substr(begin, end - begin));
            hhc::ast::File file;
            const auto root = hhc::parse::parse_expression(source, file, sink);
            const bool wrong = sink.has_errors();
            std::cout << (wrong ? "error" : hhc::ast::dump_expr(file, root)) << "\n";
            (void)sink.take();
            begin = end + 1;
        }
        return 0;
    }
    const auto& source = sources.add(count > 2 ? words[2] : "input", text);
    if (mode == "statements") {
        hhc::ast::File file;
        for (const auto& statement : hhc::parse::parse_statements(source, file, sink)) {
            std::cout << statement.target.text() << ' ' << hhc::ast::spelling(statement.op) << ' '
                      << hhc::ast::dump_expr(file, statement.value) << "\n";
        }
    } else {
        const auto file = mode == "equations" ? hhc::parse::parse_equations(source, sink)
                                              : hhc::parse::parse_file(source, sink);
        std::cout << (mode == "tokens" ? hhc::parse::dump_tokens(source, file)
                                       : hhc::ast::dump(file));
    }
    const bool wrong = sink.has_errors();
    std::cerr << hhc::diag::render_all(sink.take(), sources);
    return wrong ? 1 : 0;
}
