import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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

describe('the description that a service gives of itself', () => {
  it('is the one that is tested here', async () => {
    const { status, body } = await anybody.get('/openapi.json');
    expect({ status, body }).toEqual({ status: 200, body: JSON.parse(JSON.stringify(apiDocument)) as unknown });
  });
});

describe('the address of the service alone', () => {
  it('leads a browser to the page', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    const { status, headers: answered } = await anybody.send({ method: 'GET', path: '/', headers });
    expect({ status, location: answered['location'] }).toEqual({ status: 302, location: '/docs' });
  });

  it('gives a program links that lead somewhere', async () => {
    const { status, body } = await anybody.get('/');
    expect(status).toBe(200);
    const { name, guides, ...links } = body as { readonly name: string; readonly guides: readonly string[] };
    expect(name).toBe('Purser');
    for (const path of [...guides, ...Object.values<string>(links)])
      expect({ path, status: (await anybody.get(path)).status }).toEqual({ path, status: 200 });
  });
});

describe('the page', () => {
  it('is kept from running or asking anything but this service', async () => {
    const { status, headers } = await anybody.get('/docs');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/html/);
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).not.toMatch(/https?:|\*/);
  });

  it('loads only what is served here', async () => {
    const { text } = await anybody.get('/docs');
    const loaded = [...text.matchAll(/<(?:link|script)[^>]* (?:href|src)="([^"]*)"/g)].map(([, path = '']) => path);
    const files = loaded.filter((path) => !path.startsWith('data:'));
    expect(files).toEqual(['/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js', '/docs/show.js']);
    for (const file of files) {
      const { status, headers, text: content } = await anybody.get(file);
      expect({ file, status, type: headers['content-type'] }).toEqual({
        file,
        status: 200,
        type: expect.stringMatching(file.endsWith('.css') ? /^text\/css/ : /^text\/javascript/),
      });
      expect(content).not.toBe('');
    }
  });

  it('gives no other file of the machine away', async () => {
    for (const file of ['index.html', '..%2f..%2fpackage.json', '%2e%2e', 'swagger-ui.css.map'])
      expect((await anybody.get(`/docs/${file}`)).status).toBe(404);
  });
});
