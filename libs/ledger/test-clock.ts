/** The environment whose time is real, always. */
export const LIVE = 'live';

/**
 * The clock of accounts outside of `live`. An environment has one at a time, for the accounts that are made then;
 * an account keeps its clock for good.
 */
export interface TestClock {
  /** Which one of its environment's; the first is 0. */
  readonly number: number;
  /** How far it is ahead of real time, in milliseconds; never less than it was. */
  readonly aheadMs: number;
}

const NONE: readonly string[] = [];

/** The environments of some objects that have test clocks, each once. */
export function withTestClocks(objects: readonly { readonly environment: string }[]): readonly string[] {
  if (objects.every(({ environment }) => environment === LIVE)) return NONE;
  return [...new Set(objects.map(({ environment }) => environment))].filter((environment) => environment !== LIVE);
}
