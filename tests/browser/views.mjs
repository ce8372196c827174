// The pages of eddy's own that are looked at, what a site needs for them before it is served (furnish), and what is
// done in them before (prepare); of some the height in a picture, and whether only the window is in it.
import { mkdirSync, writeFileSync } from 'node:fs';

// A fault that compiling finds is shown over the page that stands.
async function breakPage({ page, save }) {
  save('templates/index.html', (text) => text.replace('{{ now() }}', '{{ now( }}'));
  await page.waitForSelector('eddy-fault dialog[open]');
}

const DEEP = {
  '_data/people.json': JSON.stringify([{ name: 'Ada', born: 1815 }, { name: 'Grace', born: 1906 }]),
  '_data/about.json': JSON.stringify('A text of some length. '.repeat(200)),
  'people.html': `{% extends "_base.html" %}
{% block stylesheet %}{{ static_url("site.css") }}{% end %}
{% block main %}
<h1>People</h1>
{% for person in people %}
{% include "_person.html" %}
{% end %}
{% end %}
`,
  '_person.html': '{% apply squeeze %}{% include "_born.html" %}{% end %}\n',
  '_born.html': `{# What is known of a person, on a line that is longer than any window, so that it has to be scrolled or wrapped by whoever reads it #}
<p>{{ person["name"] }}, {{ about[:20] + perso["born"] }}</p>
`,
};

// A fault three files deep.
function breakDeep(site) {
  for (const [name, text] of Object.entries(DEEP)) {
    writeFileSync(`${site}/templates/${name}`, text);
  }
}

// Values that are longer than a line, under names that are: the page shows the start of each.
function breakLong(site) {
  writeFileSync(`${site}/templates/long.html`, `{% set user = {"name": "Ann", "tags": list(range(40))} %}
{% set a_name_without_any_blank_in_it_that_is_longer_than_its_column = "word" * 60 %}
{{ 1 / 0 }}
`);
}

// All that the page can show of a fault.
async function unfold({ page }) {
  await page.evaluate(() => document.querySelectorAll('details').forEach((part) => { part.open = true; }));
}

// Names and sizes of every length, folders and what a page must escape.
function fill(site) {
  const names = ['Summer in the mountains, a name that is too long for a phone.jpeg', 'notes.txt', '<b>bold & brave.html', 'ÄÖÜ ☃.md',
    'a_file_without_any_blank_in_its_name_that_a_browser_could_break_at.tar.gz'];
  names.forEach((name, at) => writeFileSync(`${site}/static/${name}`, 'x'.repeat(40 ** at / 8)));
  mkdirSync(`${site}/static/pictures`);
}

// Under a name that the server does not answer for.
async function ask({ page, url }) {
  await page.goto(Object.assign(new URL(url), { hostname: 'refused.example' }).href);
  await page.waitForSelector('h1:text("Misdirected Request")');
}

export const views = {
  welcome: { path: '/', height: 570 },
  listing: { path: '/static/', furnish: fill },
  missing: { path: '/helo?greeting=Salutations' },
  traceback: { path: '/divide?by=0', height: 620 },
  deep: { path: '/people', furnish: breakDeep, prepare: unfold },
  long: { path: '/long', furnish: breakLong, widths: [1280, 400, 360, 320] },
  overlay: { path: '/', prepare: breakPage, window: true },
  refused: { path: '/', prepare: ask },
  fault: { path: '/fault', widths: [1280, 360] },
  empty: { path: '/' },
};
