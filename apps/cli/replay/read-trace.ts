import { parse } from 'csv-parse/sync';
import { ReplayError } from './replay-error.ts';

/** One request of a trace: when it came, and how many tokens the model read and wrote. */
export interface TraceRow {
  /** Milliseconds since the trace's first row; never negative. */
  readonly atMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

const columns = ['TIMESTAMP', 'ContextTokens', 'GeneratedTokens'] as const;
const timestampPattern = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?<offset>Z|[+-]\d\d:\d\d)?$/;
const tokenCountPattern = /^\d{1,12}$/;

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * Reads a trace in the format of the Azure LLM inference traces: CSV with a header that names
 * `TIMESTAMP,ContextTokens,GeneratedTokens`, in any order, other columns ignored; times without an offset are UTC.
 *
 * @param text the file's text
 * @param name how messages call the file
 * @throws ReplayError naming file and line, if the text isn't such a trace or holds no row
 */
export function readTrace(text: string, name: string): TraceRow[] {
  const [header, ...records] = parseCsv(text, name);
  if (header === undefined)
    throw new ReplayError(`${name} is empty. Give a trace with the columns ${columns.join(',')}.`);
  const [timestamp, input, output] = columns.map((column) => indexOfColumn(column, header, name)) as [
    number,
    number,
    number,
  ];
  if (records.length === 0)
    throw new ReplayError(`${name} has a header and no rows. Give a trace with at least one request.`);

  let firstMs: number | undefined;
  return records.map(({ record, info }) => {
    const at = `${name}, line ${info.lines}`;
    const epochMs = readTimestamp(at, record[timestamp]);
    firstMs ??= epochMs;
    return {
      atMs: Math.max(0, epochMs - firstMs),
      inputTokens: readTokenCount(at, 'ContextTokens', record[input]),
      outputTokens: readTokenCount(at, 'GeneratedTokens', record[output]),
    };
  });
}

function parseCsv(text: string, name: string): CsvRecord[] {
  const options = { bom: true, info: true, trim: true, skip_empty_lines: true, relax_column_count: true };
  try {
    // With `info` the parser answers records with their line numbers; its types only know the bare records.
    return parse(text, options) as unknown as CsvRecord[];
  } catch (error) {
    throw new ReplayError(`${name} isn't valid CSV: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function indexOfColumn(column: string, { record, info }: CsvRecord, name: string): number {
  const index = record.indexOf(column);
  if (index >= 0) return index;
  const found = record.join(',').slice(0, 80);
  throw new ReplayError(
    `${name}, line ${info.lines} must be a header with ${columns.join(',')}; it is "${found}", without ${column}.`,
  );
}

function readTimestamp(at: string, value = ''): number {
  const match = timestampPattern.exec(value);
  const epochMs = Date.parse(match?.groups?.['offset'] === undefined ? `${value}Z` : value);
  if (!match || Number.isNaN(epochMs))
    throw new ReplayError(`${at}: TIMESTAMP must look like 2023-11-16 18:15:46.680, not "${value}".`);
  return epochMs;
}

function readTokenCount(at: string, column: string, value = ''): number {
  if (tokenCountPattern.test(value)) return Number(value);
  throw new ReplayError(`${at}: ${column} must be a whole number of tokens, 0 or more, not "${value}".`);
}
