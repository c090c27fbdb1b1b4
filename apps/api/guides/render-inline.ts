import { escapeHtml } from '../content/escape-html.ts';

/** Where a link leads on the page; `null` where nothing that the service has is meant: its text stands there without a link. */
export type LinkTarget = (href: string) => string | null;

/** Code, a link, strong or emphasised text: whichever begins first. */
const SPAN =
  /`([^`]+)`|\[((?:[^\]`]|`[^`]*`)+)\]\(([^)\s]+)\)|\*\*(.+?)\*\*|(?<![\w*])_([^_\s](?:[^_]*[^_\s])?)_(?!\w)/s;

/** @param linkTarget `null`: the text is code, and only escaped */
export function renderInline(text: string, linkTarget: LinkTarget | null): string {
  const span = linkTarget && SPAN.exec(text);
  if (!span) return escapeHtml(text);
  const [all, code, label, href = '', strong, emphasis] = span;
  const rest = text.slice(span.index + all.length);
  return escapeHtml(text.slice(0, span.index)) + rendered() + renderInline(rest, linkTarget);

  function rendered(): string {
    if (code !== undefined) return `<code>${escapeHtml(code)}</code>`;
    if (strong !== undefined) return `<strong>${renderInline(strong, linkTarget)}</strong>`;
    if (emphasis !== undefined) return `<em>${renderInline(emphasis, linkTarget)}</em>`;
    const target = linkTarget?.(href) ?? null;
    const shown = renderInline(label ?? '', linkTarget);
    return target === null ? shown : `<a href="${escapeHtml(target)}">${shown}</a>`;
  }
}

/** The text without its marks. */
export function textOf(text: string): string {
  const span = SPAN.exec(text);
  if (!span) return text;
  const [all, code, label, , strong, emphasis] = span;
  const inner = code ?? textOf(label ?? strong ?? emphasis ?? '');
  return text.slice(0, span.index) + inner + textOf(text.slice(span.index + all.length));
}
