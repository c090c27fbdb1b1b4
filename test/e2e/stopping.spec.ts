import { afterEach, describe, expect, it } from '@jest/globals';
import { connect as openSocket, type Socket } from 'node:net';
import { once } from 'node:events';
import { startApi } from '../../apps/api/start-api.ts';
import { createTestDatabase } from '../support/test-database.ts';

describe('the API, when it is closed', () => {
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  it('does not wait for ever for clients that say nothing, or only half of what they want', async () => {
    const database = await createTestDatabase();
    const api = await startApi({
      config: { host: '127.0.0.1', port: 0 },
      databaseUrl: database.url,
      log: () => undefined,
    });
    for (const said of ['', 'POST /v1/charges HTTP/1.1\r\nhost: x\r\ncontent-length: 200\r\n\r\n{"account"']) {
      const socket = openSocket(Number(new URL(api.url).port), '127.0.0.1');
      sockets.push(socket);
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(said);
    }
    const startedAt = performance.now();
    await api.close();
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    await database.drop();
  });
});
