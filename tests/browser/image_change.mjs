import assert from 'node:assert/strict';
import { browse, open, mark, isMarked } from './browser.mjs';

// The width of an SVG says which state of it is shown.
await browse(async ({ page, save }) => {
  await open(page, '/form');
  await mark(page);
  const background = page.waitForResponse((response) => /picture\.svg\?/.test(response.url()));
  save('static/picture.svg', (text) => text.replace('width="10"', 'width="20"'));
  await background;
  await page.waitForFunction(() => document.querySelector('img').naturalWidth === 20);
  assert.match(
    await page.evaluate(() => getComputedStyle(document.getElementById('box')).backgroundImage), /picture\.svg\?/);
  assert.equal(await isMarked(page), true);
});
