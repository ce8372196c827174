import assert from 'node:assert/strict';
import { browse, open, mark, isMarked } from './browser.mjs';

const overlay = 'eddy-fault dialog';

await browse(async ({ page, save }) => {
  await open(page, '/form');
  await mark(page);
  await page.focus('textarea');

  save('templates/form.html', (text) => text.replace('First', '{{ 1 + }}'));
  await page.waitForSelector(`${overlay}[open]`);
  assert.match(await page.textContent(`${overlay} .place`), /form\.html:\d+:\d+$/);
  assert.match(await page.textContent(`${overlay} .fault`), /\{\{ 1 \+ \}\}/);
  assert.equal(await page.getAttribute(overlay, 'role'), 'alertdialog');
  assert.equal(await isMarked(page), true, 'the page that worked still stands');

  await page.keyboard.press('Escape');
  await page.waitForSelector(overlay, { state: 'hidden' });
  assert.equal(await page.evaluate(() => document.activeElement.localName), 'textarea');

  save('templates/form.html', (text) => text.replace('{{ 1 + }}', '{{ 1 + + }}'));
  await page.waitForSelector(`${overlay}[open]`);
  save('templates/form.html', (text) => text.replace('{{ 1 + + }}', 'Mended'));
  await page.waitForSelector('h1:text("Mended")');
  assert.equal(await page.locator('eddy-fault').count(), 0);
});
