import type { Tags } from '#pricing';
import type { AccountKey } from './ids.ts';
import type { RefusalCode } from './refusals.ts';

/** A request, or an item of a batch, that was refused credits. */
export interface DeclinedRequest {
  readonly environment: string;
  readonly accountKey: AccountKey;
  /** By the account's clock, in milliseconds since 1970. */
  readonly at: number;
  readonly reason: RefusalCode;
  /** What the request was for; of a commit, its authorization's. */
  readonly tags: Tags;
}
