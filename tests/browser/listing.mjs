import { writeFileSync, rmSync } from 'node:fs';
import { browse, open } from './browser.mjs';

// Whatever its kind: a listing shows names, and the page of a missing image is no page that shows one.
await browse(async ({ page, site }) => {
  await open(page, '/static/');
  for (const name of ['new.css', 'new.png', 'new.txt']) {
    writeFileSync(`${site}/static/${name}`, 'x');
    await page.waitForSelector(`a:text("${name}")`);
    rmSync(`${site}/static/${name}`);
    await page.waitForSelector(`a:text("${name}")`, { state: 'detached' });
  }

  await open(page, '/static/later.svg');
  writeFileSync(`${site}/static/later.svg`, '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await page.waitForFunction(() => document.documentElement.localName === 'svg');
}, { expected: /status of 404/ });
