/** An event that is sent. */
export interface SentEvent {
  readonly type: string;
  /** Milliseconds since 1970, by the clock of the account it is about. */
  readonly occurredAt: number;
  /** The event's data as JSON text, as it is kept: no amount passes through a number. */
  readonly data: string;
}

/** The body of a message, the same for every attempt: `{"type": …, "timestamp": …, "data": {…}}`. */
export function webhookPayload({ type, occurredAt, data }: SentEvent): string {
  const timestamp = new Date(occurredAt).toISOString();
  return `{"type":${JSON.stringify(type)},"timestamp":"${timestamp}","data":${data}}`;
}
