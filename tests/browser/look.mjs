// Looks at the page named by VIEW as four readers do, in light and dark, on a
// phone and a desktop, and leaves NAME-SCHEME-WIDTH.png in the folder PICTURES;
// NAME is that of the view unless it is given.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { browse, open } from './browser.mjs';
import { views } from './views.mjs';

const { PICTURES, VIEW, NAME = VIEW } = process.env;
const AXE = readFileSync(createRequire(new URL('../../build/', import.meta.url)).resolve('axe-core'), 'utf8');

async function excess(page) {
  const pixels = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return pixels > 0 ? `${pixels} px wider than the window` : '';
}

// What axe-core finds to be serious: looked for once in each scheme, on the last and narrowest window.
async function violations(page) {
  const found = await page.evaluate(() => window.axe.run());
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 100)).join(' ')}`);
}

await browse(async (story) => {
  const { page } = story;
  const { path, prepare = () => {}, widths = [1280, 360, 320], window = false } = views[VIEW];
  await open(page, path);
  await prepare(story);
  await page.evaluate(AXE);
  for (const colorScheme of ['light', 'dark']) {
    for (const width of widths) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 800 });
      await page.screenshot({ path: `${PICTURES}/${NAME}-${colorScheme}-${width}.png`, fullPage: !window });
      assert.equal(await excess(page), '', `${colorScheme} ${width}`);
    }
    assert.deepEqual(await violations(page), [], colorScheme);
  }
}, { expected: /status of (404|421|500)|asks http:\/\/refused\.example:\d+\/($|_eddy\/site\.css)/ });
