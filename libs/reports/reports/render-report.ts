import type { JsonObject } from '#amounts';
import { csvLine } from '../csv/csv-line.ts';
import type { Report } from './report.ts';

/** As many rows are rendered at once. */
const ROWS_PER_CHUNK = 500;

/** A report as JSON text, in parts. @param head its first fields */
export async function* reportJson(head: JsonObject, report: Report): AsyncGenerator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"data":[`;
  let isFirst = true;
  for await (const rows of chunksOf(report.rows)) {
    yield (isFirst ? '' : ',') + rows.map((row) => JSON.stringify(row)).join(',');
    isFirst = false;
  }
  const end = { total: report.total(), ...report.closingFields?.() };
  yield `],${JSON.stringify(end).slice(1)}`;
}

/** A report as CSV (RFC 4180), in parts: the same rows, with a line of headers first. */
export async function* reportCsv({ columns, rows }: Report): AsyncGenerator<string> {
  const names = columns.map(({ name }) => name);
  yield csvLine(names);
  for await (const chunk of chunksOf(rows)) {
    yield chunk.map((row) => csvLine(names.map((name) => row[name] ?? null))).join('');
  }
}

async function* chunksOf<T>(items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<readonly T[]> {
  let chunk: T[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length < ROWS_PER_CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
