import type { FieldSchemas } from '../openapi/view-schema.ts';

/** What one type of event says. */
export interface EventDescription<Data> {
  /** When Purser sends it. */
  readonly sentWhen: string;
  readonly fields: FieldSchemas<Data>;
}
