import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { browse, open, mark, isMarked } from './browser.mjs';

const overlay = 'eddy-fault dialog';
const focus = (page) => page.evaluate(() => document.activeElement.localName);
const shown = (page) => page.waitForSelector(`${overlay}[open]`);
const hidden = (page) => page.waitForSelector(overlay, { state: 'hidden' });

// Breaks the page in another way than before.
let number = 0;
const fault = () => `{{ ${(number += 1)} + }}`;
const breakPage = (save) => save('templates/form.html', (text) => text.replace(/<h1>.*</, `<h1>${fault()}<`));

await browse(async ({ page, site, save }) => {
  await open(page, '/form');
  await mark(page);
  await page.focus('textarea');

  breakPage(save);
  await shown(page);
  const place = `${overlay} .place`;
  assert.match(await page.textContent(place), /^form\.html:6:\d+$/);
  assert.equal(await page.getAttribute(`${place} a`, 'href'), `vscode://file${site}/templates/${await page.textContent(place)}`);
  assert.equal(await page.textContent(`${overlay} .fault`), `   6${'<h1>{{ 1 + }}</h1>'}\n`);
  assert.equal(await page.getByRole('alertdialog', { name: 'SyntaxError' }).count(), 1);
  assert.equal(await focus(page), 'textarea', 'who types goes on typing');
  await page.keyboard.type('typed');
  assert.equal(await page.inputValue('textarea'), 'typed');

  await page.keyboard.press('Escape');
  await hidden(page);
  assert.equal(await focus(page), 'textarea');

  // Who doesn't type can go on with the keyboard from the fault.
  await page.focus('[name=tick]');
  breakPage(save);
  await shown(page);
  assert.equal(await focus(page), 'eddy-fault');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await hidden(page);
  assert.equal(await page.evaluate(() => document.activeElement.name), 'tick');

  breakPage(save);
  await shown(page);
  for (const [colorScheme, paper] of [['light', 'rgb(253, 253, 251)'], ['dark', 'rgb(23, 31, 29)']]) {
    await page.emulateMedia({ colorScheme });
    assert.equal(await page.locator(overlay).evaluate((element) => getComputedStyle(element).backgroundColor), paper);
  }
  assert.equal(await isMarked(page), true, 'the page that worked still stands');

  save('templates/form.html', (text) => text.replace(/<h1>.*</, '<h1>Mended<'));
  await page.waitForSelector('h1:text("Mended")');
  assert.equal(await page.locator('eddy-fault').count(), 0);

  // A page that includes what is broken says how it came there.
  writeFileSync(`${site}/templates/part.html`, '<p>\n{{ 1 + }}\n');
  await shown(page);
  save('templates/form.html', (text) => text.replace('<h1>Mended</h1>', '<h1>Parts</h1>{% include "part.html" %}'));
  await page.waitForSelector(`${overlay} ol a:text("form.html:6:")`);
  assert.match(await page.textContent(place), /^part\.html:2:\d+$/);
  assert.equal(await page.locator(`${overlay} mark`).count(), 1);

  writeFileSync(`${site}/templates/part.html`, '<p>\n{{ 1 + 1 }}\n');
  await page.waitForSelector('h1:text("Parts")');
});
