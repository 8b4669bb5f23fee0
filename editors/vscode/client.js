// SPDX-License-Identifier: MIT
// Speaks the Language Server Protocol with a child process: frames, requests and their answers.
'use strict';

const { spawn } = require('child_process');

class Client {
    /** Starts the server. `onNotification(method, params)`, `onEnd(reason)`. */
    constructor(command, args, onNotification, onEnd) {
        this.buffer = Buffer.alloc(0);
        this.next = 0;
        this.pending = new Map();
        this.onNotification = onNotification;
        this.ended = false;
        this.process = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
        const end = (reason) => {
            if (!this.ended) {
                this.ended = true;
                this.pending.forEach(({ reject }) => reject(new Error(reason)));
                this.pending.clear();
                onEnd(reason);
            }
        };
        this.process.on('error', (error) => end(error.message));
        this.process.on('exit', (code) => end(`it ended with code ${code}`));
        this.process.stdin.on('error', () => {}); // `exit` tells
        this.process.stdout.on('data', (data) => this.receive(data));
    }

    receive(data) {
        this.buffer = Buffer.concat([this.buffer, data]);
        for (;;) {
            const head = this.buffer.indexOf('\r\n\r\n');
            if (head < 0) {
                return;
            }
            const length = /content-length: *(\d+)/i.exec(this.buffer.toString('ascii', 0, head));
            const begin = head + 4;
            const end = begin + (length ? Number(length[1]) : 0);
            if (this.buffer.length < end) {
                return;
            }
            const message = JSON.parse(this.buffer.toString('utf8', begin, end));
            this.buffer = this.buffer.subarray(end);
            this.dispatch(message);
        }
    }

    dispatch(message) {
        if (message.method !== undefined) {
            this.onNotification(message.method, message.params);
            return;
        }
        const waiting = this.pending.get(message.id);
        this.pending.delete(message.id);
        if (waiting && message.error) {
            waiting.reject(new Error(message.error.message));
        } else if (waiting) {
            waiting.resolve(message.result);
        }
    }

    send(message) {
        if (!this.ended) {
            const text = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }), 'utf8');
            this.process.stdin.write(`Content-Length: ${text.length}\r\n\r\n`);
            this.process.stdin.write(text);
        }
    }

    notify(method, params) {
        this.send({ method, params });
    }

    request(method, params) {
        if (this.ended) {
            return Promise.reject(new Error('the language server does not run'));
        }
        const id = ++this.next;
        return new Promise((resolve, reject) => {
            this.pending.set(id, { resolve, reject });
            this.send({ id, method, params });
        });
    }

    /** Ends the server as the protocol wants it. */
    async stop() {
        if (!this.ended) {
            await this.request('shutdown', null);
            this.notify('exit', null);
        }
    }
}

module.exports = { Client };
