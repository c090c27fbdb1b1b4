/** A request as Swagger UI is about to send it. */
interface PageRequest {
  readonly method?: string;
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
 * Learns ids only from responses that created something, of what a `PUT` has set, and those of what the service makes by itself,
 * events and anomalies, so that no example ever stands for an object that the page hasn't made what it is.
 *
 * The browser gets this function as text: it may use nothing from outside itself.
 */
export function fillInIds() {
  const ID = /\b([a-z]+)_[0-7][0-9a-z]{25}\b/g;
  const exampleIds = new Set<string>();
  const examples: { readonly path: RegExp; readonly status: number; readonly value: unknown }[] = [];
  const realIds = new Map<string, string>();
  const newestIds = new Map<string, string>();
  /** By URLs, what was last sent to them: a response doesn't say it. */
  const methods = new Map<string, string>();

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

  function learn({ url, status, text }: PageResponse): void {
    const answer: unknown = text.startsWith('{') ? JSON.parse(text) : null;
    const wasPut = status === 200 && methods.get(url) === 'PUT';
    const idOfPut = wasPut && answer !== null ? (answer as { readonly id?: unknown }).id : null;
    /** Whether the id, of the response, may stand for an example’s. */
    const isOurs = (id: string): boolean =>
      status === 201 || id === idOfPut || (/^(?:evt|anomaly)_/.test(id) && status < 300);

    for (const [id, kind = ''] of [...text.matchAll(ID)].reverse()) if (isOurs(id)) newestIds.set(kind, id);
    if (answer === null) return;
    const { pathname } = new URL(url);
    for (const example of examples)
      if (example.status === status && example.path.test(pathname)) pair(example.value, answer, isOurs);
  }

  /** Takes each id of a response for the one at the same place in an example. */
  function pair(example: unknown, answer: unknown, isOurs: (id: string) => boolean): void {
    if (typeof example === 'string' && typeof answer === 'string') {
      const [kind = ''] = example.split('_');
      if (exampleIds.has(example) && answer.startsWith(`${kind}_`) && isOurs(answer)) realIds.set(example, answer);
    } else if (typeof example === 'object' && typeof answer === 'object' && example !== null && answer !== null) {
      const fields = Object.entries(answer);
      for (const [name, value] of Object.entries(example))
        pair(value, fields.find(([one]) => one === name)?.[1], isOurs);
    }
  }

  return {
    requestInterceptor(request: PageRequest): PageRequest {
      request.url = filledIn(request.url);
      methods.set(request.url, request.method ?? 'GET');
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
