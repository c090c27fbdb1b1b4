import { randomUUID } from 'node:crypto';
import { ADMIN_KEY } from './bench-server.ts';
import { succeed } from './load/client.ts';
import { HttpConnection } from './load/http-connection.ts';
import { requestWriter } from './load/write-request.ts';

/** Makes an API key with a limit over all accounts that no run can reach. @returns the key itself */
export async function makeLimitedKey(url: string): Promise<string> {
  const body = '{"name":"limited","scopes":["admin"],"limit":{"amount":"1000000000","period":"month"}}';
  const connection = await HttpConnection.open(url);
  try {
    const made = await succeed(connection, requestWriter(url, ADMIN_KEY)('/v1/api-keys', body, randomUUID()));
    const { key } = JSON.parse(made.body) as { readonly key: string };
    return key;
  } finally {
    connection.close();
  }
}
