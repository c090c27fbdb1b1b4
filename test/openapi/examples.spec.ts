import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { makeAnomaly } from '../support/anomaly-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';
import { asRecorded } from './as-recorded.ts';
import { finiteOperations } from './described-api.ts';
import { answerFault, bodyFault } from './schema-check.ts';
import { STORY } from './story.ts';
import { allExamples, walkExamples, type Sent } from './walk-examples.ts';

const RECORDED = new URL('../../apps/api/openapi/recorded-answers.json', import.meta.url);

type RecordedAnswers = Record<string, Record<string, { status: number; body: unknown }>>;

let service: TestService;
let sent: readonly Sent[];
let recorded: RecordedAnswers;

beforeAll(async () => {
  service = await startTestService();
  await makeAnomaly(service.pool, 'live', 'acme');
  sent = await walkExamples(service, STORY);
  recorded = JSON.parse(await readFile(RECORDED, 'utf8')) as RecordedAnswers;
  if (process.env['RECORD_EXAMPLES'] === undefined) return;
  recorded = answersOf(sent);
  await writeFile(RECORDED, `${JSON.stringify(recorded, null, 2)}\n`);
});
afterAll(() => service.stop());

/** The answers, with what differs from run to run as it was recorded. */
function answersOf(walked: readonly Sent[]): RecordedAnswers {
  const answers: RecordedAnswers = {};
  for (const { operation, example, answer } of walked) {
    const { operationId } = operation.object;
    const before = recorded[operationId]?.[example.name]?.body;
    const one = { status: answer.status, body: asRecorded(answer.body, before) };
    answers[operationId] = { ...answers[operationId], [example.name]: one };
  }
  return answers;
}

describe('the examples in the description', () => {
  it('are all sent', () => {
    expect([...STORY].sort()).toEqual([...allExamples().keys()].sort());
  });

  it('were answered as they are shown; RECORD_EXAMPLES=1 shows what they are answered now', () => {
    expect(recorded).toEqual(answersOf(sent));
  });

  it('are answered as the description says', () => {
    const faults = sent.map(({ name, operation, answer }) => `${name}: ${answerFault(operation, answer) ?? 'fine'}`);
    expect(faults).toEqual(sent.map(({ name }) => `${name}: fine`));
  });

  it('have bodies that the description takes, but for those that show what is refused', () => {
    for (const { name, operation, example, answer } of sent) {
      const { code, errors = [] } = answer.body as { code?: string; errors?: { field: string }[] };
      // That a vendor's answer says nothing of usage is no matter of its form.
      const isAboutForm = !errors.every(({ field }) => field.endsWith('.raw'));
      const isMalformed = code === 'invalid_request' && example.body !== undefined && isAboutForm;
      const fault = bodyFault(operation, example.body ?? {});
      expect({ name, malformed: fault !== null }).toEqual({ name, malformed: isMalformed });
    }
  });

  it('stand with the request only if they succeed; the others stand with their response, which names the request', () => {
    for (const { operation, example, answer } of sent) {
      const { parameters, responses } = operation.object;
      const body = 'requestBody' in operation.object ? operation.object.requestBody.content['application/json'] : {};
      const offered = [body, ...parameters].flatMap((one) =>
        'examples' in one ? Object.keys(one.examples ?? {}) : [],
      );
      const contents = Object.values(responses[String(answer.status)]?.content ?? {});
      const shown = contents
        .flatMap(({ examples = {} }) => Object.entries(examples))
        .find(([name]) => name === example.name);
      if (answer.status >= 400) expect(offered).not.toContain(example.name);
      else if (example.body !== undefined) expect(offered).toContain(example.name);
      expect(shown?.[1]).toMatchObject({
        value: recorded[operation.object.operationId]?.[example.name]?.body,
        description: expect.stringContaining(operation.method),
      });
    }
  });

  it('show every operation at work, and some of what is refused', () => {
    const atWork = new Set(sent.filter(({ answer }) => answer.status < 300).map(({ operation }) => operation));
    const isAboutUs = (path: string): boolean => !/^\/(?:docs|openapi\.json|metrics)/.test(path);
    const idle = finiteOperations.filter((operation) => isAboutUs(operation.path) && !atWork.has(operation));
    expect(idle.map(({ object }) => object.operationId)).toEqual([]);
    const codes = new Set(sent.map(({ answer }) => (answer.body as { code?: string }).code));
    for (const code of ['credits_held', 'insufficient_credits', 'account_suspended', 'invalid_request'])
      expect(codes).toContain(code);
  });
});
