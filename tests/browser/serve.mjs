// One browser for all stories: prints the address to connect to, and ends with its standard input.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../build/', import.meta.url));
const { chromium } = require('playwright-core');

const SWITCHES = [
  '--host-resolver-rules=MAP refused.example 127.0.0.1', '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

const server = await chromium.launchServer({ executablePath: '/usr/bin/chromium', args: SWITCHES });
console.log(server.wsEndpoint());
process.stdin.resume().on('end', async () => {
  await server.close();
  process.exit();
});
