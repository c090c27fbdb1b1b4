import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RateCardView } from '../support/price-steps.ts';
import { LIVE_KEY, startTestService, type TestService } from '../support/test-service.ts';
import { makeFolder } from './make-folder.ts';
import { purser, type Ended } from './purser-run.ts';

let service: TestService;
let folder: string;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());
beforeEach(async () => {
  folder = await makeFolder('rate-card');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function rateCard(...args: readonly string[]): Promise<Ended> {
  return purser(['rate-card', ...args, '--url', service.url, '--key', LIVE_KEY]);
}

async function cardNamed(name: string): Promise<RateCardView | undefined> {
  const { data } = (await service.live.get('/v1/rate-cards?limit=100')).body as { data: RateCardView[] };
  const [listed] = data.filter((card) => card.name === name);
  return listed && ((await service.live.get(`/v1/rate-cards/${listed.id}`)).body as RateCardView);
}

async function listFile(amounts: Record<string, number>): Promise<string> {
  const file = join(folder, 'prices.json');
  const models = Object.entries(amounts).map(([name, amount]) => {
    const costs = { input_cost_per_token: amount, output_cost_per_token: 1.5e-5 };
    return [name, { ...costs, litellm_provider: 'anthropic', mode: 'chat', output_cost_per_token_batches: 7.5e-6 }];
  });
  await writeFile(file, JSON.stringify(Object.fromEntries(models)));
  return file;
}

describe('purser rate-card import genai-prices', () => {
  it('makes a card with a markup, and then finds that nothing changes', async () => {
    const args = ['import', 'genai-prices', '--provider', 'anthropic', '--markup', '1.3', '--credit-price', '0.01'];
    const first = await rateCard(...args);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toContain(
      '\n+ claude-opus-4-8* (chat.completed): input_tokens 650 per 1000000, cache_read_tokens 65 per 1000000, ',
    );
    expect(first.out).toMatch(/^\d+ added, 0 changed, 0 removed, 0 unchanged$/m);
    const card = await cardNamed('genai-prices anthropic');
    expect(card).toMatchObject({ unit: 'credits', purpose: 'price', version: 1 });
    const opus = card?.prices.find((price) => JSON.stringify(price).includes('"claude-opus-4-8*"'));
    const output = { quantity: 'output_tokens', per: '1000000', amount: '3250' };
    expect(opus).toMatchObject({ components: expect.arrayContaining([output]) });
    const again = await rateCard(...args);
    expect(again.out).toMatch(
      /^0 added, 0 changed, 0 removed, \d+ unchanged\nrate_\w+ \(.*version 1\) stays as it is\.$/m,
    );
  });

  it('refuses a provider that the list does not have, and names those that it has', async () => {
    const { code, err } = await rateCard('import', 'genai-prices', '--provider', 'nobody');
    expect(code).toBe(1);
    expect(err).toMatch(/^The list has no provider nobody\. It has anthropic, arcee, /);
  });
});

describe('purser rate-card import litellm', () => {
  it('publishes a version where amounts change, and says by how much, what is new, gone and not taken', async () => {
    const args = ['import', 'litellm', '--name', 'Ours'];
    await rateCard(...args, await listFile({ 'sonnet-x': 3e-6, gone: 1e-6, same: 1e-6 }));
    const changed = await listFile({ 'sonnet-x': 2e-6, 'opus-x': 5e-6, same: 1e-6 });
    const tried = await rateCard(...args, changed, '--dry-run');
    expect(tried.out).toMatch(/^rate_\w+ \(Ours, version 1\) wasn't changed: a dry run\.$/m);
    expect(await cardNamed('Ours')).toMatchObject({ version: 1 });
    const { code, out } = await rateCard(...args, changed);
    expect(code).toBe(0);
    expect(out.split('\n').slice(0, -2)).toEqual([
      '+ opus-x (chat.completed): input_tokens 5 per 1000000, output_tokens 15 per 1000000',
      '~ sonnet-x (chat.completed)',
      '    input_tokens  3 per 1000000 → 2 per 1000000 (-33.3 %)',
      '- gone (chat.completed)',
      'Not as in the list:',
      '  sonnet-x has prices that aren’t taken: output_cost_per_token_batches',
      '  opus-x has prices that aren’t taken: output_cost_per_token_batches',
      '  same has prices that aren’t taken: output_cost_per_token_batches',
      '1 added, 1 changed, 1 removed, 1 unchanged',
    ]);
    expect(await cardNamed('Ours')).toMatchObject({ version: 2 });
  });

  it('makes a card of costs, and never changes the unit of a card that is there', async () => {
    const file = await listFile({ 'sonnet-x': 3e-6 });
    const costs = ['import', 'litellm', file, '--name', 'Costs', '--purpose', 'cost', '--unit', 'USD'];
    expect(await rateCard(...costs)).toMatchObject({ code: 0 });
    expect(await cardNamed('Costs')).toMatchObject({ unit: 'USD', purpose: 'cost' });
    const { code, err } = await rateCard('import', 'litellm', file, '--name', 'Costs');
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('is a cost card in USD') });
  });

  it('says what is wrong with a file', async () => {
    const file = join(folder, 'prices.json');
    await writeFile(file, '[]');
    expect(await rateCard('import', 'litellm', file)).toMatchObject({
      code: 1,
      err: `${file} isn't LiteLLM's list of models: an object of model names, each with its costs.\n`,
    });
  });
});

describe('purser rate-card', () => {
  it('lists and shows cards, and checks files of prices', async () => {
    await rateCard('import', 'litellm', await listFile({ 'sonnet-x': 3e-6 }), '--name', 'Shown');
    const card = await cardNamed('Shown');
    const { out: listed } = await rateCard('list');
    expect(listed).toContain(`${card?.id ?? ''}  version 1  price in credits  Shown\n`);
    const { out: shown } = await rateCard('show', card?.id ?? '');
    expect(JSON.parse(shown)).toEqual(card?.prices);
    const file = join(folder, 'card.json');
    await writeFile(file, shown);
    expect(await purser(['rate-card', 'validate', file])).toMatchObject({
      code: 0,
      out: `${file} has 1 prices without a fault.\n`,
    });
    await writeFile(file, '[{"event":"e","components":[{"quantity":"q"}]}]');
    const { code, out: faults } = await purser(['rate-card', 'validate', file]);
    expect(code).toBe(1);
    expect(faults).toMatch(/^prices\[0\]\.components\[0\]\.amount is missing/);
  });

  it('says whose word it is where the service refuses, or where there is none', async () => {
    const refused = await purser([
      'rate-card',
      'list',
      '--url',
      service.url,
      '--key',
      'pur_live_unknown-key-of-nobody',
    ]);
    expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/refused: 401 \w+: /) });
    const alone = await purser(['rate-card', 'list'], { PURSER_DATA_DIR: folder, PURSER_ADMIN_KEY: LIVE_KEY });
    expect(alone).toMatchObject({ code: 1, err: expect.stringMatching(/^No service runs on .* by --url\.$/m) });
  });
});
