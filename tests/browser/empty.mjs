import { execFileSync } from 'node:child_process';
import { browse, open } from './browser.mjs';

// Does what the page says, in a shell.
const [choice, text] = process.argv.slice(4);
await browse(async ({ page, site }) => {
  await open(page, '/');
  const command = await page.textContent(`section:has(h2:text-is("${choice}")) pre`);
  execFileSync('sh', ['-c', command], { cwd: site });
  await page.waitForFunction((wanted) => document.body.textContent.trim() === wanted, text);
}, { expected: /status of 404/ });
