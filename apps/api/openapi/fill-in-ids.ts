/** A request as Swagger UI is about to send it. */
interface PageRequest {
  url: string;
  body?: unknown;
}

interface PageResponse {
  readonly url: string;
  readonly status: number;
  readonly text: string;
}

/** The part of the API's description that is used here. */
interface PageDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, PageOperation>>>>;
}
interface PageOperation {
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, PageContent>> }>>;
}
interface PageContent {
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

/**
 * Lets “Try it out” work with the ids of the examples: sends the id of what was created on the page in place of the example’s.
 * Learns ids only from responses that created something, and those of events, so that no example ever stands for an object
 * that was there before.
 *
 * The browser gets this function as text: it may use nothing from outside itself.
 */
export function fillInIds() {
  const ID = /\b([a-z]+)_[0-7][0-9a-z]{25}\b/g;
  const exampleIds = new Set<string>();
  const examples: { readonly path: RegExp; readonly status: number; readonly value: unknown }[] = [];
  const realIds = new Map<string, string>();
  const newestIds = new Map<string, string>();

  function filledIn(text: string): string {
    return text.replace(ID, (id: string, kind: string) =>
      exampleIds.has(id) ? (realIds.get(id) ?? newestIds.get(kind) ?? id) : id,
    );
  }

  function readDocument(text: string): void {
    for (const [id] of text.matchAll(ID)) exampleIds.add(id);
    const { paths } = JSON.parse(text) as PageDocument;
    for (const [template, operations] of Object.entries(paths)) {
      const path = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
      for (const { responses } of Object.values(operations))
        for (const [status, { content }] of Object.entries(responses))
          for (const { examples: shown = {} } of Object.values(content))
            for (const { value } of Object.values(shown)) examples.push({ path, status: Number(status), value });
    }
  }

  /** Whether an id of this kind, in a response of this status, may stand for an example’s. */
  function isOurs(kind: string, status: number): boolean {
    return status === 201 || (kind === 'evt' && status < 300);
  }

  function learn({ url, status, text }: PageResponse): void {
    for (const [id, kind = ''] of [...text.matchAll(ID)].reverse()) if (isOurs(kind, status)) newestIds.set(kind, id);
    if (!text.startsWith('{')) return;
    const answer: unknown = JSON.parse(text);
    const { pathname } = new URL(url);
    for (const example of examples)
      if (example.status === status && example.path.test(pathname)) pair(example.value, answer, status);
  }

  /** Takes each id of a response for the one at the same place in an example. */
  function pair(example: unknown, answer: unknown, status: number): void {
    if (typeof example === 'string' && typeof answer === 'string') {
      const [kind = ''] = example.split('_');
      if (exampleIds.has(example) && answer.startsWith(`${kind}_`) && isOurs(kind, status))
        realIds.set(example, answer);
    } else if (typeof example === 'object' && typeof answer === 'object' && example !== null && answer !== null) {
      const fields = Object.entries(answer);
      for (const [name, value] of Object.entries(example))
        pair(value, fields.find(([one]) => one === name)?.[1], status);
    }
  }

  return {
    requestInterceptor(request: PageRequest): PageRequest {
      request.url = filledIn(request.url);
      if (typeof request.body === 'string') request.body = filledIn(request.body);
      return request;
    },
    responseInterceptor(response: PageResponse): PageResponse {
      if (response.url.endsWith('/openapi.json')) readDocument(response.text);
      else learn(response);
      return response;
    },
  };
}
