// furnish.mjs VIEW SITE - gives the site what the view needs, before it is served: a page that hears of it while it is
// looked at would reload.
import { views } from './views.mjs';

const [view, site] = process.argv.slice(2);
views[view].furnish?.(site);
