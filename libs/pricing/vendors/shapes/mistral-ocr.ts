import { countAt, textAt } from '../json.ts';
import type { Shape } from '../shape.ts';

/** Mistral's document reading is billed by the page. */
export const mistralOcr: Shape = {
  looksFor: 'usage_info.pages_processed (Mistral OCR)',
  claims: ({ value }) =>
    countAt(value, 'usage_info', 'pages_processed') !== null || countAt(value, 'pages_processed') !== null,
  read: (pieces) =>
    pieces.map(({ value }) => ({
      event: 'document.read',
      model: textAt(value, 'model'),
      quantities: { pages: countAt(value, 'usage_info', 'pages_processed') ?? countAt(value, 'pages_processed') },
      properties: 'document_annotation' in value && value['document_annotation'] !== null ? { annotated: true } : {},
    })),
};
