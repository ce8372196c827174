import assert from 'node:assert/strict';
import { browse, open, mark, isMarked } from './browser.mjs';

// The empty sheet comes and goes unseen; the one behind it shows that its time was over.
await browse(async ({ page, save }) => {
  await open(page, '/form');
  await mark(page);
  const emptied = page.waitForResponse((response) => response.url().includes('/static/imported.css?'));
  await page.evaluate(() => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = '/static/imported.css';
    document.head.append(link);
    return new Promise((resolve) => { link.onload = resolve; });
  });
  save('static/imported.css', () => '');
  await emptied;
  await page.waitForFunction(() => document.querySelectorAll('link[rel=stylesheet]').length === 2);
  assert.equal(await page.evaluate(() => document.querySelectorAll('link')[1].sheet.cssRules.length), 1);
  assert.equal(await isMarked(page), true);
});
