import { describe, expect, it } from '@jest/globals';
import { prefersHtml } from './prefers-html.ts';

describe('HTML', () => {
  it('is preferred by a browser, and by whoever accepts it as much as JSON', () => {
    expect(prefersHtml('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8')).toBe(true);
    expect(prefersHtml('application/json, text/html')).toBe(true);
    expect(prefersHtml('Text/HTML;q=0.1')).toBe(true);
  });

  it('isn’t preferred by a program, nor where it is refused or comes after JSON', () => {
    expect(prefersHtml()).toBe(false);
    expect(prefersHtml('*/*')).toBe(false);
    expect(prefersHtml('text/html;q=0')).toBe(false);
    expect(prefersHtml('application/json, text/html;q=0.5')).toBe(false);
  });
});
