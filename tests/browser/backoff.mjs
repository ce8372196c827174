// The worker of stream.js in a world of its own, whose clock is turned by hand: how long it waits
// between its attempts while the server is away, and what it asks for.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import vm from 'node:vm';

const asked = [];
const waits = [];
let source = null;
let due = null;

class EventSource {
  constructor(url) {
    this.listeners = {};
    asked.push(url);
    source = this;
  }

  addEventListener(type, listener) {
    this.listeners[type] = listener;
  }

  close() {}
}

const self = { postMessage() {} };
vm.runInNewContext(readFileSync(new URL('../../static/stream.js', import.meta.url), 'utf8'), {
  self,
  EventSource,
  setTimeout: (fn, ms) => { due = fn; waits.push(ms); },
  clearTimeout() {},
});

const hello = (id) => source.listeners.hello({ lastEventId: id, data: '{"pid": 1, "generation": 0}' });
const fail = () => source.listeners.error({});

self.onmessage({ data: { known: 'a-1' } });
hello('a-1');
for (let count = 0; count < 8; count += 1) {
  fail();
  due();
}
assert.deepEqual(waits.splice(0), [200, 400, 800, 1600, 3200, 3200, 3200, 3200]);
assert.deepEqual([...new Set(asked)], ['/_eddy/events?last=a-1']);

// Once it was there again, the next loss is a first one.
hello('a-2');
fail();
assert.deepEqual(waits, [200]);
due();
assert.equal(asked.at(-1), '/_eddy/events?last=a-2');
