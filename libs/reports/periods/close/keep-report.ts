import type { Queryable } from '#ledger-store';
import { createHash } from 'node:crypto';

const PART_BYTES = 1_000_000;

interface KeptReport {
  readonly environment: string;
  readonly closing: number;
  readonly report: string;
  readonly format: string;
}

/** Keeps what a report answers, a megabyte at a time. @returns SHA-256 of it, hexadecimal */
export async function keepReport(
  database: Queryable,
  { environment, closing, report, format }: KeptReport,
  text: AsyncIterable<string>,
): Promise<string> {
  const hash = createHash('sha256');
  let part = 0;
  let waiting: Buffer[] = [];
  let bytes = 0;
  const write = async (): Promise<void> => {
    await database.query('insert into period_reports values ($1, $2, $3, $4, $5, $6)', [
      environment,
      closing,
      report,
      format,
      part,
      Buffer.concat(waiting),
    ]);
    part += 1;
    waiting = [];
    bytes = 0;
  };
  for await (const chunk of text) {
    const buffer = Buffer.from(chunk);
    hash.update(buffer);
    waiting.push(buffer);
    bytes += buffer.length;
    if (bytes >= PART_BYTES) await write();
  }
  if (bytes > 0 || part === 0) await write();
  return hash.digest('hex');
}
