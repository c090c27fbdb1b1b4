import { describe, expect, it } from '@jest/globals';
import { secretsRemover } from './remove-secrets.ts';

const remove = secretsRemover(['an-admin-key-of-the-operator', 'pass"word']);

describe('what is logged', () => {
  it.each([
    ['an API key', 'no such key: pur_live_s3cret-Ab_9', 's3cret-Ab_9'],
    ['a key of an environment with a dash', 'pur_eu-staging_s3cret', 's3cret'],
    ['an Authorization header', 'authorization: Bearer s3cret.token==', 's3cret'],
    ['a password of basic authentication', 'Authorization: Basic czNjcmV0', 'czNjcmV0'],
    ['a webhook’s secret', 'signed with whsec_c2VjcmV0+/=', 'c2VjcmV0'],
    ['the password in a URL', 'postgres://purser:hunter2@db/purser', 'hunter2'],
    ['the password in a URL without a user', 'redis://:hunter2@cache', 'hunter2'],
    ['a password with a colon and a slash', 'postgres://purser:hun:t/er2@db/purser', 't/er2'],
    ['an API key that begins a line', 'no such key:\npur_live_s3cret', 's3cret'],
    ['a webhook’s secret that begins a line', 'signed with\nwhsec_c2VjcmV0', 'c2VjcmV0'],
    ['a header that begins a line', 'sent:\r\nBearer s3cret', 's3cret'],
    ['an API key in an encoded query', '?key%3Dpur_live_s3cret', 's3cret'],
    ['a secret of the operator’s own form', 'key an-admin-key-of-the-operator', 'operator'],
    ['a secret that JSON escapes', 'with pass"word', 'word'],
  ])('holds no secret: %s', (_, message, secret) => {
    const line = remove(JSON.stringify({ message }));
    expect(line).not.toContain(secret);
    expect(line).toContain('[removed]');
    expect(JSON.parse(line)).toHaveProperty('message');
  });

  it.each([
    'GET /v1/accounts/pur.acme took 1.5 ms',
    'see http://127.0.0.1:3000/health/ready',
    'Lost an idle database connection: terminating connection due to administrator command',
    'purser_app, purser_migration, 2026-11-21T15:00:00.000Z, a@example.com',
  ])('keeps all else: %s', (message) => {
    expect(remove(JSON.stringify({ message }))).toBe(JSON.stringify({ message }));
  });
});
