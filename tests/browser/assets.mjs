// A page that loads something of every kind: all of it arrives, is what it is taken for, and nothing is complained of.
import assert from 'node:assert/strict';
import { browse } from './browser.mjs';

await browse(async ({ page, url }) => {
  const answers = new Map();
  page.on('response', (answer) => answers.set(new URL(answer.url()).pathname, answer));
  await page.goto(`${url}/everything.html`);
  await page.waitForFunction(() => window.arrived && window.arrived.size === 11, null, { timeout: 30000 });

  const seen = await page.evaluate(async () => {
    const video = document.querySelector('video');
    video.currentTime = 15;
    await new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
    return {
      background: getComputedStyle(document.body).backgroundColor,
      pictures: [...document.images].map((image) => image.naturalWidth),
      font: document.fonts.check('20px Own'),
      at: video.currentTime,
      duration: Math.round(video.duration),
      cues: document.querySelector('track').track.cues.length,
      frame: document.querySelector('iframe').contentDocument.body.textContent.trim(),
    };
  });
  assert.deepEqual(seen, {
    background: 'rgb(1, 2, 3)', pictures: [10, 16], font: true, at: 15, duration: 20, cues: 1, frame: 'framed',
  });

  for (const [path, answer] of answers) {
    if (!path.startsWith('/_eddy/')) assert.ok([200, 206].includes(answer.status()), `${path}: ${answer.status()}`);
  }
  assert.equal(answers.get('/clip.webm').status(), 206);
  assert.match((await answers.get('/style.css').allHeaders())['content-encoding'], /^(br|gzip)$/);
  assert.equal((await answers.get('/clip.webm').allHeaders())['content-encoding'], undefined);
});
