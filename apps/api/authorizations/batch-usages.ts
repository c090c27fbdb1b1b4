import type { Usage } from '#pricing';
import { invalidRequest } from '../validation/body-pipe.ts';
import { USAGES_READ_MAX } from '../validation/usage.ts';

/**
 * The items of a batch are priced in one go, and nobody else is served until they are. Of every item, the usage that was read: a vendor's answer may give several.
 *
 * @throws {ProblemError} `invalid_request` where a batch has too many of them
 */
export function checkBatchUsages(usages: readonly (readonly Usage[])[]): void {
  const count = usages.reduce((total, { length }) => total + length, 0);
  if (count <= USAGES_READ_MAX) return;
  const message = `must have at most ${String(USAGES_READ_MAX)} usages in all, not ${String(count)}`;
  throw invalidRequest([{ field: 'items', message }]);
}
