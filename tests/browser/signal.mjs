import { browse, open, mark } from './browser.mjs';

await browse(async ({ page, url }) => {
  await open(page, '/form');
  await mark(page);
  const { pid } = await (await fetch(`${url}/_eddy/status`)).json();
  process.kill(pid, 'SIGUSR1');
  await page.waitForFunction(() => !window.isMarked);
});
