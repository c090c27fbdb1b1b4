import type { FastifyRequest } from 'fastify';
import { invalidRequest } from '../validation/body-pipe.ts';

/** `json`: a page. The others: every row there is, one after the other. */
export const ROW_FORMATS = ['json', 'csv', 'jsonl'] as const;
export type RowFormat = (typeof ROW_FORMATS)[number];
export type StreamedFormat = Exclude<RowFormat, 'json'>;

export const MEDIA_TYPES: Readonly<Record<StreamedFormat, string>> = {
  csv: 'text/csv',
  jsonl: 'application/jsonl',
};

/** By the names that clients know them by. */
const FORMATS: Readonly<Record<string, RowFormat>> = {
  'application/json': 'json',
  'application/*': 'json',
  '*/*': 'json',
  'text/csv': 'csv',
  'application/jsonl': 'jsonl',
  'application/x-ndjson': 'jsonl',
  'application/x-jsonlines': 'jsonl',
};

/** The format that is asked for: by the query, or else by what the client says it accepts. */
export function formatOf(request: FastifyRequest, asked: RowFormat | undefined): RowFormat {
  if (asked !== undefined) return asked;
  const [best] = (request.headers.accept ?? '')
    .split(',')
    .flatMap((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
      const format = FORMATS[type];
      const weight = Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1);
      return format && weight > 0 ? [{ format, weight }] : [];
    })
    .sort((one, other) => other.weight - one.weight);
  return best?.format ?? 'json';
}

/** @throws {ProblemError} `invalid_request` where a page of something is asked for that has none */
export function refusePages(query: { readonly limit?: string; readonly cursor?: string }): void {
  const faults = (['limit', 'cursor'] as const)
    .filter((field) => query[field] !== undefined)
    .map((field) => ({ field, message: 'must not be given with format csv or jsonl: these answer all rows at once' }));
  if (faults.length > 0) throw invalidRequest(faults);
}
