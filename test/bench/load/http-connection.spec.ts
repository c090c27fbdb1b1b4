import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpConnection } from './http-connection.ts';

const request = (body: string): string =>
  `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe('a connection of the load generator', () => {
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = createServer((message, response) => {
      message.setEncoding('utf8').on('data', (body: string) => {
        response.writeHead(body === '0' ? 503 : 201, { 'content-length': Number(body), 'retry-after': '1' });
        response.end('x'.repeat(Number(body)));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it('reads answers one after the other, empty ones and those that come in many pieces', async () => {
    const connection = await HttpConnection.open(url);
    for (const length of [3, 0, 300_000, 1]) {
      const { status, head, body } = await connection.send(request(String(length)));
      expect([status, body.length]).toEqual([length === 0 ? 503 : 201, length]);
      expect(head).toContain('retry-after: 1');
    }
    connection.close();
  });

  it('reads an answer whose head comes in two pieces', async () => {
    const pieces = ['HTTP/1.1 201 Created\r\nContent-Le', 'ngth: 2\r\n', '\r\nok'];
    const halting = createTcpServer((socket) => void answerIn(pieces, socket)).listen(0, '127.0.0.1');
    await once(halting, 'listening');
    const connection = await HttpConnection.open(`http://127.0.0.1:${(halting.address() as AddressInfo).port}`);
    expect(await connection.send(request(''))).toMatchObject({ status: 201, body: 'ok' });
    connection.close();
    halting.close();
  });

  it('fails a request whose connection is closed', async () => {
    const rude = createTcpServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(rude, 'listening');
    const connection = await HttpConnection.open(`http://127.0.0.1:${(rude.address() as AddressInfo).port}`);
    await expect(connection.send(request(''))).rejects.toThrow(/closed|EPIPE|ECONNRESET/);
    rude.close();
  });
});

async function answerIn(pieces: readonly string[], socket: Socket): Promise<void> {
  for (const piece of pieces) {
    socket.write(piece);
    await sleep(5);
  }
}
