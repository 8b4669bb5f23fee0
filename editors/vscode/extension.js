// SPDX-License-Identifier: MIT
// The extension: what VS Code asks goes to `hhc lsp`, what that answers becomes VS Code's objects.
'use strict';

const vscode = require('vscode');
const { Client } = require('./client');

const LANGUAGE = 'hhm';
let client = null;
let diagnostics = null;

const range = (r) =>
    new vscode.Range(r.start.line, r.start.character, r.end.line, r.end.character);
const location = (l) => new vscode.Location(vscode.Uri.parse(l.uri), range(l.range));
const place = (document, position) => ({
    textDocument: { uri: document.uri.toString() },
    position: { line: position.line, character: position.character },
});

function diagnostic(d) {
    // The protocol counts severities, kinds of symbols and kinds of completions from 1.
    const made = new vscode.Diagnostic(range(d.range), d.message, d.severity - 1);
    made.code = d.code;
    made.source = d.source;
    made.relatedInformation = d.relatedInformation.map(
        (r) => new vscode.DiagnosticRelatedInformation(location(r.location), r.message)
    );
    return made;
}

function edits(changes) {
    const made = new vscode.WorkspaceEdit();
    for (const [uri, list] of Object.entries(changes)) {
        list.forEach((e) => made.replace(vscode.Uri.parse(uri), range(e.range), e.newText));
    }
    return made;
}

function symbol(s) {
    const made = new vscode.DocumentSymbol(
        s.name, s.detail, s.kind - 1, range(s.range), range(s.selectionRange)
    );
    made.children = s.children.map(symbol);
    return made;
}

function completion(item) {
    const made = new vscode.CompletionItem(item.label, item.kind - 1);
    made.detail = item.detail;
    return made;
}

const ask = (method, document, position, more = {}) =>
    client.request(`textDocument/${method}`, { ...place(document, position), ...more });
const askAll = (method, document, more = {}) =>
    client.request(`textDocument/${method}`, {
        textDocument: { uri: document.uri.toString() },
        ...more,
    });

const hoverProvider = {
    async provideHover(document, position) {
        const found = await ask('hover', document, position);
        return found && new vscode.Hover(new vscode.MarkdownString(found.contents.value), range(found.range));
    },
};
const completionProvider = {
    async provideCompletionItems(document, position) {
        return (await ask('completion', document, position)).items.map(completion);
    },
};
const definitionProvider = {
    async provideDefinition(document, position) {
        const found = await ask('definition', document, position);
        return found && location(found);
    },
};
const referenceProvider = {
    async provideReferences(document, position) {
        return (await ask('references', document, position)).map(location);
    },
};
const highlightProvider = {
    async provideDocumentHighlights(document, position) {
        const found = await ask('documentHighlight', document, position);
        return found.map((h) => new vscode.DocumentHighlight(range(h.range)));
    },
};
const renameProvider = {
    async prepareRename(document, position) {
        const found = await ask('prepareRename', document, position);
        if (!found) {
            throw new Error('there is no name that the text defines');
        }
        return range(found);
    },
    async provideRenameEdits(document, position, newName) {
        return edits((await ask('rename', document, position, { newName })).changes);
    },
};
const symbolProvider = {
    async provideDocumentSymbols(document) {
        return (await askAll('documentSymbol', document)).map(symbol);
    },
};
const formattingProvider = {
    async provideDocumentFormattingEdits(document) {
        const found = await askAll('formatting', document, { options: {} });
        return found.map((e) => vscode.TextEdit.replace(range(e.range), e.newText));
    },
};
const actionProvider = {
    async provideCodeActions(document, where) {
        const asked = { range: { start: where.start, end: where.end }, context: {} };
        return (await askAll('codeAction', document, asked)).map((action) => {
            const made = new vscode.CodeAction(action.title, vscode.CodeActionKind.QuickFix);
            made.edit = edits(action.edit.changes);
            made.diagnostics = action.diagnostics.map(diagnostic);
            return made;
        });
    },
};

const isOurs = (document) => document.languageId === LANGUAGE;

function opened(document) {
    if (isOurs(document)) {
        client.notify('textDocument/didOpen', {
            textDocument: {
                uri: document.uri.toString(),
                languageId: LANGUAGE,
                version: document.version,
                text: document.getText(),
            },
        });
    }
}

function changed(event) {
    if (isOurs(event.document) && event.contentChanges.length > 0) {
        client.notify('textDocument/didChange', {
            textDocument: { uri: event.document.uri.toString(), version: event.document.version },
            contentChanges: event.contentChanges.map((c) => ({ range: c.range, text: c.text })),
        });
    }
}

function closed(document) {
    if (isOurs(document)) {
        client.notify('textDocument/didClose', { textDocument: { uri: document.uri.toString() } });
    }
}

async function start() {
    const settings = vscode.workspace.getConfiguration('hodgpy');
    const paths = settings.get('importPath', []).flatMap((path) => ['-I', path]);
    const onNotification = (method, params) => {
        if (method === 'textDocument/publishDiagnostics') {
            diagnostics.set(vscode.Uri.parse(params.uri), params.diagnostics.map(diagnostic));
        }
    };
    const command = settings.get('path', 'hhc');
    const own = new Client(command, ['lsp', ...paths], onNotification, (reason) => {
        if (client === own) {
            vscode.window.showErrorMessage(
                `hodgpy: the language server \`${command} lsp\` does not run: ${reason}. ` +
                    'Set hodgpy.path to the command hhc.'
            );
        }
    });
    client = own;
    const folder = (vscode.workspace.workspaceFolders || [])[0];
    await client.request('initialize', {
        processId: process.pid,
        rootUri: folder ? folder.uri.toString() : null,
        capabilities: {},
    });
    client.notify('initialized', {});
    vscode.workspace.textDocuments.forEach(opened);
}

async function stop() {
    const old = client;
    client = null;
    if (old !== null) {
        await old.stop().catch(() => {});
    }
}

async function activate(context) {
    diagnostics = vscode.languages.createDiagnosticCollection(LANGUAGE);
    const l = vscode.languages;
    context.subscriptions.push(
        diagnostics,
        vscode.commands.registerCommand('hodgpy.restart', async () => {
            await stop();
            diagnostics.clear();
            await start();
        }),
        l.registerHoverProvider(LANGUAGE, hoverProvider),
        l.registerCompletionItemProvider(LANGUAGE, completionProvider, '.', ':', '('),
        l.registerDefinitionProvider(LANGUAGE, definitionProvider),
        l.registerReferenceProvider(LANGUAGE, referenceProvider),
        l.registerDocumentHighlightProvider(LANGUAGE, highlightProvider),
        l.registerRenameProvider(LANGUAGE, renameProvider),
        l.registerDocumentSymbolProvider(LANGUAGE, symbolProvider),
        l.registerDocumentFormattingEditProvider(LANGUAGE, formattingProvider),
        l.registerCodeActionsProvider(LANGUAGE, actionProvider),
        vscode.workspace.onDidOpenTextDocument(opened),
        vscode.workspace.onDidChangeTextDocument(changed),
        vscode.workspace.onDidCloseTextDocument(closed)
    );
    await start().catch(() => {}); // the message was shown
}

module.exports = { activate, deactivate: stop };
