import assert from 'node:assert/strict';
import { browse, open } from './browser.mjs';

// Only rendering finds this fault: the page itself shows it.
await browse(async ({ page, save }) => {
  await open(page, '/');
  save('templates/index.html', (text) => text.replace('{{ now() }}', '{{ nwo() }}'));
  await page.waitForSelector('h1:text("NameError")');
  assert.match(await page.textContent('.place'), /index\.html:\d+:\d+/);
  assert.equal(await page.textContent('.at-fault mark'), 'nwo');
  assert.match(await page.textContent('.hint'), /now/);

  save('templates/index.html', (text) => text.replace('{{ nwo() }}', '{{ now() }}'));
  await page.waitForSelector('h1:text("Welcome to eddy")');
}, { expected: /status of 500/ });
