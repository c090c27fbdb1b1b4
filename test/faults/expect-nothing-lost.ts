import { expect } from '@jest/globals';
import type { Load } from './load.ts';
import type { ServiceProcess } from './service-process.ts';

/** After a fault: every answer that a client got stands, each request was carried out once, and the books are in order. */
export async function expectNothingLost(service: ServiceProcess, { answered }: Load): Promise<void> {
  await service.mustHaveCleanBooks();
  const count = async (what: string): Promise<number> => {
    const [row] = await service.query<{ count: string }>(`select count(*) from ${what}`);
    return Number(row?.count);
  };
  const charges = answered.filter(({ path }) => path === '/v1/charges').length;
  const commits = answered.filter(({ path }) => path.endsWith('/commit')).length;
  expect(charges).toBeGreaterThan(0);
  expect(await count(`transfers where kind = 'usage' and amount = 0.25`)).toBe(charges);
  expect(await count(`transfers where kind = 'usage' and amount = 1.5`)).toBe(commits);
  expect(await count('authorizations')).toBe(charges + commits);
  expect(await count('holds')).toBe(0);

  for (let from = 0; from < answered.length; from += 200) {
    const some = answered.slice(from, from + 200);
    const again = await Promise.all(some.map(({ path, body, key }) => service.client.post(path, body, { key })));
    expect(again.map(({ text }) => text)).toEqual(some.map(({ answer }) => answer.text));
    expect(again.every(({ headers }) => headers['idempotency-replayed'] === 'true')).toBe(true);
  }
}
