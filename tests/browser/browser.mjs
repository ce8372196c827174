// What the stories beside this file share: `node STORY.mjs URL SITE`, with the server's
// address and the folder that it serves, and in BROWSER the address of the browser (serve.mjs).
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../build/', import.meta.url));
const { chromium } = require('playwright-core');
const [url, site] = process.argv.slice(2);

// Saves a file of the site, with what `edit` makes of its text.
function save(name, edit) {
  const path = `${site}/${name}`;
  const before = readFileSync(path, 'utf8');
  const after = edit(before);
  assert.notEqual(after, before, `the edit of ${name} changes nothing`);
  writeFileSync(path, after);
}

// What a page must never do: ask another host, throw, or complain on the console.
function watch(page, complaints) {
  page.on('pageerror', (error) => complaints.push(`thrown: ${error}`));
  page.on('console', (message) => message.type() === 'error' && complaints.push(`console: ${message.text()}`));
  page.on('request', (request) => request.url().startsWith(`${url}/`) || complaints.push(`asks ${request.url()}`));
}

// Tells a story in a page of its own. `expected` matches the complaints that belong to it.
export async function browse(story, { expected = /^$/, ...options } = {}) {
  const browser = await chromium.connect(process.env.BROWSER);
  const complaints = [];
  try {
    const context = await browser.newContext({ viewport: { width: 1000, height: 600 }, ...options });
    // Further arguments name what the browser is to do without.
    await context.addInitScript((names) => names.forEach((name) => delete window[name]), process.argv.slice(4));
    const page = await context.newPage();
    page.setDefaultTimeout(30000);
    watch(page, complaints);
    await story({ page, context, complaints, url, site, save });
    assert.deepEqual(complaints.filter((complaint) => !expected.test(complaint)), []);
  } finally {
    await browser.close();
  }
}

// Opens a page and waits until it hears of changes.
export async function open(page, path) {
  const answer = await page.goto(url + path);
  await connected(page);
  return answer;
}

export const connected = (page) => page.waitForSelector('script[data-id][data-state=connected]', { state: 'attached' });

// The same document as before: a variable set by mark() is lost by a reload.
export const mark = (page) => page.evaluate(() => { window.isMarked = true; });
export const isMarked = (page) => page.evaluate(() => window.isMarked === true);
