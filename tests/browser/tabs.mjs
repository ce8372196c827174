import assert from 'node:assert/strict';
import { browse, open, connected } from './browser.mjs';

// Chromium opens six connections to one server; a stream for each tab would leave none for the seventh.
await browse(async ({ page, context, save }) => {
  const tabs = [page];
  for (let count = 1; count < 8; count += 1) {
    tabs.push(await context.newPage());
  }
  await Promise.all(tabs.map((tab) => open(tab, '/form')));
  const ninth = await context.newPage();
  await open(ninth, '/form');
  await ninth.waitForSelector('h1:text("First")', { state: 'attached' });

  save('templates/form.html', (text) => text.replace('First', 'Changed'));
  await Promise.all([...tabs, ninth].map((tab) => tab.waitForSelector('h1:text("Changed")', { state: 'attached' })));
  await Promise.all(tabs.map(connected));

  // The tab that came first may go: the others still hear.
  await page.close();
  save('templates/form.html', (text) => text.replace('Changed', 'Again'));
  await Promise.all([...tabs.slice(1), ninth].map((tab) => tab.waitForSelector('h1:text("Again")', { state: 'attached' })));
});
