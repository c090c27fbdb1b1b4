import answersByOperation from './recorded-answers.json' with { type: 'json' };

/** What an example was answered with when it was last sent. */
export interface RecordedAnswer {
  readonly status: number;
  readonly body: unknown;
}

const RECORDED: Readonly<Record<string, Readonly<Record<string, RecordedAnswer>>>> = answersByOperation;

/** @returns `undefined` for an example that was never recorded */
export function recordedAnswer(operationId: string, example: string): RecordedAnswer | undefined {
  return RECORDED[operationId]?.[example];
}
