import { formatMachine, formatVerified, precise, whole } from './format.ts';
import type { MixLoad, MixOutcome, MixReport, MixResult } from './mix-report.ts';
import { formatChecks } from './format-checks.ts';
import { median } from './statistics.ts';
import { textTable } from './text-table.ts';

/** The report as people read it. */
export function formatMixes({ machine, seconds, rounds, versions, mixes, failed, verified }: MixReport): string {
  return [
    formatMachine(machine),
    `${rounds} rounds of ${seconds} s for each stage; medians over the rounds, sums of the answers.`,
    ...versions.map(({ name, folder }) => `${name}: ${folder}`),
    ...mixes.map(formatMix),
    formatChecks(
      versions.map(({ name }) => name),
      mixes.flatMap(({ outcomes }) => outcomes),
    ),
    ...failed.map(({ mix, why }) => `${mix}: FAILED: ${why}`),
    formatVerified(verified),
  ].join('\n\n');
}

const HEAD = ['', 'per second', 'min–max', 'p50 ms', 'p95', 'p99', 'loop max ms', 'GC max', 'answers'];

function formatMix({ name, what, shows_rounds, outcomes }: MixResult): string {
  const lines = outcomes.flatMap((outcome) => linesOf(outcome, shows_rounds));
  return [`${name}: ${what}`, '', textTable([HEAD, ...lines])].join('\n');
}

function linesOf({ version, loads }: MixOutcome, showsRounds: boolean): string[][] {
  const groups = Map.groupBy(loads, ({ round, stage, role, work, connections }) => {
    const clients = `${role === 'victim' ? '' : '+ '}${connections} × ${work}`;
    return [version, ...(showsRounds ? [`round ${round}`] : []), stage, clients].join(', ');
  });
  return [...groups].map(([name, same]) => line(name, same));
}

function line(name: string, loads: readonly MixLoad[]): string[] {
  const middle = (figure: (load: MixLoad) => number): string => precise(median(loads.map(figure)));
  const worst = (figure: (load: MixLoad) => number): string => precise(Math.max(...loads.map(figure)));
  const rates = loads.map(({ per_second }) => per_second);
  return [
    name,
    whole(median(rates)),
    `${whole(Math.min(...rates))}–${whole(Math.max(...rates))}`,
    middle(({ latency_ms }) => latency_ms.p50),
    middle(({ latency_ms }) => latency_ms.p95),
    middle(({ latency_ms }) => latency_ms.p99),
    worst(({ stalls_ms }) => stalls_ms.loopMax),
    worst(({ stalls_ms }) => stalls_ms.gcMax),
    answersOf(loads),
  ];
}

function answersOf(loads: readonly MixLoad[]): string {
  const sums = new Map<string, number>();
  for (const { answers } of loads) {
    for (const [kind, count] of Object.entries(answers)) sums.set(kind, (sums.get(kind) ?? 0) + count);
  }
  return [...sums].map(([kind, count]) => `${kind}: ${whole(count)}`).join(', ');
}
