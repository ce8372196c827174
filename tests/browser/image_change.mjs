import assert from 'node:assert/strict';
import { browse, open, mark, isMarked } from './browser.mjs';

// What each part of the page asks for; the width of an SVG says which state of it is shown.
function look() {
  const file = (address) => (address.match(/([^/"\s]*\.svg)(\?v=\w+)?/) || ['', '']).slice(1).join('');
  const style = (selector, property) => file(getComputedStyle(document.querySelector(selector)).getPropertyValue(property));
  return {
    img: file(document.querySelector('#plain').src),
    versioned: file(document.querySelector('#versioned').src),
    srcset: document.querySelector('#set').srcset.split(', ').map(file),
    source: file(document.querySelector('source').srcset),
    image: file(document.querySelector('image').getAttribute('href')),
    sheet: style('#box', 'background-image'),
    bullet: style('#box', 'list-style-image'),
    icon: file(document.querySelector('link[rel=icon]').href),
    other: file(document.querySelector('#other').src),
  };
}

await browse(async ({ page, save }) => {
  await open(page, '/images');
  await mark(page);
  const before = await page.evaluate(look);
  save('static/picture.svg', (text) => text.replace('width="10"', 'width="20"'));
  await page.waitForFunction(() => document.querySelector('#plain').naturalWidth === 20);

  const after = await page.evaluate(look);
  const fresh = after.img;
  assert.match(fresh, /^picture\.svg\?v=[0-9a-f]{16}$/);
  assert.notEqual(fresh, before.versioned);
  assert.deepEqual(after, {
    img: fresh, versioned: fresh, srcset: [fresh, 'other.svg'], source: fresh, image: fresh, sheet: fresh, bullet: fresh,
    icon: fresh, other: 'other.svg',
  });
  assert.equal((await page.request.get(`/static/${fresh}`.replace(/^/, new URL(page.url()).origin))).headers()['cache-control'],
    'public, max-age=31536000, immutable');
  await page.waitForFunction(() => document.querySelector('#versioned').naturalWidth === 20);
  assert.equal(await isMarked(page), true);

  // One that the page doesn't show leaves it alone.
  save('static/unused.svg', (text) => text.replace('10', '30'));
  save('static/other.svg', (text) => text.replace('10', '40'));
  await page.waitForFunction(() => document.querySelector('#other').naturalWidth === 40);
  assert.equal(await isMarked(page), true);
});
