import assert from 'node:assert/strict';
import { browse, open, mark, isMarked } from './browser.mjs';

// Chromium without a window never hides a tab: the page is told that it is.
const hide = (page, hidden) => page.evaluate((value) => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
  document.dispatchEvent(new Event('visibilitychange'));
}, hidden);

await browse(async ({ page, context, save }) => {
  const other = await context.newPage();
  await open(page, '/form');
  await open(other, '/form');
  await mark(page);
  await hide(page, true);
  save('templates/form.html', (text) => text.replace('First', 'Changed'));
  await other.waitForSelector('h1:text("Changed")', { state: 'attached' });
  assert.equal(await isMarked(page), true);
  await hide(page, false);
  await page.waitForSelector('h1:text("Changed")', { state: 'attached' });
});
