import { newUuid } from '#ledger';
import type { TestClocks } from '../clocks/test-clocks.ts';

/** Moves the time of an environment forward, as an operator does. */
export async function advanceClock(clocks: TestClocks, environment: string, milliseconds: number): Promise<void> {
  const actor = { keyId: newUuid(Date.now()), keyName: 'olga', call: 'a test', requestId: 'one' };
  const answer = () => ({ status: 200, body: '' });
  const result = await clocks.advance({ environment, actor, key: null }, milliseconds, answer);
  if (typeof result === 'string') throw new Error(result);
}
