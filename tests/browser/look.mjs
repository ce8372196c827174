// Looks at the page named by VIEW as four readers do, in light and dark, on a
// phone and a desktop, and leaves VIEW-SCHEME-WIDTH.png in the folder PICTURES.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { browse, open } from './browser.mjs';
import { views } from './views.mjs';

const { PICTURES, VIEW } = process.env;
const AXE = readFileSync(createRequire(new URL('../../build/', import.meta.url)).resolve('axe-core'), 'utf8');

// What is wider than the window, and what axe-core finds to be serious.
async function faults(page) {
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 100)).join(' ')}`)
    .concat(excess > 0 ? [`${excess} px wider than the window`] : []);
}

await browse(async (story) => {
  const { page } = story;
  const { path, prepare = () => {} } = views[VIEW];
  await open(page, path);
  await prepare(story);
  await page.evaluate(AXE);
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [320, 360, 1280]) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 800 });
      await page.screenshot({ path: `${PICTURES}/${VIEW}-${colorScheme}-${width}.png`, fullPage: VIEW !== 'overlay' });
      assert.deepEqual(await faults(page), [], `${colorScheme} ${width}`);
    }
  }
}, { expected: /status of (404|500)/ });
