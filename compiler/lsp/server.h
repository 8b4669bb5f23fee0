// SPDX-License-Identifier: MIT
// The language server: messages in, answers and diagnostics out. One thread; every message is
// answered before the next is read.
#pragma once

#include "lsp/analysis.h"
#include "lsp/text_place.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hhc::lsp {

class Server {
public:
    using Send = std::function<void(const Json&)>;

    Server(Surroundings surroundings, Send send);

    /// One message: a request, a notification, or nonsense, which is answered with an error.
    void handle(const std::string& message);
    /// Set by `exit`: 0 after `shutdown`, else 1, as the protocol wants it.
    [[nodiscard]] std::optional<int> exit_code() const { return exit_code_; }

private:
    struct Document {
        std::string text;
        Json version;
        LoweredBefore lowered;
        std::unique_ptr<Analysis> analysis;
    };
    using Handler = std::function<Json(const Json& params)>;
    struct Refusal; // becomes the error of a response

    void add_requests();
    void add_notifications();
    void add_renaming();
    [[nodiscard]] Json initialize(const Json& params);
    void changed(const Json& params);
    void analyse(const std::string& uri);
    void analyse_others(const std::string& uri);
    void publish(const std::string& uri);
    [[nodiscard]] Document& document(const Json& params);
    [[nodiscard]] std::pair<Analysis*, std::uint32_t> place(const Json& params);
    /// Ranges by URI of everything that means the same as the name at a place, in open texts and,
    /// for a name of the file or of a block in it, in the models of the folder.
    [[nodiscard]] std::map<std::string, Json> places(Analysis& analysis, const Occurrence& at);
    void respond(const Json& id, Json result);
    void refuse(const Json& id, int code, const std::string& why);

    Surroundings surroundings_;
    Send send_;
    std::map<std::string, Handler> requests_;
    std::map<std::string, std::function<void(const Json&)>> notifications_;
    std::map<std::string, Document> documents_; // by URI
    std::string root_;                          // of the workspace; may be empty
    std::vector<std::pair<std::string, std::string>> library_;
    bool initialized_ = false;
    bool shut_down_ = false;
    std::optional<int> exit_code_;
};

} // namespace hhc::lsp
