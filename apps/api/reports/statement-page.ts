import type { JsonObject } from '#amounts';
import type { Report, ReportRequest, ReportRow } from '#reports';

/** As many lines are sent at once. */
const LINES_PER_CHUNK = 200;

/** A statement as a page that prints well: on paper its head is repeated, no line is parted, and nothing is colored. */
export async function* statementPage(request: ReportRequest, report: Report): AsyncGenerator<string> {
  const day = dayIn(request.timeZone);
  const account = escaped(request.account?.id ?? '');
  const range = `${day(request.from)} – ${day(request.to - 1)}`;
  yield [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>Statement of ${account}, ${range}</title><style>${STYLE}</style></head><body>`,
    `<header><h1>Statement</h1><dl><dt>Account</dt><dd>${account}</dd><dt>Range</dt><dd>${range}</dd>`,
    `<dt>Time zone</dt><dd>${escaped(request.timeZone)}</dd><dt>As of</dt><dd>${new Date(report.asOf).toISOString()}</dd></dl></header>`,
    `<table class="lines"><thead><tr><th>Date</th><th>Movement</th><th class="n">Credits</th><th class="n">Balance</th></tr></thead><tbody>`,
  ].join('\n');
  yield* linesOf(report.rows, timeIn(request.timeZone));
  yield '</tbody></table>\n';
  yield endOf(report.closingFields?.() ?? {}, day);
}

async function* linesOf(rows: Report['rows'], time: (at: number) => string): AsyncGenerator<string> {
  let lines: string[] = [];
  for await (const row of rows) {
    lines.push(lineOf(row, time));
    if (lines.length < LINES_PER_CHUNK) continue;
    yield lines.join('');
    lines = [];
  }
  yield lines.join('');
}

function lineOf(row: ReportRow, time: (at: number) => string): string {
  const { kind, description, model, credits, balance, reason, authorization, grant } = row;
  const details = [model, reason, authorization ?? grant].filter((one) => one !== null).map(escaped);
  const isEdge = kind === 'opening' || kind === 'closing';
  return [
    `<tr${isEdge ? ' class="edge"' : ''}><td><time>${time(Date.parse(String(row.time)))}</time></td>`,
    `<td>${escaped(description)}${details.map((one) => `<small>${one}</small>`).join('')}</td>`,
    `<td class="n">${signed(credits)}</td><td class="n">${escaped(balance)}</td></tr>\n`,
  ].join('');
}

function endOf(fields: JsonObject, day: (at: number) => string): string {
  const sums = Object.entries((fields.sums ?? {}) as Record<string, string>);
  const grants = (fields.grants ?? []) as unknown as readonly GrantView[];
  const sumRows = sums.map(([kind, sum]) => `<tr><td>${escaped(kind)}</td><td class="n">${signed(sum)}</td></tr>`);
  const grantRows = grants.map(
    ({ id, category, remaining, expires_at: expiresAt }) =>
      `<tr><td>${escaped(id)}<small>${escaped(category)}</small></td><td class="n">${escaped(remaining)}</td>` +
      `<td>${expiresAt === null ? 'never' : day(Date.parse(expiresAt))}</td></tr>`,
  );
  return [
    sumRows.length > 0 ? section('Sums', ['Movement', 'Credits'], sumRows) : '',
    grantRows.length > 0 ? section('What is left', ['Grant', 'Credits', 'Expires'], grantRows) : '',
    '</body></html>\n',
  ].join('\n');
}

interface GrantView {
  readonly id: string;
  readonly category: string;
  readonly remaining: string;
  readonly expires_at: string | null;
}

function section(title: string, headers: readonly string[], rows: readonly string[]): string {
  const head = headers.map((name) => `<th${name === 'Credits' ? ' class="n"' : ''}>${name}</th>`).join('');
  return `<section><h2>${title}</h2><table><thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table></section>`;
}

function signed(cell: unknown): string {
  if (typeof cell !== 'string') return '';
  return escaped(cell.startsWith('-') ? `−${cell.slice(1)}` : `+${cell}`);
}

function dayIn(timeZone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  return (at) => format.format(at);
}

function timeIn(timeZone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return (at) => format.format(at);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Names and reasons are chosen by customers and operators. */
function escaped(cell: unknown): string {
  const text = typeof cell === 'string' || typeof cell === 'number' ? String(cell) : '';
  return text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign).replace(/^-(?=\d)/, '−');
}

const STYLE = `
:root { color-scheme: light dark }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem; margin: 0 0 .5rem } h2 { font-size: 1.1rem; margin: 2rem 0 .25rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0 0 1.5rem }
dt { opacity: .7 } dd { margin: 0; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .35rem .5rem; border-bottom: 1px solid #8884 }
th { border-bottom: 2px solid #8888; font-size: .85em }
.n { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
td time { white-space: nowrap } small { display: block; opacity: .7; overflow-wrap: anywhere } .edge td { font-weight: 600 }
section table { width: auto; min-width: 50% }
@media (max-width: 36rem) {
  body { margin: 1rem auto; padding: 0 .5rem; font-size: 14px } th, td { padding: .3rem .25rem }
  td time { white-space: normal }
}
@media print {
  :root { color-scheme: light } body { max-width: none; margin: 0; padding: 0; font-size: 10pt }
  thead { display: table-header-group } tr, section { break-inside: avoid } @page { margin: 18mm 15mm }
}
`;
