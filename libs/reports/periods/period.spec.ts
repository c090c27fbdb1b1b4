import { expect, it } from '@jest/globals';
import { nextMonth, whyNotClosable } from './period.ts';

it('comes after the one before, across years', () => {
  expect(['2026-01', '2026-09', '2026-12'].map(nextMonth)).toEqual(['2026-02', '2026-10', '2027-01']);
});

const MARCH = { month: '2026-03', to: 100, now: 100, first: '2026-01', lastClosed: '2026-02' };

it('is closed when it is over by every clock, after the one before it', () => {
  expect(whyNotClosable(MARCH)).toBeNull();
  expect(whyNotClosable({ ...MARCH, now: 99 })).toEqual({ code: 'period_not_over', until: 100 });
  expect(whyNotClosable({ ...MARCH, lastClosed: '2026-01' })).toEqual({ code: 'period_out_of_order', next: '2026-02' });
  expect(whyNotClosable({ ...MARCH, lastClosed: null })).toEqual({ code: 'period_out_of_order', next: '2026-01' });
});

it('begins with the month of the first account', () => {
  expect(whyNotClosable({ ...MARCH, month: '2026-01', lastClosed: null })).toBeNull();
});

it('may be asked for again when it is closed', () => {
  expect(whyNotClosable({ ...MARCH, month: '2026-02' })).toBeNull();
});
