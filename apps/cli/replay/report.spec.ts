import { describe, expect, it } from '@jest/globals';
import { Amount } from '#amounts';
import { planReplay } from './plan-replay.ts';
import { compareCredits } from './reconcile.ts';
import { USUAL_CARD } from './replay-card.ts';
import { buildReport, type FinishedReplay, formatReport } from './report.ts';
import { Tally } from './tally.ts';

const plan = planReplay([{ atMs: 0, inputTokens: 10, outputTokens: 10 }], {
  run: 'r1',
  customers: 1,
  shortShare: 0,
  card: USUAL_CARD,
  maxOutput: 100,
});

function credits(account: string, granted: string, spent: string, held: string, available: string, due = spent) {
  return {
    account,
    granted: new Amount(granted),
    spent: new Amount(spent),
    due: new Amount(due),
    held: new Amount(held),
    available: new Amount(available),
  };
}

function finished(changes: Partial<FinishedReplay> = {}): FinishedReplay {
  const tally = new Tally();
  Object.assign(tally, { done: 1500, approved: 1200, declined: 300, committed: 1200 });
  for (let micros = 1000; micros <= 100_000; micros += 1000) tally.authorizeMicros.record(micros);
  const reconciliation = compareCredits([credits('r1-c0', '0.3', '0.1', '0.000000000001', '0.199999999999')]);
  const verdict = { result: 'passed', summary: 'all invariants hold' } as const;
  return { run: 'r1', plan, tally, seconds: 2, retries: 0, reconciliation, verdict, ...changes };
}

describe('compareCredits', () => {
  it('finds a difference in the last digit, also one that others make up for', () => {
    const result = compareCredits([
      credits('a', '1', '0.5', '0', '0.500000000001'),
      credits('b', '1', '0.5', '0', '0.499999999999'),
    ]);
    expect(result.granted.equals(result.spent.plus(result.held).plus(result.left))).toBe(true);
    expect(result.unequal).toEqual([
      'a: granted 1, spent 0.5, held 0, left 0.500000000001, due 0.5',
      'b: granted 1, spent 0.5, held 0, left 0.499999999999, due 0.5',
    ]);
    expect(result.overspent).toEqual([]);
  });

  it('finds a customer who has paid another amount than the tokens of the trace come to', () => {
    const result = compareCredits([
      credits('a', '1', '0.5', '0', '0.5', '0.500000000001'),
      credits('b', '1', '0', '0', '1'),
    ]);
    expect(result.unequal).toEqual(['a: granted 1, spent 0.5, held 0, left 0.5, due 0.500000000001']);
    expect(result.due.toFixed()).toBe('0.500000000001');
  });

  it('calls a customer overspent who spent more than granted, or whose balance is below zero', () => {
    const result = compareCredits([
      credits('a', '1', '1.1', '0', '-0.1'),
      credits('b', '1', '0', '1.5', '-0.5'),
      credits('c', '1', '1', '0', '0'),
    ]);
    expect(result.overspent.map((line) => line[0])).toEqual(['a', 'b']);
  });
});

describe('buildReport', () => {
  it('is ok where nothing failed, and counts authorizations and commits as decisions', () => {
    expect(buildReport(finished())).toMatchObject({
      ok: true,
      decisions_per_second: 1350,
      authorize_ms: { p50: expect.closeTo(50, 0), p95: expect.closeTo(95, 0), p99: expect.closeTo(99, 0) },
      commit_ms: { p50: 0 },
      granted: '0.3',
      left: '0.199999999999',
    });
  });

  it('is ok where verify could not run, as nothing is known to be wrong', () => {
    expect(buildReport(finished({ verdict: { result: 'not run', summary: 'out of reach' } })).ok).toBe(true);
  });

  it.each<[string, () => Partial<FinishedReplay>]>([
    ['an error', () => ({ tally: Object.assign(new Tally(), { errors: 1 }) })],
    ['a wrong price', () => ({ reconciliation: compareCredits([credits('a', '1', '0.1', '0', '0.9', '0.2')]) })],
    ['an unaccounted credit', () => ({ reconciliation: compareCredits([credits('a', '1', '0', '0', '0.9')]) })],
    ['an overspend', () => ({ reconciliation: compareCredits([credits('a', '1', '2', '0', '-1')]) })],
    ['a failed verify', () => ({ verdict: { result: 'failed', summary: 'grant g1 is off by 1' } })],
  ])('is not ok after %s', (_what, changes) => {
    const report = buildReport(finished(changes()));
    expect(report.ok).toBe(false);
    expect(formatReport(report)).toMatch(/FAILED$/);
  });
});

describe('formatReport', () => {
  it('says everything in a few lines', () => {
    const lines = formatReport(buildReport(finished())).split('\n');
    expect(lines).toContain('requests     1 of 1 customers, 0 of them granted too little');
    expect(lines).toContain('models       claude-sonnet-4-5, gpt-5-mini, gemini-2.5-flash');
    expect(lines).toContain("recomputed   0.1 from the trace's tokens alone");
    expect(lines).toContain('decisions    2,700 in 2.00 s: 1,350 per second');
    expect(lines).toContain('             0.1 spent + 0.000000000001 held + 0.199999999999 left');
    expect(lines.slice(-3)).toEqual(['overspend    none', 'verify       passed: all invariants hold', 'ok']);
  });

  it('shows the first errors and how many there are besides', () => {
    const tally = new Tally();
    for (let row = 1; row <= 8; row += 1) tally.addError(`row ${row}: 500 internal_error`);
    const text = formatReport(buildReport(finished({ tally })));
    expect(text).toContain('errors       8\n  row 1: 500 internal_error\n');
    expect(text).toContain('row 5: 500 internal_error\n  and 3 more\n');
    expect(text).not.toContain('row 6');
  });
});
