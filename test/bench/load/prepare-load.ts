import { succeed } from './client.ts';
import { HttpConnection } from './http-connection.ts';
import type { Clients, Load } from './load.ts';
import { Requests } from './requests.ts';
import { sharesOf } from './shares.ts';
import { WORKS, type Perform } from './works.ts';

/** A connection, and what is done over it. */
export interface Worker {
  readonly connection: HttpConnection;
  readonly perform: Perform;
}

/** A load that waits for nothing but its start. */
export interface PreparedLoad {
  readonly load: Load;
  readonly workers: readonly Worker[];
}

/** A listening socket takes some hundred connections at once; those that it misses would be tried again a second later. */
const CONNECT_AT_ONCE = 100;
/** Whatever the answer is. */
const GREETING = 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';

/** Opens the connections of a load and makes what its work needs. */
export async function prepareLoad(clients: Clients, load: Load): Promise<PreparedLoad> {
  const shares = sharesOf(clients, load);
  const connections = await connect(
    shares.map(({ url }) => url),
    clients.connections,
  );
  const performs = new Map<number, Perform>();
  for (const [index, share] of shares.entries()) {
    const connection = connections[index];
    if (!connection) throw new Error('a load needs a connection to every service that it is put on');
    const requests = new Requests(share, clients.adminKey);
    performs.set(index, await WORKS[load.work](requests, (request) => succeed(connection, request)));
  }
  const workers = connections.flatMap((connection, index) => {
    const perform = performs.get(index % shares.length);
    return perform ? [{ connection, perform }] : [];
  });
  return { load, workers };
}

async function connect(urls: readonly string[], count: number): Promise<HttpConnection[]> {
  const open: HttpConnection[] = [];
  while (open.length < count) {
    const some = Array.from({ length: Math.min(CONNECT_AT_ONCE, count - open.length) }, (_, index) =>
      openAndGreet(urls[(open.length + index) % urls.length] ?? ''),
    );
    open.push(...(await Promise.all(some)));
  }
  return open;
}

/**
 * A connection is open before the service has taken it. One that is under load takes one each time around its event loop,
 * so whoever connects along with others might wait for seconds.
 */
async function openAndGreet(url: string): Promise<HttpConnection> {
  const connection = await HttpConnection.open(url);
  await connection.send(GREETING);
  return connection;
}
