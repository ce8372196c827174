import assert from 'node:assert/strict';
import { browse, open } from './browser.mjs';

const focused = (page) => page.evaluate(() => {
  const { activeElement: element } = document;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    name: element.localName, text: element.textContent.trim(), isOutlined: outlineStyle === 'solid' && outlineWidth === '2px',
    isSeen: box.width > 2 && box.height > 2 && box.right > 0 && box.bottom > 0,
  };
});

// Every link and every part that opens is reached by the tabulator, in the order of the page, and is seen when it is.
await browse(async ({ page }) => {
  for (const path of ['/', '/static/', '/helo', '/divide?by=0']) {
    await open(page, path);
    const wanted = await page.locator('a[href], summary').evaluateAll(
      (all) => all.filter((element) => element.checkVisibility()).map((element) => element.textContent.trim()));
    const found = [];
    while (found.length < wanted.length) {
      await page.keyboard.press('Tab');
      const { text, isOutlined, isSeen } = await focused(page);
      assert.ok(isOutlined && isSeen, `${path}: ${text} is not seen to have the focus`);
      found.push(text);
    }
    assert.deepEqual(found, wanted, path);
    assert.equal(wanted[0], 'Skip to the content');
  }

  // The first one skips to the content, and the nearest step, which is open, closes and opens by a key.
  await open(page, '/divide?by=0');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.equal((await focused(page)).name, 'main');
  await page.keyboard.press('Tab');
  assert.equal((await focused(page)).text, 'divide.html:7:24');
  await page.keyboard.press('Tab');
  assert.match((await focused(page)).text, /^block 'main'/);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.frames li:first-child details:not([open])');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('.frames [open] mark').textContent(), '{% block main %}');
}, { expected: /status of (404|500)/ });
