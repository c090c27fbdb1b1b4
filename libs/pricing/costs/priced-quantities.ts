/** What a price of genai-prices is for, in our vocabulary of usage. */
export interface PricedQuantity {
  /** The quantity it counts. */
  readonly quantity: string;
  /** Its amount pays for so many of them. */
  readonly per: string;
  /** The whole that counts it too: what is priced apart is taken off it. */
  readonly partOf?: string;
  /** Other parts of the same whole that count it too. */
  readonly within?: readonly string[];
}

const MILLION = '1000000';
const THOUSAND = '1000';
const HOUR = '3600';

/**
 * Every kind of price that the data has, parts before the parts that they are parts of. A kind that is missing here makes the
 * cost of its models unknown, never lower than it is.
 */
export const PRICED_QUANTITIES: ReadonlyMap<string, PricedQuantity> = new Map<string, PricedQuantity>([
  ['cache_audio_read_mtok', cachedPart('cache_read_audio_tokens', 'input_audio_tokens')],
  ['cache_image_read_mtok', cachedPart('cache_read_image_tokens', 'input_image_tokens')],
  ['cache_read_mtok', { quantity: 'cache_read_tokens', per: MILLION, partOf: 'input_tokens' }],
  ['cache_write_1h_mtok', { quantity: 'cache_write_1h_tokens', per: MILLION, partOf: 'input_tokens' }],
  ['cache_write_mtok', { quantity: 'cache_write_tokens', per: MILLION, partOf: 'input_tokens' }],
  ['input_audio_mtok', { quantity: 'input_audio_tokens', per: MILLION, partOf: 'input_tokens' }],
  ['input_image_mtok', { quantity: 'input_image_tokens', per: MILLION, partOf: 'input_tokens' }],
  ['input_video_mtok', { quantity: 'input_video_tokens', per: MILLION, partOf: 'input_tokens' }],
  ['input_mtok', { quantity: 'input_tokens', per: MILLION }],
  ['output_reasoning_mtok', { quantity: 'reasoning_tokens', per: MILLION, partOf: 'output_tokens' }],
  ['output_audio_mtok', { quantity: 'output_audio_tokens', per: MILLION, partOf: 'output_tokens' }],
  ['output_image_mtok', { quantity: 'output_image_tokens', per: MILLION, partOf: 'output_tokens' }],
  ['output_video_mtok', { quantity: 'output_video_tokens', per: MILLION, partOf: 'output_tokens' }],
  ['output_mtok', { quantity: 'output_tokens', per: MILLION }],
  ['output_citation_mtok', { quantity: 'citation_tokens', per: MILLION }],
  ['input_annotated_document_kpages', { quantity: 'annotated_pages', per: THOUSAND, partOf: 'pages' }],
  ['input_document_kpages', { quantity: 'pages', per: THOUSAND }],
  ['audio_hours', { quantity: 'audio_seconds', per: HOUR }],
  ['requests_kcount', { quantity: 'requests', per: THOUSAND }],
  ['web_searches_kcount', { quantity: 'web_searches', per: THOUSAND }],
  ['storage_searches_kcount', { quantity: 'file_searches', per: THOUSAND }],
  ['input_text_messages_kcount', { quantity: 'text_messages', per: THOUSAND }],
]);

/** The same price as `audio_hours`, said again for the direction. */
export const REPEATED_PRICE = 'input_audio_hours';

function cachedPart(quantity: string, modality: string): PricedQuantity {
  return { quantity, per: MILLION, partOf: 'input_tokens', within: ['cache_read_tokens', modality] };
}
