import assert from 'node:assert/strict';
import { browse, open } from './browser.mjs';

const dot = '[data-eddy-live]';
const colour = (page) => page.locator(`${dot} .dot`).evaluate((element) => getComputedStyle(element).backgroundColor);

// As a person does it who follows the three steps of the page: the look, the words, a fault, and mending it.
await browse(async ({ page, save }) => {
  await open(page, '/');
  assert.equal(await page.getByRole('status').innerText(), 'connected');
  const alive = await colour(page);
  assert.equal(await page.locator(`${dot}[data-blink]`).count(), 0);

  save('static/site.css', (text) => `${text}\nh1 { outline-width: 7px }\n`);
  await page.waitForSelector(`${dot}[data-blink]`);
  assert.equal(await page.locator(`${dot} .dot`).evaluate((element) => getComputedStyle(element).animationName), 'ripple');

  save('templates/index.html', (text) => text.replace('<h1>Welcome', '<h1>Hello'));
  await page.waitForSelector('h1:text("Hello to eddy")');
  await page.waitForSelector(`${dot}[data-state=connected][data-blink]`);
  assert.equal(await colour(page), alive);

  const line = await page.locator('.steps li:has(h3:text("Break it")) .sample').innerText();
  save('templates/index.html', (text) => text.replace('</h1>\n', `</h1>\n${line}\n`));
  await page.waitForSelector('h1:text("NameError")');
  assert.equal(await page.textContent('.at-fault mark'), 'titel');
  save('templates/index.html', (text) => text.replace(`${line}\n`, ''));
  await page.waitForSelector('h1:text("Hello to eddy")');
}, { expected: /status of 500/ });
