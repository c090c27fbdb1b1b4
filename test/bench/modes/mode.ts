import type { VerifiedDatabase } from '../bench-server.ts';

/** What every kind of run is given. */
export interface RunOptions {
  /** Of each measurement. */
  readonly seconds: number;
  readonly log: (line: string) => void;
  /** Ends the run early. */
  readonly signal: AbortSignal;
}

/** What every kind of run gives. */
export interface Outcome {
  /** For programs. `failed`: what couldn't be measured. */
  readonly report: { readonly verified: readonly VerifiedDatabase[]; readonly failed?: readonly object[] };
  /** For people. */
  readonly text: string;
}
