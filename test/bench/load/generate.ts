import { HttpConnection } from './http-connection.ts';
import type { Clients, LoadResult } from './load.ts';
import type { LoadReply, LoadRequest } from './messages.ts';
import { runLoad } from './run-load.ts';

/** The load process: it does what its parent asks, and ends with it. */
let clients: Clients | null = null;
let connections: readonly HttpConnection[] = [];

process.on('message', (request) => void obey(request as LoadRequest).then(reply, replyProblem));
process.once('disconnect', () => process.exit());

async function obey(request: LoadRequest): Promise<LoadResult | null> {
  switch (request.do) {
    case 'connect':
      clients = request.clients;
      connections = await connect(clients);
      return null;
    case 'run':
      if (!clients) throw new Error('connect the clients first');
      return await runLoad(clients, connections, request.load);
    case 'disconnect':
      for (const connection of connections) connection.close();
      connections = [];
      return null;
  }
}

/** A listening socket takes some hundred connections at once; those that it misses would be tried again a second later. */
const CONNECT_AT_ONCE = 100;

async function connect({ urls, connections: count }: Clients): Promise<HttpConnection[]> {
  const open: HttpConnection[] = [];
  while (open.length < count) {
    const some = Array.from({ length: Math.min(CONNECT_AT_ONCE, count - open.length) }, (_, index) =>
      HttpConnection.open(urls[(open.length + index) % urls.length] ?? ''),
    );
    open.push(...(await Promise.all(some)));
  }
  return open;
}

function reply(result: LoadResult | null): void {
  send({ ok: true, result });
}

function replyProblem(error: unknown): void {
  send({ ok: false, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}

function send(message: LoadReply): void {
  process.send?.(message);
}
