import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { browse, open, mark, isMarked } from './browser.mjs';

// The test beside it stops the server when told, saves a change, and starts it again.
await browse(async ({ page, site }) => {
  await open(page, '/form');
  await mark(page);
  writeFileSync(`${site}/../is-open`, '');
  await page.waitForSelector('script[data-state=disconnected]', { state: 'attached' });
  assert.equal(await isMarked(page), true);
  writeFileSync(`${site}/../is-lost`, '');
  await page.waitForSelector('h1:text("Changed")', { state: 'attached' });
}, { expected: /ERR_CONNECTION|ERR_EMPTY/ });
