import type { AccountSet } from '../accounts.ts';
import type { Load, LoadResult, Pace, Work } from '../load/load.ts';
import type { Environment, Opening } from '../open-over-http.ts';
import type { RatioResult } from '../report/ratios.ts';
import type { Stalls } from '../stalls/stalls.ts';
import type { BegunMonth } from './new-month.ts';

/** What some clients do. */
export interface ClientLoad {
  readonly work: Work;
  readonly accounts: AccountSet;
  readonly connections: number;
  readonly environment?: Environment;
  readonly picks?: Load['picks'];
  /** A closed loop unless it is said. */
  readonly pace?: Pace;
}

/** What goes on at once. */
export interface Stage {
  /** Those whose figures count. */
  readonly victim: ClientLoad;
  readonly beside?: readonly ClientLoad[];
  /** By a second service on the same database, whose cache the other stage doesn't touch. */
  readonly hasOwnService?: boolean;
  /** Accounts on each of which a hold was made before, so that all through the stage some lapse. */
  readonly lapsing?: AccountSet;
  /** Whether a month begins with it, by the test clock. */
  readonly beginsMonth?: true;
}

export interface StageResult {
  readonly victim: LoadResult;
  /** In the order of the stage. */
  readonly beside: readonly LoadResult[];
  readonly stalls: Stalls;
  /** Of the lapsing holds, how many the service booked meanwhile; `null` where there were none. */
  readonly holdsBooked: number | null;
  /** `null` where none has begun. */
  readonly month: BegunMonth | null;
}

export interface MixRound {
  readonly alone: StageResult;
  readonly mixed: StageResult;
}

/** One kind of request, alone and then beside others, in turns. */
export interface Mix {
  readonly name: string;
  readonly what: string;
  /** Opened over HTTP. */
  readonly opens?: readonly Opening[];
  /** Filled into the tables, each with 1 000 000 credits. */
  readonly fills?: readonly AccountSet[];
  /** Asked for once before all, so that the service has them in its cache. */
  readonly warms?: AccountSet;
  /** How long it is done before it is measured; a second at most unless it is said. */
  readonly warmUpSeconds?: number;
  /** Whether what happened in each round is shown by itself. */
  readonly showsRounds?: boolean;
  /** @param round from 0 for the warm-up */
  readonly alone: (round: number) => Stage;
  /** @param alone what was measured just before */
  readonly mixed: (alone: LoadResult, round: number) => Stage;
  readonly checks: (rounds: readonly MixRound[]) => readonly RatioResult[];
}
