import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';

const TAGS = ['user', 'session', 'feature', 'team', 'agent', 'workflow', 'environment'];
const TOOLS = ['opentelemetry', 'helicone', 'litellm', 'portkey'] as const;

type Sent = Readonly<Record<string, string | readonly string[]>>;
/** By tag, the names that a tool may have for it, the one that counts first. */
type Names = ReadonlyMap<string, readonly string[]>;

const text = await readFile(new URL('../../docs/tags.md', import.meta.url), 'utf8');

/** The rows of the table whose second column has this heading: the cells of each. */
function tableUnder(heading: string): string[][] {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => line.startsWith('| tag ') && line.includes(`| ${heading} `));
  const rows = lines.slice(from + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end).map((line) => line.split('|').slice(1, -1));
}

function namesIn(cell = ''): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

function namesOf(tool: (typeof TOOLS)[number]): Names {
  const column = TOOLS.indexOf(tool) + 1;
  return new Map(tableUnder('OpenTelemetry').map((cells) => [namesIn(cells[0])[0] ?? '', namesIn(cells[column])]));
}

/** Headers are the same in upper and lower case; of a list of texts, each `name:value` stands for itself. */
function readable(sent: Sent): ReadonlyMap<string, string> {
  const values = Object.entries(sent).flatMap(([name, value]): [string, string][] => {
    if (typeof value === 'string') return [[name.toLowerCase(), value]];
    return value.flatMap((entry): [string, string][] => {
      const [, own = '', rest = ''] = /^([^:]+):(.*)$/s.exec(entry) ?? [];
      return own === '' ? [] : [[`${name}.${own}`.toLowerCase(), rest]];
    });
  });
  return new Map(values);
}

function tagsOf(sent: Sent, names: Names): Record<string, string> {
  const values = readable(sent);
  const tags = [...names].flatMap(([tag, sources]) => {
    const value = sources
      .map((source) => values.get(source.toLowerCase()))
      .find((one) => one !== undefined && one !== '');
    return value === undefined ? [] : [[tag, value] as const];
  });
  return Object.fromEntries(tags);
}

describe('docs/tags.md', () => {
  it('explains each tag, and names its sources', () => {
    for (const heading of ['what it names', 'OpenTelemetry']) {
      expect(tableUnder(heading).map(([tag]) => namesIn(tag))).toEqual(TAGS.map((tag) => [tag]));
    }
  });

  it.each(TOOLS)('takes tags from what %s sends, as its example says', (tool) => {
    const [, json = ''] = new RegExp(`^### ${tool}$.*?\`\`\`json\n(.*?)\`\`\``, 'ims').exec(text) ?? [];
    const { sent, tags } = JSON.parse(json) as { sent: Sent; tags: Record<string, string> };
    expect(tagsOf(sent, namesOf(tool))).toEqual(tags);
  });

  it.each(TOOLS)('takes the first name of %s that is present and not empty', (tool) => {
    for (const [tag, sources] of namesOf(tool)) {
      for (const [place, source] of sources.entries()) {
        const empty = sources.slice(0, place).map((earlier) => [earlier, ''] as const);
        const later = sources.slice(place).map((one) => [one, one === source ? 'this' : 'later'] as const);
        expect(tagsOf(Object.fromEntries([...empty, ...later]), namesOf(tool))).toMatchObject({ [tag]: 'this' });
      }
    }
  });
});
