/** A request of a document and the answer shown below it. */
export interface Step {
  /** The shell command, one `curl -i …`; or a loop that prepares what follows. */
  readonly command: string;
  /** `null` after a loop. */
  readonly shown: Answer | null;
  /** The variable that the text below asks its reader to set, as in `AUTH=auth_…`, and how its value begins. */
  readonly kept: { readonly variable: string; readonly prefix: string } | null;
}

export interface Answer {
  readonly statusLine: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** In an answer that is shown: lines of headers, fields of an object, or the rest of a text, that are left out. */
export const LEFT_OUT = '…';

const FENCE = /^```/m;
const KEPT = /`([A-Z_]+)=([a-z_]+_)…`/;
const STRING_OR_LEFT_OUT = /"(?:[^"\\]|\\.)*"|…/g;

/**
 * The steps of a Markdown document: every `sh` block that begins with `curl`, with the `http` block after it, and every one that
 * begins with `for`.
 * @throws Error for a request without an answer, and for an answer without a request
 */
export function stepsIn(markdown: string): Step[] {
  const parts = markdown.split(FENCE);
  return parts.flatMap((block, at): Step[] => {
    if (at % 2 === 0) return [];
    const command = textIn(block, 'sh');
    const answer = textIn(parts[at + 2], 'http');
    const isRequest = command?.startsWith('curl ') ?? false;
    if (isRequest !== (answer !== null)) throw new Error(`no request or no answer beside:\n${block}`);
    if (command?.startsWith('for ')) return [{ command, shown: null, kept: null }];
    if (command === null || answer === null) return [];
    const [, variable, prefix] = KEPT.exec(parts[at + 3] ?? '') ?? [];
    const kept = variable === undefined || prefix === undefined ? null : { variable, prefix };
    return [{ command, shown: parseAnswer(answer), kept }];
  });
}

function textIn(block: string | undefined, language: string): string | null {
  return block?.startsWith(`${language}\n`) ? block.slice(language.length + 1) : null;
}

/** Reads an answer as `curl -i` prints it. `…` is allowed as a header line, and as a member of an object. */
export function parseAnswer(text: string): Answer {
  const [head = '', body = ''] = text.replaceAll('\r\n', '\n').split(/\n\n(.*)/s);
  const [statusLine = '', ...lines] = head.split('\n');
  const headers = lines
    .filter((line) => line !== LEFT_OUT)
    .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const);
  const json = body.replaceAll(STRING_OR_LEFT_OUT, (part) => (part === LEFT_OUT ? `"${LEFT_OUT}": 0` : part));
  return { statusLine, headers: Object.fromEntries(headers), body: JSON.parse(json) as unknown };
}
