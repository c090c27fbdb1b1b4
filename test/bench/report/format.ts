import type { VerifiedDatabase } from '../bench-server.ts';
import type { Machine } from '../machine.ts';
import type { Check } from './check.ts';
import { textTable } from './text-table.ts';

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function precise(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(1);
}

export function orDash(value: number | null, format: (value: number) => string): string {
  return value === null ? '–' : format(value);
}

export function formatMachine({ cpus, cpu, memory_gib, platform, node, postgres }: Machine): string {
  return `${cpus} × ${cpu}, ${memory_gib} GiB, ${platform}, Node ${node}, Postgres ${postgres}`;
}

/** Name, figure, what it should be, and whether it is. */
export function checkCells({ name, value, at_least, at_most, reached }: Check): string[] {
  const bounds = [at_least === null ? [] : [`≥ ${at_least}`], at_most === null ? [] : [`≤ ${at_most}`]].flat();
  if (value === null) return [name, '–', bounds.join(', '), 'not measured'];
  return [name, precise(value), bounds.join(', '), reached === null ? '' : reached ? 'reached' : 'NOT REACHED'];
}

export function formatVerified(verified: readonly VerifiedDatabase[]): string {
  return textTable(
    verified.map(({ database, clean, transfers, authorizations }) => [
      `verify ${database}`,
      clean ? 'clean' : 'NOT CLEAN',
      `${whole(transfers)} transfers`,
      `${whole(authorizations)} authorizations`,
    ]),
  );
}
