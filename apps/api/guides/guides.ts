import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { renderMarkdown } from './render-markdown.ts';

/** The guides in `docs/` that users of the API need, by their names under `/docs`, with their titles. */
const TITLES = {
  concepts: 'Concepts',
  api: 'API guide',
  pricing: 'Pricing',
  usage: 'Usage',
  limits: 'Layers of control',
  refills: 'Selling credits',
  tags: 'Tags',
  attribution: 'Attribution',
  estimates: 'Estimate costs',
  costs: 'Cost and margin',
  forecasts: 'Forecasts and anomalies',
  events: 'Events',
  webhooks: 'Webhooks',
  problems: 'Problems',
  configuration: 'Configuration',
} as const;
export type GuideName = keyof typeof TITLES;
export const GUIDE_NAMES = Object.keys(TITLES) as readonly GuideName[];

const require = createRequire(import.meta.url);

/** Where a guide, or a heading of it, is shown. */
export function guidePath(name: GuideName, anchor?: string): string {
  return anchor === undefined ? `/docs/${name}` : `/docs/${name}#${anchor}`;
}

/** A guide as a page. It runs no script. */
export function guidePage(name: GuideName): string {
  const markdown = readFileSync(require.resolve(`#docs/${name}.md`), 'utf8');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>${TITLES[name]} · Purser</title>
    <link rel="stylesheet" href="/docs/guide.css" />
    <link rel="icon" href="data:," />
  </head>
  <body>
    <nav>${links()}</nav>
    <main>
${renderMarkdown(markdown, linkTarget)}
    </main>
  </body>
</html>
`;
}

function links(): string {
  const guides = GUIDE_NAMES.map((name) => `<a href="${guidePath(name)}">${TITLES[name]}</a>`);
  return ['<a href="/docs">API reference</a>', ...guides].join('\n');
}

/** A link to a document that isn't served, like those for operators, is left out. */
function linkTarget(href: string): string | null {
  if (/^(?:https:\/\/|#)/.test(href)) return href;
  const [, name, anchor] = /^(\w+)\.md(?:#(.*))?$/.exec(href) ?? [];
  const guide = GUIDE_NAMES.find((one) => one === name);
  return guide === undefined ? null : guidePath(guide, anchor);
}

/** Of the guides, and of price lists. */
export const GUIDE_STYLE = `:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 52rem; padding: 1rem; font: 16px/1.5 system-ui, sans-serif; color: #222; }
nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; padding-bottom: 0.5rem; border-bottom: 1px solid #ddd; }
a { color: #0550ae; }
code { font: 0.9em ui-monospace, monospace; background: #f2f2f2; padding: 0.1em 0.25em; }
pre { overflow-x: auto; background: #f2f2f2; padding: 0.75rem; }
pre code { padding: 0; }
table { display: block; overflow-x: auto; border-collapse: collapse; }
th, td { border: 1px solid #ddd; padding: 0.25rem 0.5rem; text-align: left; vertical-align: top; }
.number { text-align: right; }
.prices table { display: table; width: 100%; }
.prices tbody th { width: 35%; font-weight: normal; }
.prices th, .prices td { overflow-wrap: anywhere; }
.prices ul { margin: 0; padding-left: 1.25rem; }
@media (max-width: 40rem) {
  .prices thead { display: none; }
  .prices table, .prices tbody, .prices tr, .prices tbody th, .prices td { display: block; width: auto; border: 0; }
  .prices tr { padding: 0.5rem 0; border-top: 1px solid #ddd; }
  .prices tbody th, .prices td { padding: 0.25rem 0; }
}
@media (prefers-color-scheme: dark) {
  body { background: #16181c; color: #ddd; }
  a { color: #79b8ff; }
  code, pre { background: #26292f; }
  nav, th, td, .prices tr { border-color: #444; }
}
`;
