import { describe, expect, it } from '@jest/globals';
import { Amount } from '#amounts';
import { noAlertState, percentUsed } from './alerts.ts';

describe('the used percentage', () => {
  const used = (basis: string, posted: string): string =>
    percentUsed({ ...noAlertState(), basis: new Amount(basis) }, new Amount(posted));

  it('is rounded down to two decimals, and more than 100 of an account that owes', () => {
    expect([used('30', '20'), used('30', '-1')]).toEqual(['33.33', '103.33']);
  });

  it('is never below 0: of an account from before refunds counted into the basis', () => {
    expect(used('50', '110')).toBe('0');
  });

  it('is 0 where there is no basis', () => {
    expect(used('0', '-5')).toBe('0');
  });
});
