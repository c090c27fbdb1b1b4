import { describe, expect, it } from '@jest/globals';
import { anchorOf, renderMarkdown } from './render-markdown.ts';

const render = (markdown: string): string => renderMarkdown(markdown, (href) => (href.startsWith('#') ? href : null));

describe('the Markdown of the guides', () => {
  it('becomes headings with the anchors that GitHub gives them', () => {
    expect(render('## Grants and burn-down order')).toBe(
      '<h2 id="grants-and-burn-down-order">Grants and burn-down order</h2>',
    );
    expect(anchorOf('`credits_held` · 402')).toBe('credits_held--402');
    expect(anchorOf('`POST /v1/webhook-endpoints/{id}/redeliver`')).toBe('post-v1webhook-endpointsidredeliver');
    expect(anchorOf('More than was held: overage')).toBe('more-than-was-held-overage');
  });

  it('becomes paragraphs, with code, strong text and links where they lead somewhere', () => {
    expect(render('A `hold` is a **guarantee**, see [alerts](#alerts)\nor [roles](roles.md).\n\nNext.')).toBe(
      '<p>A <code>hold</code> is a <strong>guarantee</strong>, see <a href="#alerts">alerts</a>\nor roles.</p>\n<p>Next.</p>',
    );
    expect(render('the key stays _free_: `retry_after` and snake_case_names')).toBe(
      '<p>the key stays <em>free</em>: <code>retry_after</code> and snake_case_names</p>',
    );
  });

  it('becomes lists, also within each other and over several lines', () => {
    expect(render('- one\n  goes on\n- two:\n  - inner\n\nAfter.')).toBe(
      '<ul>\n<li>one\ngoes on</li>\n<li>two:\n<ul>\n<li>inner</li>\n</ul></li>\n</ul>\n<p>After.</p>',
    );
    expect(render('1. first:\n\n   ```\n   a\n     b\n   ```\n\n2. second')).toBe(
      '<ol>\n<li>first:\n<pre><code>a\n  b</code></pre></li>\n<li>second</li>\n</ol>',
    );
  });

  it('becomes tables and code', () => {
    expect(render('| a | n |\n| - | -: |\n| `x` | 1 |')).toBe(
      '<table>\n<tr><th>a</th><th class="number">n</th></tr>\n<tr><td><code>x</code></td><td class="number">1</td></tr>\n</table>',
    );
    expect(render('```sh\ncurl "$B" \\\n  -d \'{}\'\n```')).toBe(
      "<pre><code>curl &quot;$B&quot; \\\n  -d '{}'</code></pre>",
    );
  });

  it('is escaped, whatever it says', () => {
    expect(render('a <b> & `<id>` [<i>](#a"b)')).toBe(
      '<p>a &lt;b&gt; &amp; <code>&lt;id&gt;</code> <a href="#a&quot;b">&lt;i&gt;</a></p>',
    );
  });
});
