import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { LIVE_KEY, startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

/** Says so much, and then nothing more. @returns the whole answer as text, and after how many milliseconds it ended */
function sayAndWait(said: string): Promise<{ answer: string; ms: number }> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname, () => socket.write(said));
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    socket.on('error', reject).on('close', () => resolve({ answer, ms: performance.now() - startedAt }));
  });
}

const HEAD = 'POST /v1/charges HTTP/1.1\r\nhost: x\r\n';
const BODY = `${HEAD}authorization: Bearer ${LIVE_KEY}\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{`;

describe('a request of which only a part arrives, of its head or of its body', () => {
  it('is given up within twenty seconds, and told so', async () => {
    for (const { answer, ms } of await Promise.all([sayAndWait(HEAD), sayAndWait(BODY)])) {
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
      expect(answer.toLowerCase()).toContain('content-type: application/problem+json');
      expect(answer).toContain('"code":"request_timeout"');
      expect(ms).toBeGreaterThan(9_000);
      expect(ms).toBeLessThan(20_000);
    }
  }, 30_000);
});
