/*
 * The reload client. The server puts it into every HTML page while it watches.
 *
 * It reads from top to bottom: what is remembered, what a page keeps across a
 * reload, how stylesheets and images are swapped, how a fault is shown, what is
 * done with each change, and last how the page hears of changes: from stream.js, a worker
 * that all pages share. It works under "default-src 'self'": no inline script or
 * style, no eval, no request but to where the page came from.
 */
(function () {
  'use strict';

  // Its data say where stream.js is (data-stream), the id of the last change that is in the page (data-id),
  // and whether the page is one of eddy's own, which any change may concern (data-own).
  const script = document.currentScript;

  /* Memory: outlives a reload, belongs to this tab. Storage may be forbidden. */

  function remember(name, value) {
    try {
      sessionStorage.setItem('eddy.' + name, JSON.stringify(value));
    } catch {
      // Without storage the page forgets its place, and nothing else.
    }
  }

  function recall(name) {
    try {
      return JSON.parse(sessionStorage.getItem('eddy.' + name));
    } catch {
      return null;
    }
  }

  /* The place: scroll, focus and typed text that a reload must not lose. */

  const UNKEPT_TYPES = /^(password|file|hidden|submit|button|image|reset)$/;
  const SECRETS = /password|one-time-code|^cc-/;

  // An element's position as child numbers from the root down.
  function stepsTo(element) {
    const steps = [];
    for (; element.parentElement; element = element.parentElement) {
      steps.unshift(Array.prototype.indexOf.call(element.parentElement.children, element));
    }
    return steps;
  }

  function elementAt(steps) {
    return steps.reduce((element, step) => element && element.children[step], document.documentElement);
  }

  const optionsOf = (field, property) => Array.from(field.options)
    .filter((option) => option[property]).map((option) => option.value);

  // How what the user made of a field is read, what it was in the page, and how it is put back.
  const CHECKED = [
    (field) => field.checked, (field) => field.defaultChecked, (field, value) => { field.checked = value; },
  ];
  const TEXT = [
    (field) => field.value, (field) => field.defaultValue, (field, value) => { field.value = value; },
  ];
  const CHOSEN = [
    (field) => optionsOf(field, 'selected'), (field) => optionsOf(field, 'defaultSelected'),
    (field, values) => {
      for (const option of field.options) {
        option.selected = values.includes(option.value);
      }
    },
  ];
  const ACCESS = { checkbox: CHECKED, radio: CHECKED, 'select-one': CHOSEN, 'select-multiple': CHOSEN };

  // The form fields, each with a key that holds wherever the field moves to.
  function keyedFields() {
    const counts = {};
    return Array.from(document.querySelectorAll('input, textarea, select'), (field) => {
      const kind = [field.type, field.name || field.id].join(' ');
      counts[kind] = (counts[kind] || 0) + 1;
      return [kind + ' ' + counts[kind], field];
    }).filter(([, field]) => !UNKEPT_TYPES.test(field.type) && !SECRETS.test(field.autocomplete));
  }

  // Only what differs from what the page gave is the user's.
  function typedFields() {
    const typed = {};
    for (const [key, field] of keyedFields()) {
      const [read, readDefault] = ACCESS[field.type] || TEXT;
      if (String(read(field)) !== String(readDefault(field))) {
        typed[key] = read(field);
      }
    }
    return typed;
  }

  function restoreFields(typed) {
    for (const [key, field] of keyedFields()) {
      if (key in typed) {
        (ACCESS[field.type] || TEXT)[2](field, typed[key]);
        field.dispatchEvent(new Event('input', { bubbles: true }));
        field.dispatchEvent(new Event('change', { bubbles: true }));
      }
    }
  }

  function keepPlace() {
    const scrolled = Array.from(document.querySelectorAll('body *'))
      .filter((element) => element.scrollTop || element.scrollLeft)
      .map((element) => [stepsTo(element), element.scrollLeft, element.scrollTop]);
    const active = document.activeElement || document.body;
    remember('place', {
      url: location.href, left: scrollX, top: scrollY, scrolled, fields: typedFields(),
      focus: stepsTo(active), selection: [active.selectionStart, active.selectionEnd],
    });
  }

  function restoreScroll(place) {
    scrollTo({ left: place.left, top: place.top, behavior: 'instant' });
    for (const [steps, left, top] of place.scrolled) {
      const element = elementAt(steps);
      if (element) {
        element.scrollTo({ left, top, behavior: 'instant' });
      }
    }
  }

  function restoreFocus(place) {
    const element = elementAt(place.focus);
    if (element && element !== document.body) {
      element.focus({ preventScroll: true });
      if (typeof place.selection[0] === 'number' && element.setSelectionRange) {
        element.setSelectionRange(...place.selection);
      }
    }
  }

  function restorePlace() {
    const place = recall('place');
    remember('place', null);
    if (!place || place.url !== location.href) {
      return;
    }
    restoreFields(place.fields);
    restoreScroll(place);
    restoreFocus(place);
    // What loads late, style or images, may have made the page too short for the
    // first try. A reader who has moved meanwhile is left alone.
    let moved = false;
    for (const type of ['wheel', 'touchmove', 'keydown', 'pointerdown']) {
      addEventListener(type, () => { moved = true; }, { capture: true, once: true, passive: true });
    }
    addEventListener('load', () => moved || restoreScroll(place));
  }

  let stale = false;

  // Nobody looks at a hidden tab: it reloads when it is shown.
  function reload() {
    stale = true;
    if (!document.hidden) {
      keepPlace();
      remember('reloaded', known);
      location.reload();
    }
  }

  /* The live dot: any element with data-eddy-live shows how the page is connected. */

  const live = { state: 'connecting', phrase: 'no live reload', pid: '–', generation: '–' };

  function showLive(news) {
    Object.assign(live, news);
    for (const element of document.querySelectorAll('[data-eddy-live]')) {
      element.dataset.state = live.state;
      for (const name of ['phrase', 'pid', 'generation']) {
        const part = element.querySelector('[data-eddy-' + name + ']');
        if (part && part.textContent !== String(live[name])) {
          part.textContent = live[name];
        }
      }
    }
  }

  function blink() {
    for (const element of document.querySelectorAll('[data-eddy-live]')) {
      delete element.dataset.blink;
      void element.offsetWidth; // Without a layout between, the animation would not start again.
      element.dataset.blink = '';
    }
  }

  /* Changed files: which of the page's addresses name them, and their new address. */

  // Returns a function that maps an address to its new form, or to null if the
  // file behind it has not changed. The new form has the server's version where there
  // is one; else, with a stamp, a parameter that no cache knows.
  function renamer(change, stamp) {
    const changed = new Map(change.paths.map((path, at) => {
      const url = new URL(change.urls[at], location.origin);
      return [url.pathname, url.searchParams.get('v')];
    }));
    return function (address, base) {
      const url = URL.canParse(address, base) ? new URL(address, base) : null;
      if (!url || url.origin !== location.origin || !changed.has(url.pathname)) {
        return null;
      }
      const version = changed.get(url.pathname);
      return version ? withParameter(url, 'v', version) : stamp && withParameter(url, 'eddy', stamp);
    };
  }

  function withParameter(url, name, value) {
    const copy = new URL(url);
    copy.searchParams.set(name, value);
    return copy.pathname + copy.search + copy.hash;
  }

  // Ends a swap of `count` addresses. What the page has loaded by means that can't be swapped
  // needs a reload; what it has not loaded at all doesn't concern it.
  function endSwap(change, stamp, count) {
    const rename = renamer(change, stamp);
    const texts = Array.from(document.querySelectorAll('[data-eddy-url]'))
      .filter((element) => rename(element.textContent, document.baseURI));
    for (const element of texts) {
      element.textContent = rename(element.textContent, document.baseURI);
    }
    if (count + texts.length > 0) {
      blink();
    } else if (performance.getEntriesByType('resource').some((entry) => rename(entry.name))) {
      reload();
    }
  }

  /* Stylesheets */

  const successors = new Map(); // sheet's element → the one that loads beside it

  // None while the sheet loads, or if it is from elsewhere.
  function rulesOf(sheet) {
    try {
      return Array.from(sheet.cssRules);
    } catch {
      return [];
    }
  }

  // Whether the sheet imports one that has changed, at any depth.
  function importsChanged(sheet, rename) {
    return rulesOf(sheet).some((rule) => rule instanceof CSSImportRule
      && (rename(rule.href, sheet.href || document.baseURI) || importsChanged(rule.styleSheet, rename)));
  }

  // The old sheet stays until the new one is there, so that the page is never
  // without; and for good if the new one is missing or empty. Until then the new
  // one is for no medium, so that no frame is drawn with both.
  function replaceSheet(element, address) {
    const next = element.cloneNode(true);
    if (successors.has(element)) {
      successors.get(element).remove();
    }
    successors.set(element, next);
    const settle = (loaded) => {
      if (successors.get(element) !== next) {
        return;
      }
      successors.delete(element);
      if (loaded && rulesOf(next.sheet).length > 0) {
        next.media = element.media;
        element.remove();
      } else {
        next.remove();
      }
    };
    next.addEventListener('load', () => settle(true));
    next.addEventListener('error', () => settle(false));
    next.media = 'not all';
    if (address) {
      next.removeAttribute('integrity');
      next.href = address;
    }
    element.after(next);
  }

  function swapSheets(change, stamp) {
    const rename = renamer(change, stamp);
    const loading = Array.from(successors.values());
    let count = 0;
    for (const element of document.querySelectorAll('link[rel~="stylesheet" i], style')) {
      const address = element.href && rename(element.href, document.baseURI);
      const imports = !address && importsChanged(element.sheet, rename);
      if ((address || imports) && !loading.includes(element)) {
        replaceSheet(element, address || (element.href && withParameter(element.href, 'eddy', stamp)));
        count += 1;
      }
    }
    endSwap(change, stamp, count);
  }

  /* Images */

  const IMAGE_ATTRIBUTES = [
    ['img, input[type="image"], embed', 'src'], ['img, source', 'srcset'], ['video', 'poster'], ['object', 'data'],
    ['image, use, feImage', 'href'], ['image, use', 'xlink:href'], ['link[rel~="icon" i]', 'href'],
  ];

  // Each of these returns how many addresses it has changed.

  function swapAttributes(rename) {
    let count = 0;
    for (const [selector, name] of IMAGE_ATTRIBUTES) {
      for (const element of document.querySelectorAll(selector)) {
        const old = element.getAttribute(name) || '';
        const pattern = name === 'srcset' ? /[^\s,]\S*[^\s,]/g : /^.+$/s;
        const value = old.replace(pattern, (address) => rename(address, document.baseURI) || address);
        if (value !== old) {
          element.setAttribute(name, value);
          count += 1;
        }
      }
    }
    return count;
  }

  function swapStyle(style, base, rename) {
    let count = 0;
    for (const property of style) {
      const old = style.getPropertyValue(property);
      const value = old.replace(/url\(\s*(["']?)((?:[^"'\\]|\\.)*?)\1\s*\)/g, (whole, quote, address) => {
        const renamed = rename(address, base);
        return renamed ? 'url("' + renamed + '")' : whole;
      });
      if (value !== old) {
        style.setProperty(property, value, style.getPropertyPriority(property));
        count += 1;
      }
    }
    return count;
  }

  function swapRules(container, base, rename) {
    let count = 0;
    for (const rule of rulesOf(container)) {
      count += rule.style ? swapStyle(rule.style, base, rename) : 0;
      const imported = rule.styleSheet;
      count += imported ? swapRules(imported, imported.href, rename) : swapRules(rule, base, rename);
    }
    return count;
  }

  function swapImages(change, stamp) {
    const rename = renamer(change, stamp);
    let count = swapAttributes(rename);
    for (const sheet of document.styleSheets) {
      count += swapRules(sheet, sheet.href || document.baseURI, rename);
    }
    for (const element of document.querySelectorAll('[style*="url("]')) {
      count += swapStyle(element.style, document.baseURI, rename);
    }
    endSwap(change, stamp, count);
  }

  /* The overlay: a fault, over the page that still stands. What it looks like is loaded with the first one. */

  const OVERLAY = '/_eddy/overlay.js';

  let overlay = null;
  let fault = null; // the one that is to be seen
  let faultId = null; // of the one that was shown last, hidden since or not

  async function showFault(news, id) {
    if (id === faultId) {
      return;
    }
    fault = news;
    faultId = id;
    if (!overlay) {
      overlay = document.createElement('eddy-fault');
      const loader = document.createElement('script');
      loader.src = OVERLAY;
      overlay.append(loader);
      document.documentElement.append(overlay);
    }
    await customElements.whenDefined('eddy-fault');
    if (fault === news) {
      overlay.show(news);
    }
  }

  function hideFault() {
    fault = null;
    if (overlay && overlay.hide) {
      overlay.hide();
    }
  }

  /* Changes: each has an id, BOOT-SEQ, where SEQ counts from one start of the server to the next. */

  // Whether one who stands at the id `at` has the change `id`.
  function includes(at, id) {
    const [[boot, seq], [otherBoot, otherSeq]] = [at.split('-'), id.split('-')];
    return boot === otherBoot && Number(seq) >= Number(otherSeq);
  }

  // Where the page stands: at what was in it when it was asked for, or at the change that made it reload.
  function firstKnown() {
    const [given, reloaded] = [script.dataset.id, recall('reloaded')];
    return given && reloaded && includes(given, reloaded) ? given : reloaded || given;
  }

  let known = firstKnown();

  const ACTIONS = { reload, css: swapSheets, image: swapImages, error: showFault, ok: hideFault };
  const OWN_ACTIONS = { ...ACTIONS, css: reload, image: reload };

  function act({ type, id, data }) {
    if (!stale && !(known && includes(known, id))) {
      known = id;
      ('own' in script.dataset ? OWN_ACTIONS : ACTIONS)[type](data, id);
    }
  }

  function greet({ id, from, events, fault: standing, pid, generation }) {
    known = known || id;
    if (includes(known, from)) {
      events.forEach(act);
      if (standing) {
        showFault(standing.data, standing.id);
      }
    } else {
      known = id;
      reload();
    }
    script.dataset.state = 'connected';
    showLive({ state: 'connected', phrase: 'connected', pid, generation });
  }

  function lose() {
    script.dataset.state = 'disconnected';
    showLive({ state: 'disconnected', phrase: 'the server is away' });
  }

  function receive(message) {
    ({ hello: greet, lost: lose }[message.type] || act)(message);
  }

  /* The connection. Each way is given what to do if it fails, and returns how to send and how to leave. */

  const stream = () => script.dataset.stream;

  // One worker for all pages.
  function connectShared(fail) {
    const worker = new SharedWorker(stream());
    worker.onerror = fail;
    worker.port.onmessage = ({ data }) => receive(data);
    return {
      send: (message) => worker.port.postMessage(message),
      leave: () => {
        worker.port.postMessage({ leaves: true });
        worker.port.close();
      },
    };
  }

  // A worker of the page's own, whose messages others may hear too.
  function connectAlone(fail, hear = () => {}) {
    const worker = new Worker(stream());
    worker.onerror = fail;
    worker.onmessage = ({ data }) => {
      receive(data);
      hear(data);
    };
    return { send: (message) => worker.postMessage(message), leave: () => worker.terminate() };
  }

  // One page leads: the one that holds the lock has the worker, and the others speak with it by
  // the channel. When it goes, the next one gets the lock.
  function connectElected(fail) {
    const channel = new BroadcastChannel('eddy');
    const waiting = new AbortController();
    let led = null;
    let resign = () => {};
    const lead = () => new Promise((resolve) => {
      resign = resolve;
      led = connectAlone(fail, (message) => channel.postMessage(message));
      led.send({ known });
    });
    channel.onmessage = ({ data }) => {
      if (!('known' in data)) {
        receive(data);
      } else if (led) {
        led.send(data);
      }
    };
    navigator.locks.request('eddy', { signal: waiting.signal }, lead).catch(() => {});
    return {
      send: (message) => (led || { send: (text) => channel.postMessage(text) }).send(message),
      leave: () => {
        waiting.abort();
        channel.close();
        if (led) {
          led.leave();
        }
        resign();
      },
    };
  }

  const WAYS = [
    [connectShared, 'SharedWorker' in window],
    [connectElected, 'locks' in navigator && 'BroadcastChannel' in window],
    [connectAlone, true],
  ].filter(([, isThere]) => isThere).map(([way]) => way);

  const ANEW_MS = 2000;
  let connection = null;

  // A policy of the page may forbid a way, or the server was away when the worker was to be loaded.
  function connect(at = 0) {
    const next = () => {
      disconnect();
      lose();
      setTimeout(() => connect((at + 1) % WAYS.length), at + 1 < WAYS.length ? 0 : ANEW_MS);
    };
    try {
      connection = WAYS[at](next);
      connection.send({ known });
    } catch {
      next();
    }
  }

  function disconnect() {
    if (connection) {
      connection.leave();
    }
    connection = null;
  }

  function begin() {
    showLive({});
    restorePlace();
    if (recall('reloaded')) {
      remember('reloaded', null);
      blink();
    }
  }

  // The script may come before the page is whole, or after.
  if (document.readyState === 'loading') {
    document.addEventListener('DOMContentLoaded', begin);
  } else {
    begin();
  }
  document.addEventListener('visibilitychange', () => {
    if (stale) {
      reload();
    } else if (!document.hidden && connection) {
      connection.send({ known });
    }
  });
  // A page that is left, perhaps to be shown again, must not hold a connection.
  addEventListener('pagehide', disconnect);
  addEventListener('pageshow', (event) => event.persisted && connect());
  connect();
}());
