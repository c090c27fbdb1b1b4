import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GUIDE_NAMES, guidePath } from '../../apps/api/guides/guides.ts';
import { ApiClient } from '../support/api-client.ts';
import { startTestService, type TestService } from '../support/test-service.ts';
import { apiDocument } from './described-api.ts';

let service: TestService;
let anybody: ApiClient;
beforeAll(async () => {
  service = await startTestService();
  anybody = new ApiClient(service.url, null);
});
afterAll(async () => {
  await anybody.close();
  await service.stop();
});

const pages = new Map<string, string>();

async function pageAt(path: string): Promise<string> {
  const known = pages.get(path);
  if (known !== undefined) return known;
  const { status, text } = await anybody.get(path);
  expect({ path, status }).toEqual({ path, status: 200 });
  pages.set(path, text);
  return text;
}

/** Those links that lead nowhere on this service. */
async function broken(links: readonly string[], from: string): Promise<string[]> {
  const faults: string[] = [];
  for (const link of new Set(links)) {
    const [path = '', anchor] = link.split('#');
    const text = await pageAt(path === '' ? from : path);
    if (anchor !== undefined && !text.includes(` id="${anchor}"`)) faults.push(link);
  }
  return faults;
}

describe('a guide', () => {
  it.each(GUIDE_NAMES)('%s is a page whose links all lead somewhere', async (name) => {
    const path = guidePath(name);
    const page = await pageAt(path);
    expect((await anybody.get(path)).headers['content-type']).toMatch(/^text\/html/);
    const links = [...page.matchAll(/<a href="([^"]*)"/g)].map(([, href = '']) => href);
    expect(links.length).toBeGreaterThan(5);
    expect(
      await broken(
        links.filter((link) => !link.startsWith('https://')),
        path,
      ),
    ).toEqual([]);
  });

  it.each(GUIDE_NAMES)('%s shows no Markdown that was not understood', async (name) => {
    const shown = (await pageAt(guidePath(name))).replaceAll(/<(pre|code)>.*?<\/\1>/gs, '');
    expect(shown.match(/`|\]\(|\*\*|^\||^#|^\s*[-*] /gm)).toBeNull();
  });
});

describe('the description', () => {
  it('links to guides, and every link leads somewhere', async () => {
    const text = JSON.stringify(apiDocument);
    const links = [
      ...[...text.matchAll(/\]\((\/[^)]*)\)/g)].map(([, link = '']) => link),
      ...[...text.matchAll(/"externalDocs":\{[^}]*"url":"([^"]*)"/g)].map(([, link = '']) => link),
    ];
    expect(links).toContain('/docs/concepts');
    expect(links).toContain('/docs/api#post-v1accountsidgrants');
    expect(links).toContain('/docs/problems#credits_held--402');
    expect(await broken(links, '/docs')).toEqual([]);
  });
});
