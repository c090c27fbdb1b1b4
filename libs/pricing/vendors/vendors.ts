import type { Shape } from './shape.ts';
import { aiSdk } from './shapes/ai-sdk.ts';
import { anthropicMessages } from './shapes/anthropic-messages.ts';
import { bedrockAgents } from './shapes/bedrock-agents.ts';
import { bedrockConverse } from './shapes/bedrock-converse.ts';
import { bedrockGuardrails } from './shapes/bedrock-guardrails.ts';
import { bedrockInvoke } from './shapes/bedrock-invoke.ts';
import { cohere } from './shapes/cohere.ts';
import { elevenlabs } from './shapes/elevenlabs.ts';
import { geminiInteractions } from './shapes/gemini-interactions.ts';
import { gemini } from './shapes/gemini.ts';
import { mistralOcr } from './shapes/mistral-ocr.ts';
import { ollama } from './shapes/ollama.ts';
import { openAiAudio } from './shapes/openai-audio.ts';
import { openAiChat } from './shapes/openai-chat.ts';
import { openAiImages } from './shapes/openai-images.ts';
import { openAiResponses } from './shapes/openai-responses.ts';
import { openAiVideos } from './shapes/openai-videos.ts';
import { openRouterGeneration } from './shapes/openrouter-generation.ts';
import { realtime } from './shapes/realtime.ts';
import { textGenerationInference } from './shapes/text-generation-inference.ts';
import { transcripts } from './shapes/transcripts.ts';
import { vertexPredictions } from './shapes/vertex-predictions.ts';
import { watsonx } from './shapes/watsonx.ts';

/** Those that a vendor form may name. Another name is fine, and read like these: by the shape of what is sent. */
export const VENDORS = [
  'openai',
  'anthropic',
  'google',
  'vertex',
  'bedrock',
  'azure',
  'cohere',
  'mistral',
  'deepseek',
  'groq',
  'xai',
  'together',
  'perplexity',
  'openrouter',
  'moonshot',
  'zai',
  'voyage',
  'huggingface',
  'ollama',
  'watsonx',
  'elevenlabs',
  'ai-sdk',
  'openai-compatible',
] as const;

/** They pass on what others answer, so they provide no model. */
const GO_BETWEENS: ReadonlySet<string> = new Set(['ai-sdk', 'openai-compatible']);

/** Who provides the model of an answer; `null` where that isn't said. */
export function providerOf(vendor: string, said: string | undefined): string | null {
  const provider = said ?? vendor;
  return GO_BETWEENS.has(provider) ? null : provider;
}

/** The first that claims a piece reads it, so of two that look alike the one that looks closer comes first. */
const SHAPES: readonly Shape[] = [
  openAiImages,
  openAiAudio,
  realtime,
  openAiVideos,
  anthropicMessages,
  openAiResponses,
  openRouterGeneration,
  geminiInteractions,
  openAiChat,
  gemini,
  vertexPredictions,
  bedrockAgents,
  bedrockGuardrails,
  bedrockConverse,
  aiSdk,
  cohere,
  ollama,
  watsonx,
  mistralOcr,
  elevenlabs,
  transcripts,
  textGenerationInference,
  bedrockInvoke,
];

const OPENAI = [openAiImages, openAiAudio, realtime, openAiVideos, openAiResponses, openAiChat];

/** The forms in which each vendor is known to answer. */
const OWN: Readonly<Record<(typeof VENDORS)[number], readonly Shape[]>> = {
  openai: OPENAI,
  anthropic: [anthropicMessages],
  google: [gemini, geminiInteractions, vertexPredictions, openAiChat],
  vertex: [gemini, anthropicMessages, vertexPredictions, openAiChat],
  // Headers say less than bodies, so they come last.
  bedrock: [anthropicMessages, bedrockAgents, bedrockGuardrails, bedrockConverse, openAiChat, bedrockInvoke],
  azure: OPENAI,
  cohere: [cohere],
  mistral: [mistralOcr, openAiChat],
  deepseek: [openAiResponses, openAiChat],
  groq: [openAiAudio, openAiChat],
  xai: [openAiImages, realtime, openAiResponses, openAiChat],
  together: [openAiImages, openAiChat],
  perplexity: [openAiChat],
  openrouter: [openRouterGeneration, openAiResponses, openAiChat],
  moonshot: [openAiChat],
  zai: [openAiChat],
  voyage: [openAiChat],
  huggingface: [openAiChat, textGenerationInference],
  ollama: [ollama, openAiChat],
  watsonx: [watsonx, openAiChat],
  elevenlabs: [elevenlabs, transcripts],
  'ai-sdk': [aiSdk],
  'openai-compatible': [openAiResponses, openAiChat],
};

function ownShapes(vendor: string): readonly Shape[] {
  const known = VENDORS.find((name) => name === vendor);
  return known ? OWN[known] : [];
}

/** The shapes in which a vendor's answers are looked for: its own, and then any, as many pass on what others answer. */
export function shapesOf(vendor: string): readonly Shape[] {
  const own = ownShapes(vendor);
  return [...own, ...SHAPES.filter((shape) => !own.includes(shape))];
}

/** In words, what is looked for in a vendor's answers. */
export function lookedFor(vendor: string): string {
  const own = ownShapes(vendor).map(({ looksFor }) => looksFor);
  return own.length > 0 ? `${own.join('; ')}; and what other vendors report` : `what ${VENDORS.join(', ')} report`;
}
