import { AHEAD_MS_MAX } from '#ledger-store';
import { IsInt, Max, Min } from 'class-validator';
import { Describe } from '../openapi/describe.ts';

export const AHEAD_SECONDS_MAX = AHEAD_MS_MAX / 1000;

export class AdvanceBody {
  @Describe('How far to move forward, in seconds. Time never goes back.')
  @IsInt()
  @Min(1)
  @Max(AHEAD_SECONDS_MAX)
  readonly seconds!: number;
}
