import { writeFileSync } from 'node:fs';
import { browse, open } from './browser.mjs';

await browse(async ({ page, site }) => {
  await open(page, '/later');
  await page.waitForSelector('h1:text("Not Found")');
  writeFileSync(`${site}/templates/later.html`, '<h1>Here I am</h1>\n');
  await page.waitForSelector('h1:text("Here I am")');
}, { expected: /status of 404/ });
