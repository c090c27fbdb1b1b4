import type { Pool } from '#database';
import type { StoreRules } from '../prices/price-source.ts';
import type { EngineObserver } from './engine-observer.ts';
import type { WriteHealth } from './write-health.ts';

export interface LaneOptions {
  /** The lane's own connections: one for the batches in flight, one for locked batches, one to read what the cache hasn't. */
  readonly pool: Pool;
  /** What holds for all accounts. */
  readonly rules: StoreRules;
  /** The most decisions in one transaction; a command of more has one for itself. */
  readonly batchMax: number;
  /** The most windows by value that are remembered. */
  readonly windowsMax: number | undefined;
  /** Milliseconds that pass as they do for the database, from whatever beginning. */
  readonly passed: () => number;
  readonly observer: EngineObserver;
  readonly writeHealth: WriteHealth;
  readonly log: (line: string) => void;
}
