/*
 * The reload client. The server puts it into every HTML page while it watches.
 *
 * It reads from top to bottom: what is remembered, what a page keeps across a
 * reload, how stylesheets and images are swapped, how a fault is shown, and
 * last the stream that drives them. It works under "default-src 'self'": no
 * inline script or style, no eval, no request but to where the page came from.
 */
(function () {
  'use strict';

  const STREAM = '/_eddy/events';
  const FIRST_WAIT_MS = 250;
  const LONGEST_WAIT_MS = 5000;

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

  // The form fields, each with a key that holds wherever the field moves to.
  function keyedFields() {
    const counts = {};
    return Array.from(document.querySelectorAll('input, textarea, select'), (field) => {
      const kind = [field.type, field.name || field.id].join(' ');
      counts[kind] = (counts[kind] || 0) + 1;
      return [kind + ' ' + counts[kind], field, /^(checkbox|radio)$/.test(field.type) ? 'checked' : 'value'];
    }).filter(([, field]) => !UNKEPT_TYPES.test(field.type));
  }

  // Only what differs from what the page gave is the user's.
  function typedFields() {
    const defaults = { checked: 'defaultChecked', value: 'defaultValue' };
    return Object.fromEntries(keyedFields()
      .filter(([, field, property]) => field[property] !== field[defaults[property]])
      .map(([key, field, property]) => [key, field[property]]));
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
    for (const [key, field, property] of keyedFields()) {
      if (key in place.fields) {
        field[property] = place.fields[key];
        field.dispatchEvent(new Event('input', { bubbles: true }));
      }
    }
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
  // file behind it has not changed. The new form is the server's where it gave
  // a version; else, with a stamp, one that no cache knows.
  function renamer(change, stamp) {
    const versions = change.urls || [];
    const changed = change.paths.map((path, at) => new URL(versions[at] || path, location.origin));
    return function (address, base) {
      const url = URL.canParse(address, base) ? new URL(address, base) : null;
      const fresh = url && url.origin === location.origin
        && changed.find((candidate) => candidate.pathname === url.pathname);
      if (!fresh) {
        return null;
      }
      return fresh.search ? fresh.pathname + fresh.search : stamp && stamped(url, stamp);
    };
  }

  function stamped(url, stamp) {
    const copy = new URL(url);
    copy.searchParams.set('eddy', stamp);
    return copy.pathname + copy.search;
  }

  // Shows a swap where a reload would have: in addresses that are text, and on the dot.
  function showSwap(change) {
    const rename = renamer(change);
    for (const element of document.querySelectorAll('[data-eddy-url]')) {
      element.textContent = rename(element.textContent, document.baseURI) || element.textContent;
    }
    blink();
  }

  /* Stylesheets */

  const successors = new Map(); // link → the link that loads beside it

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
  // without; and for good if the new one is missing or empty.
  function replaceSheet(link, address) {
    const next = link.cloneNode();
    if (successors.has(link)) {
      successors.get(link).remove();
    }
    successors.set(link, next);
    const settle = (loaded) => {
      if (successors.get(link) === next) {
        successors.delete(link);
        (loaded && rulesOf(next.sheet).length > 0 ? link : next).remove();
      }
    };
    next.addEventListener('load', () => settle(true));
    next.addEventListener('error', () => settle(false));
    next.removeAttribute('integrity');
    next.href = address;
    link.after(next);
  }

  function swapSheets(change, stamp) {
    const rename = renamer(change, stamp);
    const loading = Array.from(successors.values());
    for (const link of document.querySelectorAll('link[rel~="stylesheet" i]')) {
      const address = rename(link.href, document.baseURI)
        || (importsChanged(link.sheet, rename) && stamped(link.href, stamp));
      if (address && !loading.includes(link)) {
        replaceSheet(link, address);
      }
    }
    showSwap(change);
  }

  /* Images */

  const IMAGE_ATTRIBUTES = [
    ['img, input[type="image"]', 'src'], ['img, source', 'srcset'], ['video', 'poster'],
    ['image', 'href'], ['link[rel~="icon" i]', 'href'],
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
      const value = old.replace(/url\("((?:[^"\\]|\\.)*)"\)/g, (whole, address) => {
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
    if (count > 0) {
      showSwap(change);
    } else {
      reload();
    }
  }

  /* The overlay: a fault, over the page that still stands. */

  // No rem: it is the page that says how large that is.
  const OVERLAY_STYLE = `
    :host { all: initial; color-scheme: light dark; --paper: #fdfdfb; --ink: #17211f; --faint: #56635f;
      --line: #d8ddd6; --fault: #a62a1c; --wash: #fbe6e0; --mark: #ffc9bb; }
    @media (prefers-color-scheme: dark) {
      :host { --paper: #171f1d; --ink: #e0e8e4; --faint: #97a5a0;
        --line: #2b3633; --fault: #ff9482; --wash: #331b17; --mark: #7a2c20; } }
    dialog { background: var(--paper); border: 0; border-top: 4px solid var(--fault); border-radius: 8px;
      box-sizing: border-box; color: var(--ink); font: 16px/1.6 system-ui, sans-serif; max-height: 85vh;
      max-width: min(960px, 94vw); overflow: auto; padding: clamp(16px, 4vw, 32px); width: 100%; }
    dialog::backdrop { background: rgb(10 16 15 / 60%); }
    h1 { color: var(--fault); font-size: 24px; line-height: 1.25; margin: 0; }
    p { margin: 8px 0; overflow-wrap: anywhere; }
    button { background: none; border: 1px solid var(--line); border-radius: 6px; color: var(--faint);
      cursor: pointer; float: right; font: inherit; padding: 2px 12px; }
    .place, ol, pre { font: 14px/1.7 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
    .place { font-weight: 700; }
    ol { color: var(--faint); list-style: none; margin: 0; padding: 0; }
    pre { border: 1px solid var(--line); border-radius: 8px; margin: 12px 0; overflow: auto; padding: 8px 0; }
    pre:empty { display: none; }
    pre span { display: block; min-width: max-content; padding: 0 16px; }
    pre .fault { background: var(--wash); }
    mark { background: var(--mark); border-bottom: 2px solid var(--fault); color: inherit; }
    @media (max-width: 42rem) { pre span { min-width: 0; overflow-wrap: anywhere; white-space: pre-wrap; } }`;

  let dialog = null;

  function make(name, properties, ...children) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  }

  // In a shadow root, so that neither style reaches the other's page. A modal
  // dialog keeps the focus, hides on Escape and gives the focus back.
  function openDialog() {
    const style = new CSSStyleSheet();
    const host = document.createElement('eddy-fault');
    const root = host.attachShadow({ mode: 'open' });
    dialog = make('dialog', { role: 'alertdialog' });
    dialog.setAttribute('aria-labelledby', 'title');
    dialog.setAttribute('aria-describedby', 'about');
    style.replaceSync(OVERLAY_STYLE);
    root.adoptedStyleSheets = [style];
    root.append(dialog);
    document.documentElement.append(host);
  }

  function excerptLine(fault, line) {
    const number = String(line.number).padStart(4) + '  ';
    const text = line.fault && fault.marked !== undefined
      ? [fault.before, make('mark', {}, fault.marked || ' '), fault.after] : [line.text];
    return make('span', { className: line.fault ? 'fault' : '' }, number, ...text, '\n');
  }

  const placeOf = (fault) => [fault.file, fault.line, fault.column].filter(Boolean).join(':');

  function showFault(fault) {
    if (!dialog) {
      openDialog();
    }
    const lines = fault.excerpt || [{ number: fault.line, text: fault.source, fault: true }];
    const frames = (fault.frames || []).map((frame) => make('li', {}, frame.what + ' ' + placeOf(frame)));
    dialog.replaceChildren(
      make('button', { type: 'button', onclick: () => dialog.close() }, 'Hide (Esc)'),
      make('h1', { id: 'title' }, fault.type),
      make('div', { id: 'about' }, make('p', {}, fault.message), make('p', { className: 'place' }, placeOf(fault))),
      make('p', {}, fault.hint || ''),
      make('pre', { tabIndex: 0 }, ...(fault.source ? lines.map((line) => excerptLine(fault, line)) : [])),
      make('ol', {}, ...frames));
    if (!dialog.open) {
      dialog.showModal();
    }
  }

  function hideFault() {
    if (dialog) {
      dialog.close();
      dialog.getRootNode().host.remove();
      dialog = null;
    }
  }

  /* The stream */

  const ACTIONS = { reload, css: swapSheets, image: swapImages, error: showFault, ok: hideFault };

  let source = null;
  let waitMs = FIRST_WAIT_MS;
  let known = recall('reloaded'); // the last id that this page has seen, or the one whose reload brought it

  function act(event) {
    if (!stale) {
      known = event.lastEventId;
      ACTIONS[event.type](JSON.parse(event.data), known);
    }
  }

  // The first event of each connection, behind those that were missed, says where the server is.
  function greet(event) {
    const { pid, generation } = JSON.parse(event.data);
    showLive({ state: 'connected', phrase: 'connected', pid, generation });
    waitMs = FIRST_WAIT_MS;
    known = event.lastEventId;
  }

  // The browser opens a broken stream again, but for one that was refused.
  function lose() {
    showLive({ state: 'disconnected', phrase: 'the server is away' });
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(open, waitMs);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
  }

  // With the last id the server tells what has happened since. A browser that
  // reconnects by itself gives it in a header.
  function open() {
    if (source) {
      source.close();
    }
    source = new EventSource(known ? STREAM + '?last=' + known : STREAM);
    source.addEventListener('hello', greet);
    for (const type of Object.keys(ACTIONS)) {
      // A lost connection is an "error" too: one without data.
      source.addEventListener(type, (event) => ('data' in event ? act(event) : lose()));
    }
  }

  document.addEventListener('DOMContentLoaded', () => {
    showLive({});
    restorePlace();
    if (recall('reloaded')) {
      remember('reloaded', null);
      blink();
    }
  });
  document.addEventListener('visibilitychange', () => stale && reload());
  // A page that is left, perhaps to be shown again, must not hold a connection.
  addEventListener('pagehide', () => source.close());
  addEventListener('pageshow', (event) => event.persisted && open());
  open();
}());
