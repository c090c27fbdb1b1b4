import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestService, type TestService } from '../../../test/support/test-service.ts';

describe('GET /metrics', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService();
  });
  afterAll(() => service.stop());

  it('needs no key, and tells of the process in the format of Prometheus', async () => {
    const answer = await fetch(`${service.url}/metrics`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await answer.text()).toContain('process_resident_memory_bytes');
  });

  it('raises the alarm while a default partition has a row, and only then', async () => {
    const alarm = async () => (await (await fetch(`${service.url}/metrics`)).text()).match(/^purser_default_\S+ 1$/gm);
    expect(await alarm()).toBeNull();
    await service.pool.query(
      `insert into idempotency_keys (account_id, key, fingerprint, status, body, created_at)
        values (1, gen_random_uuid(), gen_random_uuid(), 200, '', '2001-01-01')`,
    );
    expect(await alarm()).toEqual(['purser_default_partition_filled{table="idempotency_keys"} 1']);
  });
});
