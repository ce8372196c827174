// The picture of the page named by VIEW for the README: PICTURES/VIEW.png.
import { browse, open } from './browser.mjs';
import { views } from './views.mjs';

const { PICTURES, VIEW } = process.env;

const { path, height } = views[VIEW];

await browse(async ({ page }) => {
  await open(page, path);
  await page.screenshot({ path: `${PICTURES}/${VIEW}.png` });
}, { expected: /status of 500/, viewport: { width: 1120, height }, reducedMotion: 'reduce' });
