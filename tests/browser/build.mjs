import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { browse, open, mark, isMarked } from './browser.mjs';

const overlay = 'eddy-fault dialog';

await browse(async ({ page, site }) => {
  const save = (text) => writeFileSync(`${site}/styles/main.txt`, text);
  await open(page, '/form');
  await mark(page);

  save('bad');
  await page.waitForSelector(`${overlay}[open]`);
  assert.equal(await page.getByRole('alertdialog', { name: 'BuildError' }).count(), 1);
  assert.equal(await page.textContent(`${overlay} .place`), 'styles/main.txt:1:3');
  assert.equal(await page.textContent(`${overlay} pre`), 'this is\nstyles/main.txt:1:3: error: no colour\n');
  assert.equal(await isMarked(page), true);

  // It stands: a page that is asked for anew shows it too, and one beside; Escape hides it for good.
  const news = await page.context().newPage();
  await open(news, '/form');
  await news.waitForSelector(`${overlay}[open]`);
  await news.close();
  await page.reload();
  await page.waitForSelector(`${overlay}[open]`);
  await page.reload();
  await page.waitForSelector(`${overlay}[open]`);
  await page.keyboard.press('Escape');
  await page.waitForSelector(overlay, { state: 'hidden' });
  save('very bad');
  await page.waitForSelector(`${overlay}[open]`);
  await mark(page);

  save('rgb(0, 0, 9)');
  await page.waitForSelector(overlay, { state: 'hidden' });
  await page.waitForFunction(() => getComputedStyle(document.body).backgroundColor === 'rgb(0, 0, 9)');
  assert.equal(await isMarked(page), true, 'a sheet that was built is swapped in');
});
