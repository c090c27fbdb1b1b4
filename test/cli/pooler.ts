import { once } from 'node:events';
import { createServer, connect as connectSocket, type AddressInfo } from 'node:net';

export type PoolerManner = 'refuses' | 'ignores';

/**
 * Stands between a client and its Postgres, and does with the startup parameter `options` what PgBouncer does: refuses the
 * connection, or, with `ignore_startup_parameters = options`, leaves it out.
 * @returns the URL of the same database through it
 */
export async function startPooler(
  databaseUrl: string,
  manner: PoolerManner,
): Promise<AsyncDisposable & { url: string }> {
  const target = new URL(databaseUrl);
  const server = createServer((client) => {
    client.on('error', () => undefined);
    client.once('data', (startup) => {
      if (manner === 'refuses' && startup.includes('options\0')) {
        client.end(refusal('unsupported startup parameter in options: role'));
        return;
      }
      const upstream = connectSocket(Number(target.port), target.hostname);
      upstream.on('error', () => client.destroy());
      upstream.write(withoutOptions(startup));
      client.pipe(upstream).pipe(client);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

/** A startup message is its length, the version of the protocol, and names and values that end with a zero byte each. */
function withoutOptions(startup: Buffer): Buffer {
  const words = startup.toString('latin1', 8).split('\0');
  const at = words.indexOf('options');
  if (at !== -1) words.splice(at, 2);
  const rest = Buffer.from(words.join('\0'), 'latin1');
  const head = Buffer.alloc(8);
  head.writeInt32BE(rest.length + head.length);
  startup.copy(head, 4, 4, 8);
  return Buffer.concat([head, rest]);
}

function refusal(message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C08P01\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
