import assert from 'node:assert/strict';
import { browse, open, mark, isMarked } from './browser.mjs';

const place = (page) => page.evaluate(() => ({
  window: [scrollX, scrollY],
  box: document.getElementById('box').scrollTop,
  fields: Array.from(document.querySelectorAll('input, textarea, select'),
    (field) => (field.type === 'checkbox' ? field.checked : field.value)),
  focus: document.activeElement.id,
  caret: document.activeElement.selectionStart,
}));

await browse(async ({ page, save }) => {
  await open(page, '/form');
  await page.fill('input >> nth=1', 'typed');
  await page.fill('textarea', 'more than\none line');
  await page.check('[type=checkbox]');
  await page.selectOption('select', 'second');
  await page.focus('textarea');
  await page.evaluate(() => {
    document.activeElement.setSelectionRange(3, 3);
    document.getElementById('box').scrollTop = 70;
    scrollTo(0, 700);
  });
  const before = await place(page);
  await mark(page);

  save('templates/form.html', (text) => text.replace('First', 'Changed'));
  await page.waitForSelector('h1:text("Changed")', { state: 'attached' });
  await page.waitForFunction((was) => scrollY === was.window[1] && document.activeElement.id === was.focus
    && document.getElementById('box').scrollTop === was.box, before);
  assert.equal(await isMarked(page), false);
  assert.deepEqual(await place(page), before);
  assert.deepEqual(before.fields, ['as given', 'typed', 'more than\none line', true, 'second']);
});
