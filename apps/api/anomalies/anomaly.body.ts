import { ANOMALY_STATES, type AnomalyState } from '#reports';
import { IsIn } from 'class-validator';
import { Describe } from '../openapi/describe.ts';

export class AnomalyBody {
  @Describe('What you make of it.')
  @IsIn(ANOMALY_STATES)
  readonly state!: AnomalyState;
}
