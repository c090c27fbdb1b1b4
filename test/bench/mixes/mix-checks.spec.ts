import { describe, expect, it } from '@jest/globals';
import type { LoadResult } from '../load/load.ts';
import { noneRefused, rateKept } from './mix-checks.ts';
import type { MixRound, StageResult } from './mix.ts';

const stalls = { loopMax: 0, loopP99: 0, gcMax: 0, gcTotal: 0 };
const latency = { average: 1, p50: 1, p95: 1, p99: 1 };

function stage(perSecond: number, answers: LoadResult['answers'] = {}): StageResult {
  const victim = { perSecond, decisions: 1, latency, refused: null, answers, cpuMicros: 0 };
  return { victim, beside: [], stalls, holdsBooked: null, month: null };
}

function round(alone: number, mixed: number, answers?: LoadResult['answers']): MixRound {
  return { alone: stage(alone), mixed: stage(mixed, answers) };
}

describe('a check of a mix', () => {
  it('compares within each round, and its median counts', () => {
    const rounds = [round(1000, 900), round(100, 80), round(2000, 2000)];
    expect(rateKept('', rounds, { atLeast: 0.9 })).toMatchObject({ value: 0.9, min: 0.8, max: 1, reached: true });
  });

  it('counts everything that was refused in any round', () => {
    const rounds = [round(1, 1, { '201': 9 }), round(1, 1, { '201': 9, '503 ledger_busy': 2, '503': 1 })];
    expect(noneRefused('', rounds)).toMatchObject({ value: 3, min: 0, max: 3, reached: false });
    expect(noneRefused('', rounds.slice(0, 1))).toMatchObject({ value: 0, reached: true });
  });
});
