import type { ChainDifference, ChainReport } from '#reports';

/** What differs, the hash of each closing, and the verdict, which is the last line. */
export function formatChain(report: ChainReport): string {
  const { differences, found, closings, rows, links, clean, ms } = report;
  const more = found > differences.length ? [`  and ${found - differences.length} more`] : [];
  const hashes = closings.map(
    ({ environment, month, version, hash }) => `  ${environment} ${month} version ${version}: ${hash}`,
  );
  const checked = `${rows} rows in ${links} links, ${closings.length} closings checked in ${(ms / 1000).toFixed(1)} s`;
  const verdict = clean
    ? `verify: the chain is whole: ${checked}`
    : `verify: FAILED: ${found} differences in the chain: ${checked}`;
  return [...differences.map(formatDifference), ...more, 'closings', ...hashes, verdict].join('\n');
}

function formatDifference({ environment, account, month, kind, object }: ChainDifference): string {
  const place = [environment, account].filter((part) => part !== null).join(' ');
  return `  ${place}, ${month === null ? 'not closed' : `closed with ${month}`}: ${kind}: ${object}`;
}
