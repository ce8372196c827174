import { browse, open, connected } from './browser.mjs';

const says = (tab, title) => tab.waitForSelector(`h1:text("${title}")`, { state: 'attached' });

// As soon as no tab hands over to another, the server counts one browser.
async function oneStream(url) {
  for (let streams = 0; streams !== 1;) {
    const { workers } = await (await fetch(`${url}/_eddy/status`)).json();
    streams = workers.reduce((sum, worker) => sum + worker.streams, 0);
  }
}

// A tab that leads tells the others when it is connected.
const listen = (tab) => tab.evaluate(() => {
  window.hello = new Promise((resolve) => {
    new BroadcastChannel('eddy').onmessage = ({ data }) => data.type === 'hello' && resolve();
  });
});

// Closes the tab that leads, and waits for the one that takes over. With a shared worker none leads.
async function closeOne(tabs) {
  const leader = tabs.find((tab) => tab.workers().length > 0);
  const rest = tabs.filter((tab) => tab !== (leader || tabs[0]));
  await listen(rest[0]);
  await (leader || tabs[0]).close();
  if (leader) {
    await rest[0].evaluate(() => window.hello);
  }
  return rest;
}

// Chromium opens six connections to one server; a stream for each tab would leave none for the seventh.
await browse(async ({ page, context, url, save }) => {
  let tabs = [page];
  for (let count = 1; count < 8; count += 1) {
    tabs.push(await context.newPage());
  }
  await Promise.all(tabs.map((tab) => open(tab, '/form')));
  tabs.push(await context.newPage());
  await open(tabs.at(-1), '/form');
  await says(tabs.at(-1), 'First');
  await oneStream(url);

  save('templates/form.html', (text) => text.replace('First', 'Changed'));
  await Promise.all(tabs.map((tab) => says(tab, 'Changed')));
  await Promise.all(tabs.map(connected));
  await oneStream(url);

  // Any of them may go: the others still hear.
  tabs = await closeOne(tabs);
  await oneStream(url);
  save('templates/form.html', (text) => text.replace('Changed', 'Again'));
  await Promise.all(tabs.map((tab) => says(tab, 'Again')));
});
