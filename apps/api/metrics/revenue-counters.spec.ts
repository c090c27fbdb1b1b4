import { Amount } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { RevenueCounters } from './revenue-counters.ts';

describe('the counters of revenue', () => {
  it('have a bounded number of series: units beyond are counted together', async () => {
    const registry = new Registry();
    const counters = new RevenueCounters(registry);
    const none = { debtIncurred: new Amount(0), debtRepaid: new Amount(0), lateCommits: 0 };
    for (let unit = 0; unit < 130; unit++)
      counters.add({ environment: 'live', unit: `u${String(unit)}`, uncollected: new Amount('0.5'), ...none });
    counters.add({ environment: 'live', unit: 'u0', uncollected: new Amount('0.5'), ...none });
    const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith('purser_uncollected_total{'));
    expect(lines).toHaveLength(101);
    expect(lines).toContain('purser_uncollected_total{environment="live",unit="u0"} 1');
    expect(lines).toContain('purser_uncollected_total{environment="live",unit="other"} 15');
  });
});
