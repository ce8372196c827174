import assert from 'node:assert/strict';
import { browse, open, mark, isMarked } from './browser.mjs';

await browse(async ({ page, save }) => {
  await open(page, '/');
  await mark(page);
  const before = await page.textContent('[data-eddy-url]');

  save('static/site.css', (text) => `${text}\nh1 { outline-width: 7px }\n`);
  await page.waitForFunction((old) => document.querySelector('[data-eddy-url]').textContent !== old, before);
  await page.waitForFunction(() => getComputedStyle(document.querySelector('h1')).outlineWidth === '7px');
  const after = await page.textContent('[data-eddy-url]');
  assert.match(after, /^\/static\/site\.css\?v=[0-9a-f]{16}$/);
  assert.equal(await page.getAttribute('link[rel=stylesheet]', 'href'), after);
  const answer = await page.request.get(new URL(after, page.url()).href);
  assert.match(answer.headers()['cache-control'], /immutable/);
  assert.equal(await isMarked(page), true);
});
