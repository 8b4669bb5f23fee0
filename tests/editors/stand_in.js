// SPDX-License-Identifier: MIT
// Runs the extension with the real server and a stand-in for the module `vscode`; prints what came
// back, as JSON. Arguments: the extension's folder, the command hhc, a model file.
'use strict';

const Module = require('module');
const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');

const [folder, hhc, file] = process.argv.slice(2);
const uri = (text) => ({ toString: () => text });
const record = (...names) =>
    class {
        constructor(...values) {
            names.forEach((name, i) => (this[name] = values[i]));
        }
    };
const Range = class {
    constructor(a, b, c, d) {
        this.start = { line: a, character: b };
        this.end = { line: c, character: d };
    }
};
const providers = {};
const register = (name) => (language, provider) => {
    providers[name] = provider;
    return {};
};
const handlers = {};
const listen = (name) => (handler) => {
    handlers[name] = handler;
    return {};
};
const shown = [];
let published = () => {};
const text = fs.readFileSync(file, 'utf8');
const document = {
    uri: uri(pathToFileURL(file).toString()),
    languageId: 'hhm',
    version: 1,
    getText: () => text,
};
const command = { value: hhc };
const vscode = {
    Range,
    Location: record('uri', 'range'),
    Uri: { parse: uri },
    Diagnostic: record('range', 'message', 'severity'),
    DiagnosticRelatedInformation: record('location', 'message'),
    WorkspaceEdit: class {
        constructor() {
            this.list = [];
        }
        replace(where, range, newText) {
            this.list.push([where.toString(), range, newText]);
        }
    },
    TextEdit: { replace: (range, newText) => ({ range, newText }) },
    DocumentSymbol: record('name', 'detail', 'kind', 'range', 'selectionRange'),
    CompletionItem: record('label', 'kind'),
    Hover: record('contents', 'range'),
    MarkdownString: record('value'),
    DocumentHighlight: record('range'),
    CodeAction: record('title', 'kind'),
    CodeActionKind: { QuickFix: 'quickfix' },
    languages: {
        createDiagnosticCollection: () => ({
            set: (where, list) => published(list),
            clear: () => {},
        }),
        registerHoverProvider: register('hover'),
        registerCompletionItemProvider: register('completion'),
        registerDefinitionProvider: register('definition'),
        registerReferenceProvider: register('references'),
        registerDocumentHighlightProvider: register('highlight'),
        registerRenameProvider: register('rename'),
        registerDocumentSymbolProvider: register('symbols'),
        registerDocumentFormattingEditProvider: register('formatting'),
        registerCodeActionsProvider: register('actions'),
    },
    commands: { registerCommand: (name, handler) => (handlers.restart = handler) },
    window: { showErrorMessage: (message) => shown.push(message) },
    workspace: {
        textDocuments: [document],
        workspaceFolders: [{ uri: uri(pathToFileURL(path.dirname(file)).toString()) }],
        getConfiguration: () => ({ get: (name, other) => (name === 'path' ? command.value : other) }),
        onDidOpenTextDocument: listen('open'),
        onDidChangeTextDocument: listen('change'),
        onDidCloseTextDocument: listen('close'),
    },
};
const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? vscode : load(name, ...rest));

const next = () => new Promise((resolve) => (published = resolve));

async function main() {
    const extension = require(path.join(folder, 'extension.js'));
    const found = {};
    let waiting = next();
    await extension.activate({ subscriptions: [] });
    found.opened = await waiting;
    const at = { line: 2, character: 10 }; // tau
    found.hover = await providers.hover.provideHover(document, at);
    found.completion = await providers.completion.provideCompletionItems(document, { line: 3, character: 14 });
    found.definition = await providers.definition.provideDefinition(document, { line: 3, character: 16 });
    found.references = await providers.references.provideReferences(document, at);
    found.highlight = await providers.highlight.provideDocumentHighlights(document, at);
    found.prepared = await providers.rename.prepareRename(document, at);
    found.rename = await providers.rename.provideRenameEdits(document, at, 'tau_m');
    found.symbols = await providers.symbols.provideDocumentSymbols(document);
    found.formatting = await providers.formatting.provideDocumentFormattingEdits(document);
    document.version = 2;
    waiting = next();
    handlers.change({ document, contentChanges: [{ range: new Range(1, 8, 1, 10), text: '' }] });
    found.changed = await waiting;
    found.actions = await providers.actions.provideCodeActions(document, new Range(1, 0, 1, 11));
    waiting = next();
    await handlers.restart();
    found.restarted = await waiting;
    found.shownBefore = [...shown];
    command.value = '/no/such/hhc';
    await handlers.restart().catch(() => {});
    found.shown = shown;
    await extension.deactivate();
    console.log(JSON.stringify(found));
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
