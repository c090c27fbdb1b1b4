import { afterEach, describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { sendAnswerHeaders } from './answer-headers.ts';

const app = fastify();
afterEach(() => app.close());

describe('the headers of an answer', () => {
  it('let a route’s own page do what the route says, and no other answer do anything', async () => {
    sendAnswerHeaders(app);
    app.get('/data', () => ({}));
    app.get('/page', { config: { contentSecurityPolicy: "default-src 'self'" } }, () => '<html></html>');
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const policyOf = async (path: string): Promise<string | null> =>
      (await fetch(`${url}${path}`)).headers.get('content-security-policy');
    expect(await policyOf('/page')).toBe("default-src 'self'");
    for (const path of ['/data', '/nowhere'])
      expect(await policyOf(path)).toBe("default-src 'none'; frame-ancestors 'none'");
  });
});
