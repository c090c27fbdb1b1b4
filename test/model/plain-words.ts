import { EPOCH } from './world.ts';

/** What stands in an answer's body. */
export type Parsed = Readonly<Record<string, unknown>>;

/** The account's name within its sequence. */
export function accountInWordsOf(id: unknown): string {
  return String(id).replace(/-[^-]*$/, '');
}

/** Milliseconds since the sequence began. */
export function timeInWords(time: unknown): unknown {
  return typeof time === 'number' ? time - EPOCH : time;
}
