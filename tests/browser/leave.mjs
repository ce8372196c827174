import { browse, open, connected } from './browser.mjs';

// A page that is left may be kept, to be shown again: it must not keep its connection.
await browse(async ({ page, url, save }) => {
  const streamsBecome = async (wanted) => {
    for (let streams = NaN; streams !== wanted;) {
      const { workers } = await (await fetch(`${url}/_eddy/status`)).json();
      streams = workers.reduce((sum, worker) => sum + worker.streams, 0);
    }
  };

  await open(page, '/form');
  await streamsBecome(1);
  await page.goto('about:blank');
  await streamsBecome(0);

  save('templates/form.html', (text) => text.replace('First', 'Changed'));
  await page.goBack();
  await connected(page);
  await page.waitForSelector('h1:text("Changed")', { state: 'attached' });
}, { expected: /asks about:blank/ });
