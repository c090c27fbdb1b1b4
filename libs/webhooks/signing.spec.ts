import { describe, expect, it } from '@jest/globals';
import { createHmac, randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { webhookPayload } from './payload.ts';
import { signedHeaders } from './signing.ts';

const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
const body = webhookPayload({ type: 'grant.created', occurredAt: 1_795_262_400_000, data: '{"account": "acme"}' });
const message = { id: 'evt_01', sentAt: Date.now(), body };

describe('a signed message', () => {
  it('is verified by each of the secrets that sign, and by no other', () => {
    const [fresh, previous, other] = [newSecret(), newSecret(), newSecret()];
    const headers = signedHeaders(message, [fresh, previous]);
    for (const secret of [fresh, previous]) expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => new Webhook(other).verify(body, headers)).toThrow('No matching signature');
    expect(() => new Webhook(fresh).verify(`${body} `, headers)).toThrow('No matching signature');
  });

  it('has the HMAC of its id, its time and its body, as the specification has it', () => {
    const secret = newSecret();
    const headers = signedHeaders(message, [secret]);
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const signed = `evt_01.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  });
});

describe('a payload', () => {
  it('has type, timestamp and data, its amounts as they are kept', () => {
    const text = webhookPayload({ type: 'a.b', occurredAt: 0, data: '{"n": 12345678901234567890.123}' });
    expect(text).toBe('{"type":"a.b","timestamp":"1970-01-01T00:00:00.000Z","data":{"n": 12345678901234567890.123}}');
  });
});
