// SPDX-License-Identifier: MIT
#include "lsp/server.h"

#include "lsp/features.h"

#include "hhc/compile.h"
#include "hhc/version.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <system_error>

namespace hhc::lsp {
namespace {

namespace fs = std::filesystem;

enum ErrorCode : int {
    ParseError = -32700,
    InvalidRequest = -32600,
    MethodNotFound = -32601,
    InvalidParams = -32602,
    InternalError = -32603,
    NotInitialized = -32002,
    RequestFailed = -32803,
};

constexpr std::size_t most_workspace_files = 500;

/// The models of a folder that are not open, for names that other files use.
std::vector<std::string> models_below(const std::string& root) {
    std::vector<std::string> found;
    std::error_code error;
    const auto options = fs::directory_options::skip_permission_denied;
    for (auto entry = fs::recursive_directory_iterator(root, options, error);
         !error && entry != fs::recursive_directory_iterator() &&
         found.size() < most_workspace_files;
         entry.increment(error)) {
        if (entry->is_directory(error) && entry->path().filename().string().starts_with('.')) {
            entry.disable_recursion_pending();
        } else if (entry->path().extension() == ".hhm") {
            found.push_back(entry->path().string());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace

struct Server::Refusal {
    int code;
    std::string why;
};

Server::Server(Surroundings surroundings, Send send)
    : surroundings_(std::move(surroundings)), send_(std::move(send)),
      library_(list_library(surroundings_.library_folder)) {
    surroundings_.open_texts = [this](const std::string& path) -> std::optional<std::string> {
        const auto found = documents_.find(uri_of(path));
        return found == documents_.end() ? std::nullopt : std::optional(found->second.text);
    };
    add_requests();
    add_renaming();
    add_notifications();
}

// ---- Messages

void Server::handle(const std::string& message) {
    const Json json = Json::parse(message, nullptr, false);
    if (!json.is_object() || !json.contains("method") || !json["method"].is_string()) {
        const bool response =
            json.is_object() && (json.contains("result") || json.contains("error"));
        if (!response) {
            refuse(nullptr, json.is_discarded() ? ParseError : InvalidRequest, "no request");
        }
        return;
    }
    const std::string method = json["method"];
    const Json params = json.value("params", Json::object());
    const bool is_request = json.contains("id");
    const Json id = is_request ? json["id"] : Json();
    try {
        if (!is_request) {
            if (const auto found = notifications_.find(method); found != notifications_.end()) {
                found->second(params);
            }
            return; // others may be ignored
        }
        const auto found = requests_.find(method);
        if (found == requests_.end()) {
            refuse(id, MethodNotFound, "`" + method + "` is not offered");
        } else if (!initialized_ && method != "initialize") {
            refuse(id, NotInitialized, "`initialize` comes first");
        } else if (shut_down_) {
            refuse(id, InvalidRequest, "the server was shut down");
        } else {
            respond(id, found->second(params));
        }
    } catch (const Refusal& refusal) {
        refuse(id, refusal.code, refusal.why);
    } catch (const Json::exception& error) {
        if (is_request) {
            refuse(id, InvalidParams, error.what());
        }
    } catch (const std::exception& error) {
        if (is_request) {
            refuse(id, InternalError, error.what());
        }
    }
}

void Server::respond(const Json& id, Json result) {
    send_({{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}});
}

void Server::refuse(const Json& id, int code, const std::string& why) {
    send_({{"jsonrpc", "2.0"}, {"id", id}, {"error", {{"code", code}, {"message", why}}}});
}

Json Server::initialize(const Json& params) {
    initialized_ = true;
    if (const Json root = params.value("rootUri", Json()); root.is_string()) {
        root_ = path_of(root);
    }
    const Json capabilities = {
        {"positionEncoding", "utf-16"},
        {"textDocumentSync", {{"openClose", true}, {"change", 2}}},
        {"hoverProvider", true},
        {"completionProvider", {{"triggerCharacters", {".", ":", "("}}}},
        {"definitionProvider", true},
        {"referencesProvider", true},
        {"documentHighlightProvider", true},
        {"documentSymbolProvider", true},
        {"documentFormattingProvider", true},
        {"codeActionProvider", {{"codeActionKinds", {"quickfix"}}}},
        {"renameProvider", {{"prepareProvider", true}}},
    };
    return {{"capabilities", capabilities},
            {"serverInfo", {{"name", "hhc"}, {"version", version()}}}};
}

void Server::add_requests() {
    requests_["initialize"] = [this](const Json& params) { return initialize(params); };
    requests_["shutdown"] = [this](const Json&) {
        shut_down_ = true;
        return Json();
    };
    requests_["textDocument/hover"] = [this](const Json& params) {
        const auto [analysis, offset] = place(params);
        return hover(*analysis, offset);
    };
    requests_["textDocument/completion"] = [this](const Json& params) {
        const auto [analysis, offset] = place(params);
        return Json{{"isIncomplete", false}, {"items", completion(*analysis, offset, library_)}};
    };
    requests_["textDocument/definition"] = [this](const Json& params) {
        const auto [analysis, offset] = place(params);
        return definition(*analysis, offset);
    };
    requests_["textDocument/documentSymbol"] = [this](const Json& params) {
        return outline(*document(params).analysis);
    };
    requests_["textDocument/formatting"] = [this](const Json& params) {
        return formatting(*document(params).analysis);
    };
    requests_["textDocument/codeAction"] = [this](const Json& params) {
        const Document& doc = document(params);
        const Json& range = params.at("range");
        return code_actions(*doc.analysis, offset_of(doc.text, position_of(range.at("start"))),
                            offset_of(doc.text, position_of(range.at("end"))));
    };
}

void Server::add_renaming() {
    requests_["textDocument/documentHighlight"] = [this](const Json& params) {
        const auto [analysis, offset] = place(params);
        Json list = Json::array();
        if (const Occurrence* at = analysis->names().at(offset)) {
            const Span span = analysis->names().symbol(*at).place;
            const std::string path = analysis->sources().file(span.file).name();
            for (const Json& range : places_of(*analysis, path, span)) {
                list.push_back({{"range", range}});
            }
        }
        return list;
    };
    requests_["textDocument/references"] = [this](const Json& params) {
        const auto [analysis, offset] = place(params);
        Json list = Json::array();
        if (const Occurrence* at = analysis->names().at(offset)) {
            for (const auto& [uri, ranges] : places(*analysis, *at)) {
                for (const Json& range : ranges) {
                    list.push_back({{"uri", uri}, {"range", range}});
                }
            }
        }
        return list;
    };
    requests_["textDocument/prepareRename"] = [this](const Json& params) {
        const auto [analysis, offset] = place(params);
        const Occurrence* at = analysis->names().at(offset);
        if (at == nullptr) {
            return Json();
        }
        if (const std::string why = why_not_rename(*analysis, *at, "a_new_name_for_it");
            !why.empty()) {
            throw Refusal{RequestFailed, why};
        }
        return to_json(analysis->source(), at->span);
    };
    requests_["textDocument/rename"] = [this](const Json& params) {
        const auto [analysis, offset] = place(params);
        const std::string name = params.at("newName");
        const Occurrence* at = analysis->names().at(offset);
        if (at == nullptr) {
            throw Refusal{RequestFailed, "there is no name that the text defines"};
        }
        if (const std::string why = why_not_rename(*analysis, *at, name); !why.empty()) {
            throw Refusal{RequestFailed, why};
        }
        Json changes = Json::object();
        for (const auto& [uri, ranges] : places(*analysis, *at)) {
            for (const Json& range : ranges) {
                changes[uri].push_back({{"range", range}, {"newText", name}});
            }
        }
        return Json{{"changes", std::move(changes)}};
    };
}

void Server::add_notifications() {
    notifications_["exit"] = [this](const Json&) { exit_code_ = shut_down_ ? 0 : 1; };
    notifications_["textDocument/didOpen"] = [this](const Json& params) {
        const Json& opened = params.at("textDocument");
        const std::string uri = opened.at("uri");
        documents_[uri] = {opened.at("text"), opened.value("version", Json()), {}, nullptr};
        analyse(uri);
        analyse_others(uri);
    };
    notifications_["textDocument/didChange"] = [this](const Json& params) { changed(params); };
    notifications_["textDocument/didClose"] = [this](const Json& params) {
        const std::string uri = params.at("textDocument").at("uri");
        documents_.erase(uri);
        send_({{"jsonrpc", "2.0"},
               {"method", "textDocument/publishDiagnostics"},
               {"params", {{"uri", uri}, {"diagnostics", Json::array()}}}});
    };
}

// ---- Documents

void Server::changed(const Json& params) {
    Document& doc = document(params);
    for (const Json& change : params.at("contentChanges")) {
        const std::string text = change.at("text");
        if (!change.contains("range")) {
            doc.text = text;
            continue;
        }
        const Json& range = change["range"];
        const std::uint32_t begin = offset_of(doc.text, position_of(range.at("start")));
        const std::uint32_t end = offset_of(doc.text, position_of(range.at("end")));
        doc.text.replace(begin, std::max(begin, end) - begin, text);
    }
    doc.version = params.at("textDocument").value("version", Json());
    const std::string uri = params.at("textDocument").at("uri");
    analyse(uri);
    analyse_others(uri);
}

void Server::analyse(const std::string& uri) {
    Document& doc = documents_.at(uri);
    Surroundings surroundings = surroundings_;
    surroundings.lowered_before = &doc.lowered;
    doc.analysis = std::make_unique<Analysis>(path_of(uri), doc.text, surroundings);
    publish(uri);
}

/// Open texts that import this one see what was changed in it.
void Server::analyse_others(const std::string& uri) {
    const std::string path = path_of(uri);
    for (const auto& [other, doc] : documents_) {
        const source::SourceManager& sources = doc.analysis->sources();
        for (std::uint32_t i = 1; other != uri && i < sources.size(); ++i) {
            if (sources.file(i).name() == path) {
                analyse(other);
                break;
            }
        }
    }
}

void Server::publish(const std::string& uri) {
    const Document& doc = documents_.at(uri);
    Json params = {{"uri", uri}, {"diagnostics", diagnostics(*doc.analysis)}};
    if (doc.version.is_number()) {
        params["version"] = doc.version;
    }
    send_({{"jsonrpc", "2.0"},
           {"method", "textDocument/publishDiagnostics"},
           {"params", std::move(params)}});
}

Server::Document& Server::document(const Json& params) {
    const std::string uri = params.at("textDocument").at("uri");
    const auto found = documents_.find(uri);
    if (found == documents_.end()) {
        throw Refusal{InvalidParams, "`" + uri + "` is not open"};
    }
    return found->second;
}

std::pair<Analysis*, std::uint32_t> Server::place(const Json& params) {
    Document& doc = document(params);
    return {doc.analysis.get(), offset_of(doc.text, position_of(params.at("position")))};
}

std::map<std::string, Json> Server::places(Analysis& analysis, const Occurrence& at) {
    const Symbol& symbol = analysis.names().symbol(at);
    const Span span = symbol.place;
    const std::string path = analysis.sources().file(span.file).name();
    std::map<std::string, Json> found;
    const auto add = [&](const Analysis& each) {
        Json ranges = places_of(each, path, span);
        if (!ranges.empty()) {
            found[uri_of(each.source().name())] = std::move(ranges);
        }
    };
    for (const auto& [uri, doc] : documents_) {
        add(*doc.analysis);
    }
    const bool stays = symbol.kind == NameKind::Local || symbol.kind == NameKind::Argument ||
                       symbol.kind == NameKind::Part || symbol.kind == NameKind::Alias;
    if (!stays && !root_.empty()) {
        for (const std::string& file : models_below(root_)) {
            std::string why;
            std::optional<std::string> text;
            if (!documents_.contains(uri_of(file))) {
                text = driver::read_text(file, why);
            }
            if (text && text->find("import") != std::string::npos) {
                add(Analysis(file, std::move(*text), surroundings_));
            }
        }
    }
    return found;
}

} // namespace hhc::lsp
