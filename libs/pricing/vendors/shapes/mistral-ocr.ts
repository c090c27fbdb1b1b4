import { countAt, hasCount, textAt } from '../json.ts';
import type { Shape } from '../shape.ts';

/** Mistral's document reading is billed by the page, and dearer where it annotates the document. */
export const mistralOcr: Shape = {
  looksFor: 'usage_info.pages_processed (Mistral OCR)',
  claims: ({ value }) => hasCount(value, 'usage_info', 'pages_processed') || hasCount(value, 'pages_processed'),
  read: (pieces) =>
    pieces.map(({ value }) => {
      const pages = countAt(value, 'usage_info', 'pages_processed') ?? countAt(value, 'pages_processed');
      const isAnnotated = typeof value['document_annotation'] === 'string';
      return {
        event: 'document.read',
        model: textAt(value, 'model'),
        quantities: { pages, annotated_pages: isAnnotated ? pages : null },
      };
    }),
};
