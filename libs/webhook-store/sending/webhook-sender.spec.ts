import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHook } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { WebhookReceiver } from '../../../test/support/webhook-receiver.ts';
import { hostFault } from './check-host.ts';
import { publicLookup } from './public-lookup.ts';
import { WebhookSender } from './webhook-sender.ts';

/** Where nothing may ever be sent; no specimen is a public address, and none is connected to. */
const FORBIDDEN = [
  ...['0.0.0.0', '10.0.0.1', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.16.0.1', '192.168.1.1', '198.18.0.1'],
  ...[
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
  ],
  ...['64:ff9b:1::1', '2001:db8::1', '2002:7f00:1::', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fec0::1', 'ff02::1'],
];
const PUBLIC = '203.0.114.1';
const secrets = [`whsec_${randomBytes(32).toString('base64')}`];

function message() {
  return { id: 'evt_1', sentAt: Date.now(), body: '{}' };
}

function senderTo(...addresses: string[]): WebhookSender {
  return new WebhookSender({ allowLoopback: true, resolve: () => Promise.resolve(addresses) });
}

/** Counts every connection that this process begins, to wherever it is: Node makes one of these before it asks the system to. */
let begun = 0;
const hook = createHook({
  init: (_id, type) => {
    if (type === 'TCPCONNECTWRAP') begun += 1;
  },
});
beforeEach(() => {
  begun = 0;
  hook.enable();
});
afterEach(() => {
  hook.disable();
});

describe('a message', () => {
  it('to loopback, where that is allowed, is seen by what counts connections here', async () => {
    const receiver = await WebhookReceiver.start();
    expect((await senderTo().send(receiver.url, message(), secrets)).statusCode).toBe(200);
    expect(begun).toBe(1);
    await receiver.stop();
  });

  it.each(FORBIDDEN)('never leaves for a host that leads to %s: no connection is begun', async (address) => {
    for (const addresses of [[address], [PUBLIC, address], [address, PUBLIC]]) {
      expect(await senderTo(...addresses).send('https://hooks.example.com/', message(), secrets)).toMatchObject({
        statusCode: null,
        error: 'The host has an address that isn’t on the public internet.',
      });
    }
    expect(begun).toBe(0);
  });

  it.each(FORBIDDEN)('never leaves for a URL with %s in it', async (address) => {
    const host = address.includes(':') ? `[${address}]` : address;
    const { error } = await senderTo(PUBLIC).send(`https://${host}/`, message(), secrets);
    expect(error).toMatch(/^The URL must lead to a public address/);
    expect(begun).toBe(0);
  });

  it('goes by what the host leads to while connecting, whatever it led to when the endpoint was made', async () => {
    const answers = [[PUBLIC], ['127.0.0.1']];
    const resolve = () => Promise.resolve(answers.shift() ?? []);
    const rules = { allowLoopback: false };
    expect(await hostFault('https://rebound.example.com/', rules, resolve)).toBeNull();
    const sender = new WebhookSender({ ...rules, resolve });
    expect((await sender.send('https://rebound.example.com/', message(), secrets)).error).toContain('public internet');
    expect([answers, begun]).toEqual([[], 0]);
  });

  it('ends at once for a receiver that would rather speak another protocol', async () => {
    const receiver = await WebhookReceiver.start();
    receiver.answering = (response) =>
      response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n');
    expect(await senderTo().send(receiver.url, message(), secrets)).toMatchObject({
      statusCode: null,
      error: 'The connection was closed before an answer came.',
    });
    await receiver.stop();
  });

  it('has been taken when the head of the answer says so, however slowly the body follows', async () => {
    const receiver = await WebhookReceiver.start();
    receiver.answering = (response) => {
      response.writeHead(202).write('x');
      const timer = setInterval(() => response.write('x'), 100);
      response.on('close', () => {
        clearInterval(timer);
      });
    };
    const { statusCode, error, response, durationMs } = await senderTo().send(receiver.url, message(), secrets);
    expect([statusCode, error]).toEqual([202, null]);
    expect(response).toMatch(/^x+$/);
    expect(durationMs).toBeLessThan(5_000);
    await receiver.stop();
  });

  it('has failed where the head of the answer doesn’t come in time, though it comes byte by byte', async () => {
    const receiver = await WebhookReceiver.start();
    receiver.answering = ({ socket }) => {
      socket?.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket?.write('x'), 50);
      socket?.on('close', () => {
        clearInterval(timer);
      });
    };
    const sender = new WebhookSender({ allowLoopback: true, timeoutMs: 500 });
    const { statusCode, error } = await sender.send(receiver.url, message(), secrets);
    expect([statusCode, error]).toEqual([null, 'There was no answer within 0.5 s.']);
    await receiver.stop();
  });

  it('to a host that nobody knows tells so', async () => {
    const unknown = Object.assign(new Error('no'), { code: 'ENOTFOUND' });
    const sender = new WebhookSender({ allowLoopback: false, resolve: () => Promise.reject(unknown) });
    const { error } = await sender.send('https://nowhere.example.com/', message(), secrets);
    expect([error, begun]).toEqual(['The host isn’t known.', 0]);
    expect((await senderTo().send('https://empty.example.com/', message(), secrets)).statusCode).toBeNull();
    expect(begun).toBe(0);
  });

  it('is given up where name servers are silent', async () => {
    const sender = new WebhookSender({
      allowLoopback: false,
      timeoutMs: 50,
      resolve: () => new Promise(() => undefined),
    });
    const { error, durationMs } = await sender.send('https://silent.example.com/', message(), secrets);
    expect(error).toBe('There was no answer within 0.05 s.');
    expect([durationMs < 1000, begun]).toEqual([true, 0]);
  });
});

describe('the host of a new endpoint', () => {
  const rules = { allowLoopback: false };
  it.each(FORBIDDEN)('is refused where it leads to %s', async (address) => {
    const resolve = () => Promise.resolve([PUBLIC, address]);
    expect(await hostFault('https://hooks.example.com/', rules, resolve)).toBe('webhook_host_not_public');
  });

  it('is refused where it isn’t known, and plain HTTP to this machine where that isn’t allowed', async () => {
    const resolve = () => Promise.reject(new Error('no'));
    expect(await hostFault('https://hooks.example.com/', rules, resolve)).toBe('webhook_host_unknown');
    expect(await hostFault('http://127.0.0.1:3000/', rules, resolve)).toBe('webhook_host_not_public');
    expect(await hostFault('http://127.0.0.1:3000/', { allowLoopback: true }, resolve)).toBeNull();
  });
});

describe('the look-up while connecting', () => {
  it('gives one address or all of them, as it is asked', async () => {
    const lookup = publicLookup(() => Promise.resolve([PUBLIC, '2606:4700::1111']));
    const looked = (all: boolean) =>
      new Promise((resolve) => {
        lookup('a', { all }, (...found) => {
          resolve(found);
        });
      });
    expect(await looked(false)).toEqual([null, PUBLIC, 4]);
    expect(await looked(true)).toEqual([
      null,
      [
        { address: PUBLIC, family: 4 },
        { address: '2606:4700::1111', family: 6 },
      ],
    ]);
  });
});
