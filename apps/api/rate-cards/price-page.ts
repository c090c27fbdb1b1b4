import { escapeHtml } from '../content/escape-html.ts';
import type { PublicPrice, PublicPrices } from './public-prices.view.ts';

/** The page runs no script, and loads one style from this service. */
export const PRICE_PAGE_POLICY =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** A price list as a page for people, without script. */
export function pricePage({ name, unit, version, effective_at, prices }: PublicPrices): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>${escapeHtml(name)}</title>
    <link rel="stylesheet" href="/docs/guide.css" />
  </head>
  <body>
    <main class="prices">
      <h1>${escapeHtml(name)}</h1>
      <p>Prices in ${escapeHtml(unit)}. Version ${String(version)}, since ${effective_at.slice(0, 10)}.</p>
      <table>
        <thead><tr><th scope="col">For</th><th scope="col">Price</th></tr></thead>
        <tbody>
${prices.map(priceRow).join('\n')}
        </tbody>
      </table>
    </main>
  </body>
</html>
`;
}

function priceRow({ event, applies_to, examples }: PublicPrice): string {
  const subject = applies_to === '' ? '' : `<br />${escapeHtml(applies_to)}`;
  const lines = examples.map((example) => `<li>${escapeHtml(example)}</li>`);
  return `          <tr><th scope="row"><strong>${escapeHtml(event)}</strong>${subject}</th><td><ul>${lines.join('')}</ul></td></tr>`;
}
