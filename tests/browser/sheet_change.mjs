import assert from 'node:assert/strict';
import { browse, open, mark, isMarked } from './browser.mjs';

const ground = (page, colour) => page.waitForFunction(
  (wanted) => getComputedStyle(document.body).backgroundColor === wanted, colour);
const colour = (number) => `body { background: rgb(${number}, 0, 0) }\n`;

await browse(async ({ page, save }) => {
  await open(page, '/form');
  await ground(page, 'rgb(1, 0, 0)');
  await mark(page);
  await page.evaluate(() => scrollTo(0, 700));

  save('static/form.css', (text) => text + colour(2));
  await ground(page, 'rgb(2, 0, 0)');
  assert.equal(await page.locator('link[rel=stylesheet]').count(), 1, 'the new sheet takes the place of the old');

  save('static/form.css', (text) => text.replace(colour(2), ''));
  await ground(page, 'rgb(1, 0, 0)');
  save('static/imported.css', () => colour(3));
  await ground(page, 'rgb(3, 0, 0)');

  assert.equal(await isMarked(page), true, 'the page was not reloaded');
  assert.equal(await page.evaluate(() => scrollY), 700);
});
