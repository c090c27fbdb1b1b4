import type { AnswerDescription } from '../openapi/operation.ts';
import { MEDIA_TYPES, type StreamedFormat } from './row-format.ts';

const FORMATS: readonly StreamedFormat[] = ['csv', 'jsonl'];

/** The same answer, which can also be had as a file. */
export function orFile(answer: AnswerDescription): AnswerDescription {
  return { ...answer, alsoAs: FORMATS.map((format) => MEDIA_TYPES[format]) };
}
