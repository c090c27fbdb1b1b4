import { checkCells, formatMachine, formatVerified, orDash, precise, whole } from '../report/format.ts';
import { textTable } from '../report/text-table.ts';
import type { Comparison } from './compare-loads.ts';
import type { GrowthReport } from './growth-report.ts';
import type { Footprint } from './measure-footprint.ts';
import type { Lapse } from './measure-lapse.ts';
import type { RowChurn } from './row-churn.ts';

/** The report as people read it. */
export function formatGrowth({
  machine,
  sizes,
  comparisons,
  checks,
  lapse,
  footprints,
  verified,
}: GrowthReport): string {
  return [
    formatMachine(machine),
    `${whole(sizes.history)} closed authorizations and as many transfers against none · ${whole(sizes.accounts)} accounts ` +
      `against ${whole(sizes.activeAccounts)} · ${whole(sizes.grants)} live grants against 1 · ` +
      `${whole(sizes.holds)} open holds against next to none`,
    textTable([['', 'small', 'grown', 'grown ÷ small', 'min–max'], ...comparisons.map(comparisonCells)]),
    textTable(checks.filter(({ at_least, at_most }) => at_least !== null || at_most !== null).map(checkCells)),
    formatLapse(lapse),
    ...footprints.map(formatFootprint),
    formatVerified(verified),
  ].join('\n\n');
}

function comparisonCells({ what, figure, base, grown, ratio }: Comparison): string[] {
  return [
    `${what}: ${figure}`,
    orDash(base, rounded),
    orDash(grown, rounded),
    orDash(ratio?.median ?? null, precise),
    ratio ? `${precise(ratio.min)}–${precise(ratio.max)}` : '–',
  ];
}

function formatLapse({ holds, booked_after_s, worst_ms, worst_of_others_ms, refused }: Lapse): string {
  return (
    `${whole(holds)} holds of one account lapsed at once: booked after ${precise(booked_after_s)} s, slowest pair meanwhile ` +
    `${whole(worst_ms)} ms (other accounts: ${whole(worst_of_others_ms)} ms), ${refused} refused`
  );
}

function formatFootprint({ what, pairs, parts, kept, keys, reused, wal, churn }: Footprint): string {
  const bytes = parts.map(({ table, part, bytes }) => [`${table}: ${part}`, precise(bytes)]);
  const sums = [
    ['kept for good', precise(kept)],
    ['kept for some days (idempotency keys)', precise(keys)],
    ['room that is used again', precise(reused)],
    ['written to the log', precise(wal)],
  ];
  return [
    `bytes per authorize + commit pair, ${what}, after ${whole(pairs)} pairs`,
    textTable([...bytes, ...sums]),
    textTable([['', 'updated', 'deleted', 'HOT', 'dead now', 'vacuums', 'MiB'], ...churn.map(churnCells)]),
  ].join('\n');
}

function churnCells({ table, updated, deleted, hot, dead, vacuums, bytes }: RowChurn): string[] {
  const share = orDash(hot, (value) => `${precise(value * 100)} %`);
  return [table, whole(updated), whole(deleted), share, whole(dead), whole(vacuums), precise(bytes / 2 ** 20)];
}

function rounded(value: number): string {
  return value < 100 ? precise(value) : whole(value);
}
