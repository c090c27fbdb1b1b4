import { connect, type Pool } from '#database';
import { newUuid } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { eventually } from '../../../test/support/eventually.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import type { ChangeRequest } from '../change/change.ts';
import { TestClocks } from '../clocks/test-clocks.ts';
import { RateCardMirror } from './rate-card-mirror.ts';
import { RateCards } from './rate-cards.ts';
import type { VersionedRateCard } from './rate-card.ts';

const ACTOR = { keyId: newUuid(Date.now()), keyName: 'olga', call: 'a test', requestId: 'one' };
const REQUEST: ChangeRequest = { environment: 'test', actor: ACTOR, key: null };
const DAY_MS = 24 * 60 * 60 * 1000;
const PAGE = { limit: 20, after: null };

let database: TestDatabase;
let pool: Pool;
let mirror: RateCardMirror;
/** What another process knows. */
let other: RateCardMirror;
let cards: RateCards;
let lines: string[];
beforeEach(async () => {
  lines = [];
  database = await createTestDatabase();
  pool = connect(database.url, { settings: { role: 'purser_app' }, log: () => undefined });
  const log = (line: string): void => void lines.push(line);
  mirror = await RateCardMirror.open({ pool, log });
  other = await RateCardMirror.open({ pool, log, everyMs: 20 });
  cards = new RateCards(pool, mirror);
});
afterEach(async () => {
  await mirror.close();
  await other.close();
  await pool.end();
  await database.drop();
});

function pricesOf(amount: string) {
  return [{ event: 'chat.completed', components: [{ quantity: 'output_tokens', per: '1000', amount }] }];
}

/** Remembers what the answer would show. */
class Shown {
  last: VersionedRateCard | null = null;
  readonly answer = (shown: VersionedRateCard) => {
    this.last = shown;
    return { status: 200, body: JSON.stringify(shown) };
  };
  get card(): VersionedRateCard {
    if (!this.last) throw new Error('nothing was answered');
    return this.last;
  }
}

async function create(request = REQUEST): Promise<string> {
  const shown = new Shown();
  await cards.create(request, { name: 'Chat', unit: 'credits', purpose: 'price', prices: pricesOf('1') }, shown.answer);
  return shown.card.card.id;
}

function publish(id: string, amount: string, effectiveAt: number | null = null) {
  return cards.publish(REQUEST, { id, prices: pricesOf(amount), effectiveAt }, new Shown().answer);
}

async function versionShown(id: string): Promise<number | undefined> {
  return (await cards.find('test', id, null))?.version.version;
}

describe('a rate card', () => {
  it('has one version at first, which this process knows at once', async () => {
    const id = await create();
    expect(mirror.versionAt(id, 0, 0)).toBe(1);
    expect(mirror.card(id)).toMatchObject({ environment: 'test', unit: 'credits', purpose: 'price' });
    expect(await cards.find('test', id, null)).toMatchObject({ version: { version: 1, prices: pricesOf('1') } });
    expect(await cards.find('live', id, null)).toBeNull();
  });

  it('has another version in effect when that is answered, in every process', async () => {
    const id = await create();
    await publish(id, '2');
    const now = Date.now();
    expect(mirror.versionAt(id, now, now)).toBe(2);
    expect(other.versionAt(id, now, now)).toBe(2);
    expect(await versionShown(id)).toBe(2);
  });

  it('goes over to a scheduled version by the test clock', async () => {
    const id = await create();
    await publish(id, '2', Date.now() + DAY_MS);
    expect(await versionShown(id)).toBe(1);
    await new TestClocks(pool).advance(REQUEST, 2 * DAY_MS, () => ({ status: 200, body: '' }));
    expect(await versionShown(id)).toBe(2);
    const later = Date.now() + 2000;
    expect([later, later + DAY_MS].map((at) => mirror.versionAt(id, at, later))).toEqual([1, 2]);
  });

  it('gets no version that would never be in effect', async () => {
    const id = await create();
    await publish(id, '2');
    expect(await publish(id, '3', Date.now() - DAY_MS)).toBe('version_never_effective');
  });

  it('counts its versions without a gap, however many come at once', async () => {
    const id = await create();
    await Promise.all(['2', '3', '4', '5'].map((amount) => publish(id, amount, Date.now() + DAY_MS)));
    const page = await cards.listVersions('test', id, { limit: 3, after: null });
    expect(page?.items.map(({ version }) => version.version)).toEqual([5, 4, 3]);
    const rest = await cards.listVersions('test', id, { limit: 3, after: page?.next ?? null });
    expect(rest?.items.map(({ version }) => version.version)).toEqual([2, 1]);
    expect(await cards.listVersions('live', id, PAGE)).toBeNull();
  });

  it('that is archived gets no version, and keeps those it has', async () => {
    const id = await create();
    for (let times = 0; times < 2; times++)
      expect(await cards.archive(REQUEST, id, new Shown().answer)).toMatchObject({ replayed: false });
    expect(await publish(id, '2')).toBe('rate_card_archived');
    expect(mirror.card(id)?.isArchived).toBe(true);
    expect(mirror.versionAt(id, 0, 0)).toBe(1);
    const { rows } = await pool.query('select before, after from audit_log order by id');
    expect(rows).toMatchObject([
      { before: null, after: { name: 'Chat', version: 1, archived_at: null } },
      { before: { archived_at: null }, after: { archived_at: expect.stringMatching(/Z$/) } },
    ]);
  });

  it('is listed with the newest first, in its environment alone', async () => {
    const made = [await create(), await create(), await create()];
    await create({ ...REQUEST, environment: 'live' });
    const first = await cards.list('test', { limit: 2, after: null });
    expect(first.items.map(({ card }) => card.id)).toEqual([made[2], made[1]]);
    const second = await cards.list('test', { limit: 2, after: first.next });
    expect(second.items.map(({ card, version }) => [card.id, version.version])).toEqual([[made[0], 1]]);
  });

  it('can’t be changed by anybody', async () => {
    const id = await create();
    const owner = connect(database.url, { log: () => undefined });
    for (const statement of [
      'update rate_card_versions set prices = prices',
      'delete from rate_card_versions',
      'truncate rate_card_versions',
    ])
      await expect(owner.query(statement)).rejects.toMatchObject({ constraint: 'rate_card_versions_are_immutable' });
    await owner.end();
    expect(await versionShown(id)).toBe(1);
  });
});

describe('the mirror of rate cards', () => {
  it('loads prices when they are wanted, once for all who want them', async () => {
    const id = await create();
    await publish(id, '2', Date.now() + DAY_MS);
    expect(mirror.prices(id, 1)).toBeNull();
    await Promise.all([
      mirror.ensure([{ card: id, version: 1 }]),
      mirror.ensure([{ card: id, version: 'current and later' }]),
    ]);
    const loaded = mirror.prices(id, 1);
    expect(loaded).not.toBeNull();
    expect(mirror.prices(id, 2)).not.toBeNull();
    await mirror.ensure([{ card: id, version: 1 }]);
    expect(mirror.prices(id, 1)).toBe(loaded);
  });

  it('has the prices of a new version of a card in use as soon as it knows of the version', async () => {
    const id = await create();
    await other.ensure([{ card: id, version: 1 }]);
    await publish(id, '2');
    const now = Date.now();
    expect(other.versionAt(id, now, now)).toBe(2);
    expect(other.prices(id, 2)).not.toBeNull();
    expect(mirror.prices(id, 2)).toBeNull();
  });

  it('looks again for a card that it doesn’t know, and finds what another process has made', async () => {
    const slow = await RateCardMirror.open({ pool, log: () => undefined, everyMs: 60_000 });
    const id = await create();
    expect(slow.versionAt(id, 0, 0)).toBeNull();
    await slow.ensure([{ card: id, version: 'current and later' }]);
    expect(slow.versionAt(id, 0, 0)).toBe(1);
    expect(slow.prices(id, 1)).not.toBeNull();
    const unknown = randomUUID();
    await slow.ensure([{ card: unknown, version: 1 }]);
    expect([slow.card(unknown), slow.versionAt(unknown, 0, 0), slow.prices(unknown, 1)]).toEqual([null, null, null]);
    await slow.close();
  });

  it('goes on with what it has while it can’t look, and says so once', async () => {
    const id = await create();
    await other.ensure([{ card: id, version: 1 }]);
    const owner = connect(database.url, { log: () => undefined });
    await owner.query('alter table rate_cards rename to gone');
    await eventually('a failed look is logged', () => Promise.resolve(lines.some((line) => line.includes('failed'))));
    expect([other.versionAt(id, 0, 0), other.prices(id, 1)]).toEqual([1, expect.anything()]);
    await owner.query('alter table gone rename to rate_cards');
    await eventually('it looks again', () => Promise.resolve(lines.some((line) => line.includes('works again'))));
    await owner.end();
    const made = await create();
    await eventually('it knows the new card', () => Promise.resolve(other.card(made) !== null));
  });

  it('gives no cost where it can’t be computed, and says so once', () => {
    const usage = { event: 'chat.completed', provider: 'openai', model: 'gpt-5', input_tokens: 'not a number' };
    expect(mirror.costOf('test', [usage], Date.now())).toBeNull();
    expect(mirror.costOf('test', [usage], Date.now())).toBeNull();
    expect(lines).toEqual([expect.stringContaining('cost of usage could not be computed')]);
  });
});
