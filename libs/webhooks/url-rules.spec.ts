import { describe, expect, it } from '@jest/globals';
import { webhookUrlFault } from './url-rules.ts';

const strict = { allowLoopback: false };
const loose = { allowLoopback: true };

describe('the URL of an endpoint', () => {
  it.each([
    'https://example.com',
    'https://example.com:443/hooks?token=x',
    'https://example.com:8443/hooks',
    'https://1.1.1.1/hooks',
    'https://[2606:4700::1111]/hooks',
    'HTTPS://EXAMPLE.COM/',
  ])('may be %s', (url) => {
    expect(webhookUrlFault(url, strict)).toBeNull();
  });

  it.each([
    ['', 'must be a URL'],
    ['example.com/hooks', 'must be a URL'],
    ['http://example.com/hooks', 'must begin with https://'],
    ['ftp://example.com/hooks', 'must begin with https://'],
    ['file:///etc/passwd', 'must begin with https://'],
    ['http://127.0.0.1/hooks', 'must begin with https://'],
    ['https://example.com:444/', 'must use port 443 or 8443'],
    ['https://example.com:22/', 'must use port 443 or 8443'],
    ['https://user@example.com/', 'must not contain a user name'],
    ['https://user:secret@example.com/', 'must not contain a user name'],
    ['https://example.com/#here', 'must not contain a fragment'],
    ['https://127.0.0.1/', 'must lead to a public address'],
    ['https://127.1/', 'must lead to a public address'],
    ['https://0x7f000001/', 'must lead to a public address'],
    ['https://2130706433/', 'must lead to a public address'],
    ['https://017700000001/', 'must lead to a public address'],
    ['https://169.254.169.254/latest/meta-data', 'must lead to a public address'],
    ['https://[::1]/', 'must lead to a public address'],
    ['https://[::127.0.0.1]/', 'must lead to a public address'],
    ['https://[::ffff:10.0.0.1]/', 'must lead to a public address'],
    ['https://[64:ff9b::a00:1]/', 'must lead to a public address'],
    [`https://example.com/${'a'.repeat(2048)}`, 'must be at most 2048 characters'],
  ])('may not be %s', (url, fault) => {
    expect(webhookUrlFault(url, strict)).toContain(fault);
  });

  it('may be plain HTTP to 127.0.0.1 alone, where loopback is allowed', () => {
    expect(webhookUrlFault('http://127.0.0.1:5000/hooks', loose)).toBeNull();
    for (const url of ['http://localhost:5000/', 'http://[::1]:5000/', 'http://127.0.0.2/', 'http://example.com/'])
      expect(webhookUrlFault(url, loose)).toMatch(/^must begin with https:\/\//);
    expect(webhookUrlFault('https://127.0.0.1/', loose)).toMatch(/^must lead to a public address/);
    expect(webhookUrlFault('http://user@127.0.0.1/', loose)).toContain('user name');
  });

  it.each([
    'http://localhost:5000/hooks',
    'https://localhost:5000/hooks',
    'http://hooks.localhost/',
    'http://127.0.0.1:5000/hooks',
    'https://127.0.0.1/',
    'http://127.1/',
    'http://[::1]:5000/',
    'http://0.0.0.0:5000/',
  ])('that names this machine is told how to reach it: %s', (url) => {
    const hint = 'reached as http://127.0.0.1, where PURSER_WEBHOOKS_ALLOW_LOOPBACK=true is set';
    expect(webhookUrlFault(url, strict)).toContain(hint);
    for (const other of ['http://example.com/', 'http://127.example.com/', 'http://10.0.0.1/'])
      expect(webhookUrlFault(other, strict)).not.toContain(hint);
  });
});
