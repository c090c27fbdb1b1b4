import type { RecordableHistogram } from 'node:perf_hooks';
import { formatAmount, ZERO } from '#amounts';
import type { ReplayPlan } from './plan-replay.ts';
import type { Reconciliation } from './reconcile.ts';
import type { Tally } from './tally.ts';

/** Whether the books were verified, and what came of it, in a line. */
export interface Verdict {
  readonly result: 'passed' | 'failed' | 'not run';
  readonly summary: string;
}

/** A replay that dealt with the whole trace. */
export interface FinishedReplay {
  readonly run: string;
  readonly plan: ReplayPlan;
  readonly tally: Tally;
  /** How long authorizing and committing took. */
  readonly seconds: number;
  /** Requests sent again after a passing fault. */
  readonly retries: number;
  readonly reconciliation: Reconciliation;
  readonly verdict: Verdict;
}

/** The result for programs: counts, milliseconds, and amounts as exact text. */
export interface ReplayReport {
  readonly run: string;
  readonly ok: boolean;
  readonly requests: number;
  readonly customers: number;
  readonly short_customers: number;
  readonly models: readonly string[];
  readonly approved: number;
  readonly declined: number;
  readonly committed: number;
  readonly errors: number;
  readonly first_errors: readonly string[];
  readonly over_bound: number;
  readonly replayed: number;
  readonly retries: number;
  readonly seconds: number;
  readonly decisions_per_second: number;
  readonly behind_ms: number;
  readonly authorize_ms: LatencyReport;
  readonly commit_ms: LatencyReport;
  readonly granted: string;
  readonly spent: string;
  readonly recomputed: string;
  readonly held: string;
  readonly left: string;
  readonly uncollected: string;
  readonly unequal: readonly string[];
  readonly overspent: readonly string[];
  readonly verify: Verdict;
}

interface LatencyReport {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const shownCustomers = 5;

/** A replay is in order if nothing failed, nobody overspent, every credit is accounted for, and verify didn't fail. */
export function buildReport(replay: FinishedReplay): ReplayReport {
  const { run, plan, tally, seconds, retries, reconciliation, verdict } = replay;
  const { unequal, overspent } = reconciliation;
  const decisions = tally.approved + tally.declined + tally.committed;
  return {
    run,
    ok: tally.errors === 0 && unequal.length === 0 && overspent.length === 0 && verdict.result !== 'failed',
    requests: plan.requests.length,
    customers: plan.customers.length,
    short_customers: plan.customers.filter(({ ample }) => !ample).length,
    models: plan.card.models.map(({ event, model }) => model ?? event),
    approved: tally.approved,
    declined: tally.declined,
    committed: tally.committed,
    errors: tally.errors,
    first_errors: tally.firstErrors,
    over_bound: plan.overBound,
    replayed: tally.replayed,
    retries,
    seconds: Number(seconds.toFixed(3)),
    decisions_per_second: Math.round(decisions / seconds),
    behind_ms: Math.round(tally.behindMs),
    authorize_ms: latencyOf(tally.authorizeMicros),
    commit_ms: latencyOf(tally.commitMicros),
    granted: formatAmount(reconciliation.granted),
    spent: formatAmount(reconciliation.spent),
    recomputed: formatAmount(reconciliation.due),
    held: formatAmount(reconciliation.held),
    left: formatAmount(reconciliation.left),
    uncollected: formatAmount(tally.uncollected),
    unequal,
    overspent,
    verify: verdict,
  };
}

function latencyOf(micros: RecordableHistogram): LatencyReport {
  // A histogram without a record has no percentiles to speak of.
  const milliseconds = (percent: number): number => (micros.count === 0 ? 0 : micros.percentile(percent) / 1000);
  return { p50: milliseconds(50), p95: milliseconds(95), p99: milliseconds(99) };
}

/** The same for people. */
export function formatReport(report: ReplayReport): string {
  const { requests, customers, short_customers: short, unequal, overspent } = report;
  const decisions = count(report.approved + report.declined + report.committed);
  const lines = [
    `run          ${report.run}`,
    `requests     ${count(requests)} of ${count(customers)} customers, ${count(short)} of them granted too little`,
    `models       ${report.models.join(', ')}`,
    `approved     ${count(report.approved)}`,
    `declined     ${count(report.declined)}`,
    `errors       ${count(report.errors)}`,
    ...report.first_errors.map((error) => `  ${error}`),
    ...(report.errors > report.first_errors.length
      ? [`  and ${count(report.errors - report.first_errors.length)} more`]
      : []),
    `decisions    ${decisions} in ${report.seconds.toFixed(2)} s: ${count(report.decisions_per_second)} per second`,
    `authorize    ${formatLatency(report.authorize_ms)}`,
    `commit       ${formatLatency(report.commit_ms)}`,
    ...remarks(report),
    `credits      ${report.granted} granted`,
    `             ${report.spent} spent + ${report.held} held + ${report.left} left`,
    `recomputed   ${report.recomputed} from the trace's tokens alone`,
    unequal.length === 0 ? '             equal to the last digit for every customer' : '             NOT equal:',
    ...listed(unequal),
    overspent.length === 0 ? 'overspend    none' : `overspend    ${count(overspent.length)} customers`,
    ...listed(overspent),
    `verify       ${report.verify.result}: ${report.verify.summary}`,
    report.ok ? 'ok' : 'FAILED',
  ];
  return lines.join('\n');
}

/** What is only worth a line where it happened. */
function remarks(report: ReplayReport): string[] {
  return [
    ...(report.over_bound > 0
      ? [`over bound   ${count(report.over_bound)} requests cost more than was authorized`]
      : []),
    ...(report.uncollected === formatAmount(ZERO) ? [] : [`uncollected  ${report.uncollected}`]),
    ...(report.replayed > 0
      ? [`replayed     ${count(report.replayed)} answers were first given earlier in this run`]
      : []),
    ...(report.retries > 0 ? [`retried      ${count(report.retries)} times, with the same keys`] : []),
    ...(report.behind_ms > 0 ? [`behind       the trace's times by ${count(report.behind_ms)} ms at worst`] : []),
  ];
}

function listed(customers: readonly string[]): string[] {
  const rest = customers.length - shownCustomers;
  return [
    ...customers.slice(0, shownCustomers).map((customer) => `  ${customer}`),
    ...(rest > 0 ? [`  and ${count(rest)} more`] : []),
  ];
}

function formatLatency({ p50, p95, p99 }: LatencyReport): string {
  return `p50 ${p50.toFixed(2)} ms, p95 ${p95.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
