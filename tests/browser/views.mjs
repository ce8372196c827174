// The pages of eddy's own that are looked at, and what is done before.

// A fault that compiling finds is shown over the page that stands.
async function breakPage({ page, save }) {
  save('templates/index.html', (text) => text.replace('{{ now() }}', '{{ now( }}'));
  await page.waitForSelector('eddy-fault dialog[open]');
}

export const views = {
  welcome: { path: '/' },
  listing: { path: '/static/' },
  missing: { path: '/helo?greeting=Salutations' },
  traceback: { path: '/divide?by=0' },
  overlay: { path: '/', prepare: breakPage },
  empty: { path: '/' },
};
