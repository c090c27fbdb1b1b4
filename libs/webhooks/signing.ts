import { Webhook } from 'standardwebhooks';

export interface SignedMessage {
  /** The event's public id: the same for every attempt, so that receivers can drop what they have. */
  readonly id: string;
  /** When this attempt is made, in milliseconds since 1970. */
  readonly sentAt: number;
  readonly body: string;
}

/** The headers of Standard Webhooks v1: one signature for each secret that is valid now, the newest first. */
export function signedHeaders({ id, sentAt, body }: SignedMessage, secrets: readonly string[]) {
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, new Date(sentAt), body));
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(sentAt / 1000)),
    'webhook-signature': signatures.join(' '),
  };
}
