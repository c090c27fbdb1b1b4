import type { Client } from './client.ts';
import type { HttpAnswer } from './http-connection.ts';
import type { Work } from './load.ts';
import { BATCH_ITEMS, LARGE_BATCH_ITEMS, type Requests } from './requests.ts';

/**
 * Does a work once. The first request counts from when it was due, the next from when it is sent.
 * @returns how many decisions were made; `null` where the service had no room
 */
export type Perform = (client: Client, from: number) => Promise<number | null>;

/** Makes what a work needs, by requests that aren't measured, and tells how it is done. */
type Prepare = (requests: Requests, succeed: (request: string) => Promise<HttpAnswer>) => Perform | Promise<Perform>;

/** How many requests of the past a work that repeats them chooses from. */
const PAST = 100;

export const WORKS: Readonly<Record<Work, Prepare>> = {
  authorize: single('201', (requests) => requests.authorize()),
  'authorize-user': single('201', (requests) => requests.authorizeUser()),
  charge: single('201', (requests) => requests.charge()),
  batch: single('201', (requests) => requests.authorizeBatch(BATCH_ITEMS), BATCH_ITEMS),
  'large-batch': single('201', (requests) => requests.authorizeBatch(LARGE_BATCH_ITEMS), LARGE_BATCH_ITEMS),
  'decline-held': single('402 credits_held', (requests) => requests.authorize()),
  'decline-empty': single('402 insufficient_credits', (requests) => requests.authorize()),
  'commit-unknown': single('404 authorization_not_found', (requests) => requests.commitUnknown()),
  grant: single('201', (requests) => requests.grant()),
  pair: pair(
    (requests) => requests.authorize(),
    (requests, id) => requests.commit(id),
  ),
  'pair-by-usage': pair(
    (requests) => requests.authorizeUsage(),
    (requests, id) => requests.commitUsage(id),
  ),
  refund: (requests) => async (client, from) => {
    const charged = await client.ask(requests.charge(), from, '201');
    if (charged === null) return null;
    const refunded = await client.ask(requests.refund(idOf(charged)), performance.now(), '200');
    return refunded && 1;
  },
  'commit-again': async (requests, succeed) => {
    const committed = await many(async () => {
      const id = idOf(await succeed(requests.authorize()));
      await succeed(requests.commit(id));
      return id;
    });
    return once('409 authorization_committed', () => requests.commit(oneOf(committed), '0.1'));
  },
  replay: async (requests, succeed) => {
    const sent = await many(async () => {
      const request = requests.charge();
      await succeed(request);
      return request;
    });
    return once('201', () => oneOf(sent));
  },
  'commit-part': onOneHold((requests, hold) => requests.commitPart(hold)),
  extend: onOneHold((requests, hold) => requests.extend(hold)),
};

function pair(
  authorize: (requests: Requests) => string,
  commit: (requests: Requests, authorization: string) => string,
): Prepare {
  return (requests) => async (client, from) => {
    const authorized = await client.ask(authorize(requests), from, '201');
    if (authorized === null) return null;
    const committed = await client.ask(commit(requests, idOf(authorized)), performance.now(), '200');
    return committed && 1;
  };
}

/** A work of one request, which is always answered alike. */
function single(expected: string, request: (requests: Requests) => string, decisions = 1): Prepare {
  return (requests) => once(expected, () => request(requests), decisions);
}

function once(expected: string, request: () => string, decisions = 1): Perform {
  return async (client, from) => (await client.ask(request(), from, expected)) && decisions;
}

/** A work on a hold that stays open. One that has had all the steps that a hold may have is left, and another made. */
function onOneHold(step: (requests: Requests, hold: string) => string): Prepare {
  return async (requests, succeed) => {
    let hold = idOf(await succeed(requests.authorizeMuch()));
    return async (client, from) => {
      const asked = hold;
      const answer = await client.ask(step(requests, asked), from, '200', '409 too_many_steps');
      if (answer === null) return null;
      if (answer.status === 200 || asked !== hold) return 1;
      const next = await client.ask(requests.authorizeMuch(), performance.now(), '201');
      if (next === null) return null;
      hold = idOf(next);
      return 1;
    };
  };
}

async function many<T>(make: () => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  while (made.length < PAST) made.push(await make());
  return made;
}

function oneOf<T>(past: readonly T[]): T {
  const one = past[Math.floor(Math.random() * past.length)];
  if (one === undefined) throw new Error('a work was not prepared');
  return one;
}

/** The answer begins with it. Reading all of it as JSON would cost the generator time that the service could use. */
function idOf({ body }: HttpAnswer): string {
  const [, id] = /^\{"id":"(\w+)"/.exec(body) ?? [];
  if (id === undefined) throw new Error(`An authorization has no id: ${body}`);
  return id;
}
