import assert from 'node:assert/strict';
import { browse, open, mark, isMarked } from './browser.mjs';

const ground = (page, colour) => page.waitForFunction(
  (wanted) => getComputedStyle(document.body).backgroundColor === wanted, colour);
const colour = (number) => `body { background: rgb(${number}, 0, 0) }\n`;
const rgb = (number) => `rgb(${number}, 0, 0)`;

// Notes what is to be seen at each frame, whenever it differs from the frame before.
function watchFrames() {
  window.frames_seen = [];
  const look = () => {
    const now = getComputedStyle(document.body).backgroundColor + ' ' + getComputedStyle(document.querySelector('main')).paddingTop;
    if (now !== window.frames_seen.at(-1)) {
      window.frames_seen.push(now);
    }
    requestAnimationFrame(look);
  };
  look();
}

await browse(async ({ page, save }) => {
  await open(page, '/form');
  await ground(page, rgb(1));
  await mark(page);
  await page.evaluate(() => scrollTo(0, 700));
  await page.evaluate(watchFrames);

  save('static/form.css', (text) => text.replace('padding-top: 600px', 'padding-top: 601px') + colour(2));
  await ground(page, rgb(2));
  assert.equal(await page.locator('link[rel=stylesheet]').count(), 1, 'the new sheet takes the place of the old');

  save('static/form.css', (text) => text.replace(colour(2), ''));
  await ground(page, rgb(1));
  save('static/imported.css', () => colour(3));
  await ground(page, rgb(3));

  // At any depth.
  save('static/imported.css', () => '@import "deep.css";\n');
  await ground(page, 'rgba(0, 0, 0, 0)');
  save('static/deep.css', () => colour(4));
  await ground(page, rgb(4));
  save('static/deep.css', () => colour(5));
  await ground(page, rgb(5));

  // Whatever a page doesn't use is no business of its.
  const links = await page.locator('link').evaluateAll((all) => all.map((link) => link.href));
  save('static/unused.css', () => colour(6));
  save('static/form.css', (text) => text + colour(7));
  await ground(page, rgb(7));
  assert.equal((await page.locator('link').count()), links.length);

  assert.deepEqual(await page.evaluate(() => window.frames_seen), [
    'rgb(1, 0, 0) 600px', 'rgb(2, 0, 0) 601px', 'rgb(1, 0, 0) 601px', 'rgb(3, 0, 0) 601px',
    'rgba(0, 0, 0, 0) 601px', 'rgb(4, 0, 0) 601px', 'rgb(5, 0, 0) 601px', 'rgb(7, 0, 0) 601px',
  ], 'no frame was without a style');
  assert.equal(await isMarked(page), true, 'the page was not reloaded');
  assert.equal(await page.evaluate(() => scrollY), 700);
});
