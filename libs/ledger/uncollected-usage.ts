import type { Amount } from '#amounts';
import type { AccountKey } from './ids.ts';

/** What of usage was covered by neither credits nor debt; negative where an adjustment has taken it off again. It never changes. */
export interface UncollectedUsage {
  readonly id: string;
  readonly accountKey: AccountKey;
  readonly environment: string;
  readonly authorizationId: string;
  readonly amount: Amount;
  /** By the account's clock, in milliseconds since 1970. */
  readonly createdAt: number;
}
