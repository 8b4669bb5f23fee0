// SPDX-License-Identifier: MIT
// The server between two streams: `hhc lsp`.
#include "lsp/server.h"
#include "lsp/transport.h"

#include "hhc/tools.h"

namespace hhc {

int serve_language(std::istream& in, std::ostream& out, const Options& options) {
    lsp::Surroundings surroundings{options.library_folder, options.search_path, {}, nullptr};
    lsp::Server server(std::move(surroundings),
                       [&](const lsp::Json& message) { lsp::write_message(out, message); });
    while (!server.exit_code()) {
        const std::optional<std::string> message = lsp::read_message(in);
        if (!message) {
            return 1; // the editor is gone
        }
        server.handle(*message);
    }
    return *server.exit_code();
}

} // namespace hhc
