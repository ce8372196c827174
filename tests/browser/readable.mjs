import assert from 'node:assert/strict';
import { browse, open } from './browser.mjs';

// The smallest contrast of text with its ground (WCAG 2.2 §1.4.3 asks for 4.5), and what is wider than the page.
function faults() {
  const numbers = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
  const luminance = ([red, green, blue]) => [red, green, blue]
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const groundOf = (element) => {
    for (; element; element = element.parentElement) {
      const ground = numbers(getComputedStyle(element).backgroundColor);
      if (ground.length === 3) {
        return ground;
      }
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    const hasText = Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.data.trim());
    if (hasText && element.checkVisibility()) {
      const [light, dark] = [numbers(getComputedStyle(element).color), groundOf(element)]
        .map(luminance).sort((one, other) => other - one);
      const contrast = (light + 0.05) / (dark + 0.05);
      if (contrast < 4.5) {
        found.push(`contrast ${contrast.toFixed(2)}: ${element.textContent.trim().slice(0, 40)}`);
      }
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) {
    found.push(`${document.documentElement.scrollWidth - innerWidth} px wider than the window`);
  }
  if (document.querySelectorAll('h1').length !== 1 || !document.title || !document.documentElement.lang) {
    found.push('no single headline, title or language');
  }
  return found;
}

await browse(async ({ page }) => {
  for (const path of ['/', '/nowhere', '/static/', '/divide?by=0', '/divide?by=3']) {
    await open(page, path);
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [320, 1280]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 700 });
        assert.deepEqual(await page.evaluate(faults), [], `${path} ${colorScheme} ${width}`);
      }
    }
  }
}, { expected: /status of (404|500)/ });
