import { DatabaseError } from '#database';
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/** A partition of a table that grows with time, as it is made again. */
export interface Partition {
  readonly table: string;
  readonly name: string;
  readonly lower: string;
  readonly upper: string;
}

/**
 * The lines of an export, each JSON: a header; for each table a line that opens it, its rows, each a string as Postgres writes the
 * row, and a line that counts them; and a last line, without which the file is incomplete.
 */
export type ExportLine = ExportHeader | TableOpened | string | TableClosed | ExportEnd;

export interface ExportHeader {
  readonly format: string;
  /** The migrations of the database, by which its tables are what they are. */
  readonly migrations: readonly string[];
  readonly partitions: readonly Partition[];
}

export interface TableOpened {
  readonly table: string;
}

export interface TableClosed {
  readonly rows: number;
}

export interface ExportEnd {
  readonly end: true;
}

export const EXPORT_FORMAT = 'purser export 1';

/** Writes a compressed file, line by line. @throws where there is one already, or the disk is full */
export async function writeExportFile(path: string, lines: AsyncIterable<ExportLine>): Promise<void> {
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  await pipeline(Readable.from(textOf(lines)), createGzip({ level: 1 }), file);
}

/** Reads it line by line. @throws DatabaseError where it isn't what {@link writeExportFile} has written */
export async function* readExportFile(path: string): AsyncGenerator<ExportLine, undefined> {
  let rest: Buffer[] = [];
  for await (const chunk of unzipped(path)) {
    let from = 0;
    for (let to = chunk.indexOf(10); to !== -1; to = chunk.indexOf(10, from)) {
      yield lineOf([...rest, chunk.subarray(from, to)]);
      rest = [];
      from = to + 1;
    }
    rest.push(chunk.subarray(from));
  }
}

export function incompleteExport(cause?: unknown): DatabaseError {
  return new DatabaseError('The export is incomplete or damaged: nothing was imported. Make it again.', { cause });
}

async function* unzipped(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path);
  const gunzip = createGunzip();
  file.on('error', (error) => gunzip.destroy(error));
  try {
    for await (const chunk of file.pipe(gunzip) as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    throw isOfZlib(error) ? incompleteExport(error) : error;
  }
}

function isOfZlib(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}

function lineOf(parts: readonly Buffer[]): ExportLine {
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as ExportLine;
  } catch (error) {
    throw incompleteExport(error);
  }
}

async function* textOf(lines: AsyncIterable<ExportLine>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`;
}
