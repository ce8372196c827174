import assert from 'node:assert/strict';
import { browse, open } from './browser.mjs';

await browse(async ({ page }) => {
  await open(page, '/');
  await page.waitForSelector('[data-eddy-live][data-state=connected]');
  assert.match(await page.textContent('[data-eddy-pid]'), /^\d+$/);
  assert.match(await page.textContent('[data-eddy-generation]'), /^\d+$/);
  assert.equal(await page.textContent('[data-eddy-url]'), await page.getAttribute('link[rel=stylesheet]', 'href'));
  assert.equal(await page.locator('.rows dt').count(), 5);
  assert.equal(await page.locator('.commands dt').count(), 5);

  const pages = page.locator('.pages a');
  const statuses = [];
  for (let at = 0; at < await pages.count(); at += 1) {
    const answer = await page.request.get(new URL(await pages.nth(at).getAttribute('href'), page.url()).href);
    statuses.push(answer.status());
  }
  assert.deepEqual(statuses, [200, 404, 200, 500]);
});
