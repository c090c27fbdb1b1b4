import { renderInline, textOf, type LinkTarget } from './render-inline.ts';

const FENCE = /^```(\w*)$/;
const HEADING = /^(#{1,4}) (.*)$/;
const ITEM = /^(\s*)(?:[-*]|(\d+)\.) +(.*)$/;
const TABLE_RULE = /^\|(?: *:?-+:? *\|)+$/;

/**
 * Renders the Markdown that our own guides are written in: headings, paragraphs, lists, tables and fenced code. Whatever else
 * there may be is shown as it stands, escaped.
 */
export function renderMarkdown(markdown: string, linkTarget: LinkTarget): string {
  return renderBlocks(markdown.split('\n'), linkTarget);
}

/** The anchor of a heading, as GitHub makes it: `` `credits_held` · 402 `` → `credits_held--402`. */
export function anchorOf(heading: string): string {
  return textOf(heading)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
}

function renderBlocks(lines: readonly string[], linkTarget: LinkTarget): string {
  const blocks: string[] = [];
  for (let at = 0; at < lines.length;) {
    const length = blockLength(lines.slice(at));
    const block = lines.slice(at, at + length);
    if (block.some((line) => line.trim() !== '')) blocks.push(renderBlock(block, linkTarget));
    at += length;
  }
  return blocks.join('\n');
}

/** How many of the lines, one at least, make the first block. */
function blockLength(lines: readonly string[]): number {
  const [first = ''] = lines;
  if (FENCE.test(first)) return lines.indexOf('```', 1) + 1 || lines.length;
  if (first.trim() === '' || HEADING.test(first)) return 1;
  const ends = ITEM.test(first) ? endsList : endsParagraph;
  const end = lines.findIndex((line, index) => index > 0 && ends(line, lines[index + 1] ?? ''));
  return end === -1 ? lines.length : end;
}

function endsParagraph(line: string): boolean {
  return line.trim() === '' || FENCE.test(line) || HEADING.test(line) || ITEM.test(line);
}

/** A list goes on after an empty line if what follows is indented, or an item. */
function endsList(line: string, next: string): boolean {
  if (line.trim() === '') return !/^\s+\S/.test(next) && !ITEM.test(next);
  return !/^\s/.test(line) && !ITEM.test(line);
}

function renderBlock(lines: readonly string[], linkTarget: LinkTarget): string {
  const [first = '', second = ''] = lines;
  if (FENCE.test(first)) return `<pre><code>${escapedLines(lines.slice(1, -1))}</code></pre>`;
  const [, marks, heading] = HEADING.exec(first) ?? [];
  if (marks !== undefined && heading !== undefined) return renderHeading(marks.length, heading, linkTarget);
  if (ITEM.test(first)) return renderList(lines, linkTarget);
  if (TABLE_RULE.test(second)) return renderTable(lines, linkTarget);
  return `<p>${renderInline(lines.join('\n'), linkTarget)}</p>`;
}

function escapedLines(lines: readonly string[]): string {
  return renderInline(lines.join('\n'), null);
}

function renderHeading(level: number, heading: string, linkTarget: LinkTarget): string {
  const tag = `h${String(level)}`;
  return `<${tag} id="${anchorOf(heading)}">${renderInline(heading, linkTarget)}</${tag}>`;
}

function renderList(lines: readonly string[], linkTarget: LinkTarget): string {
  const [, indent = '', number] = ITEM.exec(lines[0] ?? '') ?? [];
  const tag = number === undefined ? 'ul' : 'ol';
  const items: string[][] = [];
  let width = 0;
  for (const line of lines) {
    const [, itemIndent, , text = ''] = ITEM.exec(line) ?? [];
    if (itemIndent === indent) {
      width = line.length - text.length;
      items.push([text]);
    } else {
      // What goes on with an item is indented as far as its text, or less.
      items.at(-1)?.push(line.slice(Math.min(line.length - line.trimStart().length, width)));
    }
  }
  return [`<${tag}>`, ...items.map((item) => `<li>${renderItem(item, linkTarget)}</li>`), `</${tag}>`].join('\n');
}

/** An item’s first paragraph stands in it without one of its own. */
function renderItem(lines: readonly string[], linkTarget: LinkTarget): string {
  return renderBlocks(lines, linkTarget).replace(/^<p>(.*?)<\/p>/s, '$1');
}

function renderTable([head = '', rule = '', ...rows]: readonly string[], linkTarget: LinkTarget): string {
  const isRight = cellsOf(rule).map((cell) => cell.endsWith(':'));
  const row = (line: string, tag: string): string => {
    const cells = cellsOf(line).map((cell, column) => {
      const align = isRight[column] === true ? ' class="number"' : '';
      return `<${tag}${align}>${renderInline(cell, linkTarget)}</${tag}>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  };
  return ['<table>', row(head, 'th'), ...rows.map((line) => row(line, 'td')), '</table>'].join('\n');
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, line.lastIndexOf('|'))
    .split('|')
    .map((cell) => cell.trim());
}
