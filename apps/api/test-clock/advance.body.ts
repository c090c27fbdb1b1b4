import { AHEAD_MS_MAX } from '#ledger-store';
import { Describe } from '../openapi/describe.ts';
import { IsWhole } from '../validation/rules.ts';

export const AHEAD_SECONDS_MAX = AHEAD_MS_MAX / 1000;

export class AdvanceBody {
  @Describe('How far to move forward, in seconds. Time never goes back.')
  @IsWhole(1, AHEAD_SECONDS_MAX)
  readonly seconds!: number;
}
