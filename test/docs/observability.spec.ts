import { noteVerification, verify } from '#ledger-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { authorize, openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const read = (name: string): Promise<string> =>
  readFile(new URL(`../../docs/operations/${name}`, import.meta.url), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string };
}

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

let service: TestService;
/** Name of each metric → the labels it has. */
let metrics: Map<string, Set<string>>;
beforeAll(async () => {
  service = await startTestService();
  const account = await openAccount(service.live, { credits: '10' });
  await service.live.post('/v1/charges', { account, amount: '1' });
  const { id } = await authorize(service.live, account, '1');
  await service.live.post(`/v1/authorizations/${id}/commit`, { amount: '100' });
  await noteVerification(service.pool, await verify(service.pool));
  metrics = metricsIn(await (await fetch(`${service.url}/metrics`)).text());
});
afterAll(() => service.stop());

function metricsIn(text: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [, name = ''] of text.matchAll(/^# TYPE (\w+) /gm)) {
    const series = [...text.matchAll(new RegExp(`^${name}(?:_bucket|_sum|_count)?\\{(.*)\\}`, 'gm'))];
    found.set(
      name,
      new Set(series.flatMap(([, labels = '']) => [...labels.matchAll(/(\w+)="/g)].map(([, one = '']) => one))),
    );
  }
  return found;
}

/** The metrics that an expression asks for, each with the labels it asks for; Prometheus's own `up` left out. */
function askedIn(expression: string): { name: string; labels: string[] }[] {
  return [...expression.matchAll(/\b((?:purser|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name = '', labels = '']) => ({
      name: name.replace(/_(bucket|sum|count)$/, ''),
      labels: [...labels.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label = '']) => label),
    }),
  );
}

/** What Prometheus adds to every metric it scrapes. */
const SCRAPED = ['instance', 'job'];

function expectToExist(expression: string, existing: ReadonlyMap<string, ReadonlySet<string>> = metrics): void {
  const asked = askedIn(expression);
  for (const { name, labels } of asked) {
    expect([...existing.keys()]).toContain(name);
    for (const label of labels) expect([...SCRAPED, ...(existing.get(name) ?? [])]).toContain(label);
  }
}

/** The metrics of workers and their labels, as queues.md has them. Its own spec compares that with a worker. */
async function workerMetrics(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const rows = (await read('queues.md')).matchAll(/^\| `(purser_\w+)` +\| \w+ +\|([^|]*)\|/gm);
  return new Map(
    [...rows].map(([, name = '', labels = '']) => [
      name,
      new Set([...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label)),
    ]),
  );
}

describe('docs/operations/observability.md', () => {
  it('explains every metric of Purser’s own, once, and none that is gone', async () => {
    const documented = [...(await read('observability.md')).matchAll(/^\| `(purser_\w+)` /gm)].map(([, name]) => name);
    const existing = [...metrics.keys()].filter((name) => name.startsWith('purser_'));
    expect(documented.sort()).toEqual(existing.sort());
  });

  it('says of every alert what it means and what to do', async () => {
    const documented = [...(await read('observability.md')).matchAll(/^\| `(Purser\w+)` /gm)].map(([, name]) => name);
    expect(documented).toEqual((await rules()).map(({ alert }) => alert));
  });
});

async function rules(): Promise<readonly Rule[]> {
  const { groups } = parse(await read('alert-rules.yaml')) as { groups: { rules: Rule[] }[] };
  return groups.flatMap((group) => group.rules);
}

describe('docs/operations/alert-rules.yaml', () => {
  it('asks only for metrics and labels that a running service or worker has', async () => {
    const existing = new Map([...metrics, ...(await workerMetrics())]);
    for (const { alert, expr, annotations } of await rules()) {
      expect({ alert, isAsked: /\w/.test(expr) && /\w/.test(annotations.summary) }).toEqual({ alert, isAsked: true });
      expectToExist(expr, existing);
    }
  });
});

describe('docs/operations/grafana-dashboard.json', () => {
  it('asks only for metrics and labels that a running service has, in every panel', async () => {
    const { panels } = JSON.parse(await read('grafana-dashboard.json')) as { panels: Panel[] };
    for (const { targets = [] } of panels.filter(({ type }) => type !== 'row')) {
      expect(targets.length).toBeGreaterThan(0);
      for (const { expr } of targets) {
        expect(askedIn(expr).length).toBeGreaterThan(0);
        expectToExist(expr);
      }
    }
  });

  it('shows every metric of Purser’s own', async () => {
    const text = await read('grafana-dashboard.json');
    for (const name of [...metrics.keys()].filter((one) => one.startsWith('purser_'))) expect(text).toContain(name);
  });
});
