import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { StaticContent } from '../content/static-content.ts';
import { GUIDE_NAMES, GUIDE_STYLE, guidePage } from '../guides/guides.ts';
import { fillInIds } from './fill-in-ids.ts';

const MAX_AGE_SECONDS = 60;
const ASSET_MAX_AGE_SECONDS = 3600;

const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>Purser API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
    <link rel="icon" href="data:," />
  </head>
  <body>
    <noscript>This page needs JavaScript. The description itself is at <a href="/openapi.json">/openapi.json</a>.</noscript>
    <main id="api"></main>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/show.js"></script>
  </body>
</html>
`;

/** The page runs no script and asks no server but ours. Swagger UI sets styles on elements and has its pictures within. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `validatorUrl`: by default Swagger UI shows the document to a validator on the internet. */
const SHOW = `SwaggerUIBundle({
  ...(${fillInIds.toString()})(),
  url: '/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  persistAuthorization: false,
  validatorUrl: null,
});
`;

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';
const PAGE_TYPE = 'text/html; charset=utf-8';
const require = createRequire(import.meta.url);

/** The page that shows the API's description. Everything it needs comes from here: it works without the internet. */
export const PAGE = new StaticContent({ mediaType: PAGE_TYPE, maxAgeSeconds: MAX_AGE_SECONDS, make: () => HTML });

/** What the page loads, and the guides, by their names under `/docs`. */
export const ASSETS: ReadonlyMap<string, StaticContent> = new Map([
  ['show.js', asset(SCRIPT, () => SHOW)],
  ['swagger-ui-bundle.js', asset(SCRIPT, () => readFileSync(require.resolve('swagger-ui-dist/swagger-ui-bundle.js')))],
  ['swagger-ui.css', asset(STYLE, () => readFileSync(require.resolve('swagger-ui-dist/swagger-ui.css')))],
  ['guide.css', asset(STYLE, () => GUIDE_STYLE)],
  ...GUIDE_NAMES.map((name) => [name, asset(PAGE_TYPE, () => guidePage(name))] as const),
]);

function asset(mediaType: string, make: () => string | Buffer): StaticContent {
  return new StaticContent({ mediaType, maxAgeSeconds: ASSET_MAX_AGE_SECONDS, make });
}
