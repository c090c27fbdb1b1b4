/** A request of a document and the answer shown below it. */
export interface Step {
  /** The shell command, one `curl -i …`. */
  readonly command: string;
  readonly shown: Answer;
}

export interface Answer {
  readonly statusLine: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** In an answer that is shown: lines of headers, or fields of an object, that are left out. */
export const LEFT_OUT = '…';

const FENCED = /^```(\w*)\n(.*?)^```$/gms;

/**
 * The steps of a Markdown document: every `sh` block that begins with `curl`, with the `http` block after it.
 * @throws Error for a request without an answer, and for an answer without a request
 */
export function stepsIn(markdown: string): Step[] {
  const blocks = [...markdown.matchAll(FENCED)].map(([, language = '', text = '']) => ({ language, text }));
  return blocks.flatMap(({ language, text }, index) => {
    const next = blocks[index + 1];
    const isRequest = language === 'sh' && text.startsWith('curl ');
    if (isRequest !== (next?.language === 'http')) throw new Error(`no request or no answer beside:\n${text}`);
    return isRequest && next ? [{ command: text, shown: parseAnswer(next.text) }] : [];
  });
}

/** Reads an answer as `curl -i` prints it. `…` is allowed as a header line, and as a member of an object. */
export function parseAnswer(text: string): Answer {
  const [head = '', body = ''] = text.replaceAll('\r\n', '\n').split(/\n\n(.*)/s);
  const [statusLine = '', ...lines] = head.split('\n');
  const headers = lines
    .filter((line) => line !== LEFT_OUT)
    .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const);
  const json = body.replaceAll(LEFT_OUT, `"${LEFT_OUT}": 0`);
  return { statusLine, headers: Object.fromEntries(headers), body: JSON.parse(json) as unknown };
}
