import { Amount, formatAmount } from '#amounts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const ZONES = [
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
] as const;
const MODELS = ['small', 'large'];
const USERS = ['jo', 'al'];
/** In spring and in autumn, when clocks are set in these zones. */
const CHANGES = ['03-14', '03-28', '04-04', '10-03', '10-25', '11-01'];
const CHARGES_PER_CHANGE = 25;
const DAY_MS = 86_400_000;

interface Charge {
  readonly created_at: string;
  readonly committed: string;
  readonly model: string;
  readonly user: string;
}

let service: TestService;
let account: string;
const charges: Charge[] = [];

beforeAll(async () => {
  service = await startTestService();
  account = await openAccount(service.test, { credits: '100000' });
  const year = new Date().getUTCFullYear() + 1;
  let now = Date.now();
  let state = 7;
  const below = (n: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const advance = async (seconds: number): Promise<void> => {
    expect((await service.test.post('/v1/test-clock/advance', { seconds })).status).toBe(200);
    now += seconds * 1000;
  };
  for (const change of CHANGES) {
    await advance(Math.round((Date.parse(`${String(year)}-${change}T00:00:00Z`) - DAY_MS - now) / 1000));
    for (let number = 0; number < CHARGES_PER_CHANGE; number++) {
      await advance(600 + below(12_000));
      const [model = '', user = ''] = [MODELS[below(2)], USERS[below(2)]];
      const body = { account, amount: `${String(1 + below(9))}.${String(below(1000))}`, tags: { user } };
      const { body: answer } = await service.test.post('/v1/charges', { ...body, usage: { event: 'chat', model } });
      charges.push({ ...(answer as Charge), model, user });
    }
  }
}, 120_000);
afterAll(() => service.stop());

/** What clocks in a zone show. */
function local(timeZone: string, at: string, length: number): string {
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return shown.format(new Date(at)).slice(0, length);
}

/** Requests and credits, by local time and group. */
type Sums = Readonly<Record<string, string>>;

function expected(timeZone: string, length: number, groupOf: (charge: Charge) => string): Sums {
  const sums: Record<string, string> = {};
  const groups = Object.groupBy(charges, (one) => `${local(timeZone, one.created_at, length)} ${groupOf(one)}`);
  for (const [name, own = []] of Object.entries(groups)) {
    const credits = own.reduce((sum, { committed }) => sum.plus(committed), new Amount(0));
    sums[name] = `${String(own.length)} ${formatAmount(credits)}`;
  }
  return sums;
}

async function reported(timeZone: string, length: number, query: string): Promise<Sums> {
  const [first, last] = [charges[0]?.created_at ?? '', charges.at(-1)?.created_at ?? ''];
  const range = `from=${first}&to=${new Date(Date.parse(last) + DAY_MS).toISOString()}`;
  const path = `/v1/usage?account=${account}&time_zone=${encodeURIComponent(timeZone)}&${range}&${query}`;
  const { text } = await service.test.get(`${path}&format=jsonl`);
  const sums: Record<string, string> = {};
  for (const line of text.trimEnd().split('\n')) {
    const row = JSON.parse(line) as { bucket: string; group: object; requests: number; credits: { paid: string } };
    sums[`${local(timeZone, row.bucket, length)} ${Object.values(row.group).join(' ')}`] =
      `${String(row.requests)} ${row.credits.paid}`;
  }
  return sums;
}

describe('usage of each local day', () => {
  it.each(ZONES)('is exact where clocks are set, in %s', async (zone) => {
    expect(await reported(zone, 10, 'bucket=day&group_by=model')).toEqual(expected(zone, 10, ({ model }) => model));
    expect(await reported(zone, 10, 'bucket=day&group_by=tag.user')).toEqual(expected(zone, 10, ({ user }) => user));
    expect(await reported(zone, 10, 'bucket=day&group_by=tag.user,model')).toEqual(
      expected(zone, 10, ({ user, model }) => `${user} ${model}`),
    );
    expect(await reported(zone, 7, 'bucket=month&group_by=model')).toEqual(expected(zone, 7, ({ model }) => model));
  });
});
