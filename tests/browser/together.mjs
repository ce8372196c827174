import assert from 'node:assert/strict';
import { browse, open, connected } from './browser.mjs';

// A page and its stylesheet, saved together, are one reload; which of the two is saved first makes no difference.
await browse(async ({ page, save }) => {
  await open(page, '/form');
  const files = [
    ['templates/form.html', (number) => (text) => text.replace(/<h1>.*<\/h1>/, `<h1>Change ${number}</h1>`)],
    ['static/form.css', (number) => (text) => `${text}\nbody { background: rgb(${number}, 0, 0) }`],
  ];
  for (let number = 10; number < 16; number += 1) {
    let loads = 0;
    const count = () => { loads += 1; };
    await connected(page);
    page.on('domcontentloaded', count);
    for (const [name, edit] of number % 2 ? files : files.toReversed()) {
      save(name, edit(number));
    }
    await page.waitForFunction((wanted) => document.querySelector('h1').textContent === `Change ${wanted}`
      && getComputedStyle(document.body).backgroundColor === `rgb(${wanted}, 0, 0)`, number);
    // Another change, after which nothing of the first can still be on its way.
    save('static/imported.css', () => `h1 { margin-left: ${number}px }`);
    await page.waitForFunction((wanted) => getComputedStyle(document.querySelector('h1')).marginLeft === `${wanted}px`, number);
    page.off('domcontentloaded', count);
    assert.equal(loads, 1, `at ${number}`);
  }
});
