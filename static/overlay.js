/*
 * The element <eddy-fault>: a fault, over the page that still stands. client.js loads this with the
 * first fault, and speaks to the element by show(fault) and hide(), with the fault as site/fault.h has it.
 *
 * It takes the keyboard only from a reader, never from somebody who types; Escape hides it wherever the
 * focus is. It has a shadow root, so that neither style reaches the other's page, and a constructed
 * stylesheet, which the strictest policy allows.
 */
(function () {
  'use strict';

  // No rem: it is the page that says how large that is.
  const STYLE = `
    :host { all: initial; color-scheme: light dark; inset: 0; position: fixed; z-index: 2147483647;
      --paper: #fdfdfb; --ink: #17211f; --faint: #56635f; --line: #d8ddd6; --water: #08695f;
      --fault: #a62a1c; --wash: #fbe6e0; --mark: #ffc9bb; }
    :host([hidden]) { display: none; }
    @media (prefers-color-scheme: dark) {
      :host { --paper: #171f1d; --ink: #e0e8e4; --faint: #97a5a0; --line: #2b3633; --water: #64d2c1;
        --fault: #ff9482; --wash: #331b17; --mark: #7a2c20; } }
    .cover { background: rgb(10 16 15 / 60%); box-sizing: border-box; display: flex; height: 100%;
      overflow: auto; padding: clamp(8px, 3vh, 48px) 3vw; }
    dialog { background: var(--paper); border: 0; border-top: 4px solid var(--fault); border-radius: 8px;
      box-sizing: border-box; color: var(--ink); font: 16px/1.6 system-ui, sans-serif; height: fit-content;
      margin: auto; max-width: 960px; min-width: 0; padding: clamp(16px, 4vw, 32px); position: static; width: 100%; }
    dialog:focus { outline: none; }
    :focus-visible { outline: 2px solid var(--water); outline-offset: 2px; }
    h1 { color: var(--fault); font-size: 24px; line-height: 1.25; margin: 0; }
    p { margin: 8px 0; overflow-wrap: anywhere; }
    p:empty, ol:empty, pre:empty { display: none; }
    a { color: var(--water); }
    button { background: none; border: 1px solid var(--line); border-radius: 6px; color: var(--faint);
      cursor: pointer; float: right; font: inherit; margin: 0 0 8px 8px; padding: 2px 12px; }
    .place, ol, pre { font: 14px/1.7 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
    .place { font-weight: 700; }
    ol { color: var(--faint); list-style: none; margin: 0; overflow-wrap: anywhere; padding: 0; }
    pre { border: 1px solid var(--line); border-radius: 8px; margin: 12px 0; overflow-wrap: anywhere; padding: 8px 0;
      tab-size: 4; white-space: pre-wrap; }
    pre span { display: block; padding: 0 16px 0 calc(4ch + 32px); text-indent: calc(-4ch - 16px); }
    pre div { padding: 0 16px; }
    pre .fault { background: var(--wash); }
    pre .number { color: var(--faint); display: inline; padding: 0 16px 0 0; user-select: none; }
    mark { background: var(--mark); border-bottom: 2px solid var(--fault); color: inherit; }
    @media print { :host { display: none; } }`;

  const TYPED_TYPES = /^(?!button|checkbox|color|file|image|radio|range|reset|submit)/;

  function make(name, properties, ...children) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  }

  function excerptLine(fault, line) {
    const text = line.fault && fault.marked !== undefined
      ? [fault.before, make('mark', {}, fault.marked || ' '), fault.after] : [line.text];
    const number = make('span', { className: 'number' }, String(line.number).padStart(4));
    return make('span', { className: line.fault ? 'fault' : '' }, number, ...text, '\n');
  }

  // With an editor, a click opens the place in it.
  function placeOf({ file, line, column, href }) {
    const text = [file, line, column].filter(Boolean).join(':');
    return href ? make('a', { href, title: 'Open in the editor' }, text) : text;
  }

  const frameItem = (frame) => make('li', {}, frame.what + ' ', placeOf(frame), frame.repeats ? ` ${frame.repeats + 1} times` : '');

  function focusedElement() {
    let element = document.activeElement;
    while (element && element.shadowRoot && element.shadowRoot.activeElement) {
      element = element.shadowRoot.activeElement;
    }
    return element;
  }

  // A frame may hold a field, and doesn't tell.
  function isTypedInto(element) {
    return element && (element.isContentEditable || /^(textarea|select|iframe|object|embed)$/.test(element.localName)
      || (element.localName === 'input' && TYPED_TYPES.test(element.type)));
  }

  class Fault extends HTMLElement {
    #dialog = make('dialog', { role: 'alertdialog', tabIndex: -1 });

    #focused = null; // what had the focus before

    #onKey = (event) => {
      if (event.key === 'Escape') {
        event.preventDefault();
        event.stopImmediatePropagation();
        this.hide();
      }
    };

    constructor() {
      super();
      const root = this.attachShadow({ mode: 'open' });
      const style = new CSSStyleSheet();
      style.replaceSync(STYLE);
      root.adoptedStyleSheets = [style];
      root.append(make('div', { className: 'cover' }, this.#dialog));
      this.#dialog.setAttribute('aria-labelledby', 'title');
      this.#dialog.setAttribute('aria-describedby', 'about');
    }

    #fill(fault) {
      const { hint, frames = [], excerpt = [] } = fault;
      const about = make('div', { id: 'about', role: 'alert' },
        make('p', {}, fault.message), make('p', { className: 'place' }, placeOf(fault)), make('p', {}, hint || ''));
      const output = fault.output ? [make('div', {}, fault.output)] : [];
      const source = make('pre', {}, ...excerpt.map((line) => excerptLine(fault, line)), ...output);
      this.#dialog.replaceChildren(
        make('button', { type: 'button', onclick: () => this.hide() }, 'Hide (Esc)'),
        make('h1', { id: 'title' }, fault.type), about, source, make('ol', {}, ...frames.map(frameItem)));
    }

    show(fault) {
      const isNew = !this.#dialog.open;
      this.#fill(fault);
      this.hidden = false;
      // Set as an attribute, because show() and showModal() would take the focus.
      this.#dialog.open = true;
      if (isNew) {
        addEventListener('keydown', this.#onKey, { capture: true });
        this.#focused = focusedElement();
      }
      if (!isTypedInto(focusedElement())) {
        this.#dialog.focus({ preventScroll: true });
      }
    }

    hide() {
      const hadFocus = document.activeElement === this;
      removeEventListener('keydown', this.#onKey, { capture: true });
      this.#dialog.open = false;
      this.hidden = true;
      if (hadFocus && this.#focused) {
        this.#focused.focus({ preventScroll: true });
      }
    }
  }

  customElements.define('eddy-fault', Fault);
}());
