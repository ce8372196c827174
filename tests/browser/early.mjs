import { browse, open } from './browser.mjs';

// The page changes after it was rendered and before it listens: its script is held back until then.
await browse(async ({ page, context, save }) => {
  const others = [await context.newPage(), await (await context.browser().newContext()).newPage()];
  let number = 0;
  for (const other of others) {
    const [before, after] = [number ? `Change ${number}` : 'First', `Change ${number += 1}`];
    await open(other, '/form');
    await page.route(/client\.js/, async (route) => {
      await page.waitForSelector(`h1:text("${before}")`, { state: 'attached' });
      save('templates/form.html', (text) => text.replace(before, after));
      await other.waitForSelector(`h1:text("${after}")`, { state: 'attached' });
      await route.continue();
    }, { times: 1 });
    await page.goto('about:blank');
    await open(page, '/form');
    await page.waitForSelector(`h1:text("${after}")`, { state: 'attached' });
    // The first is heard by the worker that the page shares, the second by nobody but the server.
    await other.close();
  }
}, { expected: /about:blank/ });
