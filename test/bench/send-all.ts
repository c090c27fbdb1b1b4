import { randomUUID } from 'node:crypto';
import { succeed } from './load/client.ts';
import { HttpConnection } from './load/http-connection.ts';
import { requestWriter, type Method } from './load/write-request.ts';

export interface Post {
  readonly method?: Method;
  readonly path: string;
  readonly body: string;
}

const CONNECTIONS = 64;

/** Sends requests to a service, many at a time. @throws Error unless all succeed. */
export async function sendAll(url: string, adminKey: string, posts: readonly Post[]): Promise<void> {
  const write = requestWriter(url, adminKey);
  const left = posts.values();
  const count = Math.min(CONNECTIONS, posts.length);
  const connections = await Promise.all(Array.from({ length: count }, () => HttpConnection.open(url)));
  try {
    await Promise.all(
      connections.map(async (connection) => {
        for (const { method, path, body } of left) {
          await succeed(connection, write(path, body, randomUUID(), method));
        }
      }),
    );
  } finally {
    for (const connection of connections) connection.close();
  }
}
