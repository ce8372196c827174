/*
 * The one connection of a browser to the server, shared by all pages of a site.
 *
 * A browser opens six connections to one server, so a stream for each page would leave none for the
 * seventh. This runs as a worker. A page joins by posting {known}, the id of the last change that is in it, and
 * leaves by posting {leaves: true}. Every page is told:
 *
 *   {type: "hello", id, from, events, fault, pid, generation}
 *                                                         connected; `events` are those behind the id `from`, `fault`
 *                                                         is the one, {id, data}, that stands, or null
 *   {type: "reload" | "css" | "image" | "error" | "ok", id, data}
 *   {type: "lost"}                                        the server is away
 *
 * Which of the events a page has in it already is for the page to say.
 */
(function () {
  'use strict';

  const STREAM = '/_eddy/events';
  const TYPES = ['reload', 'css', 'image', 'error', 'ok'];
  const FIRST_WAIT_MS = 200;
  const LONGEST_WAIT_MS = 3200;
  const RECORD_MAX = 64;

  const pages = new Set();
  let source = null;
  let timer = 0;
  let waitMs = FIRST_WAIT_MS;
  let server = null; // what it said of itself, while it is connected
  let last = null; // id of the last change
  let from = null; // id that the record begins behind
  let record = [];
  let fault = null; // the one that stands: no page shows it by itself

  const bootOf = (id) => id && id.split('-')[0];
  const seqOf = (id) => Number(id.split('-')[1]);

  function tell(message) {
    for (const page of pages) {
      page.postMessage(message);
    }
  }

  const hello = () => ({ type: 'hello', id: last, from, events: record, fault, ...server });

  // Another start of the server counts anew: there is no telling what has changed since.
  function moveTo(id) {
    if (bootOf(id) !== bootOf(from)) {
      from = id;
      record = [];
    }
    last = id;
  }

  function isPast(id) {
    return last !== null && bootOf(id) === bootOf(last) && seqOf(id) <= seqOf(last);
  }

  function pass(event) {
    const message = { type: event.type, id: event.lastEventId, data: JSON.parse(event.data) };
    if (message.data.stands) {
      fault = message;
    } else if (message.type === 'ok') {
      fault = null;
    }
    // A fault that stood before is told anew with each connection, for "hello".
    if (message.data.stands && isPast(message.id)) {
      return;
    }
    moveTo(message.id);
    if (message.id !== from) {
      record.push(message);
    }
    if (record.length > RECORD_MAX) {
      from = record.shift().id;
    }
    tell(message);
  }

  // The first event of each connection, behind those that were missed, says where the server is.
  function greet(event) {
    const { pid, generation } = JSON.parse(event.data);
    moveTo(event.lastEventId);
    waitMs = FIRST_WAIT_MS;
    server = { pid, generation };
    tell(hello());
  }

  // A stream that ends is opened again; only if that fails is the server away.
  function lose() {
    close();
    if (!server) {
      tell({ type: 'lost' });
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
    server = null;
    timer = setTimeout(open, waitMs);
  }

  // With the last id the server tells what has happened since.
  function open() {
    close();
    fault = null;
    source = new EventSource(last ? STREAM + '?last=' + last : STREAM);
    source.addEventListener('hello', greet);
    for (const type of TYPES) {
      // A lost connection is an "error" too: one without data.
      source.addEventListener(type, (event) => ('data' in event ? pass(event) : lose()));
    }
  }

  function close() {
    clearTimeout(timer);
    if (source) {
      source.close();
    }
    source = null;
  }

  function join(page, known) {
    pages.add(page);
    if (server) {
      page.postMessage(hello());
      return;
    }
    if (!last) {
      last = known;
      from = known;
    }
    // It came from the server a moment ago, so this is no time to wait.
    if (!source) {
      open();
    }
  }

  function leave(page) {
    pages.delete(page);
    if (pages.size === 0) {
      close();
      server = null;
      last = null;
      from = null;
      record = [];
      fault = null;
    }
  }

  function listen(page) {
    page.onmessage = ({ data }) => (data.leaves ? leave(page) : join(page, data.known));
  }

  if ('SharedWorkerGlobalScope' in self) {
    onconnect = ({ ports }) => listen(ports[0]);
  } else {
    listen(self);
  }
}());
