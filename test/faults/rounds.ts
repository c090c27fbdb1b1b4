const { FAULT_ROUNDS = '2' } = process.env;
if (!/^[1-9]\d*$/.test(FAULT_ROUNDS)) throw new Error('FAULT_ROUNDS must be a whole number from 1 on');

/** How often each fault is made under one load. */
export const rounds = Number(FAULT_ROUNDS);
/** The same for a fault that lasts for seconds. */
export const slowRounds = Math.ceil(rounds / 2);

/** What one test may take. */
export const TEST_MS_MAX = 120_000 + rounds * 60_000;
