import { describe, expect, it } from 'vitest';
import { translator } from '../../../src/platform/i18n/i18n.ts';
import { columns, numeric } from '../../../src/web/rendering/columns.ts';
import { escaped, attrs, escapeHtml, joinHtml, markup, safe } from '../../../src/web/rendering/html.ts';
import { sentenceOf } from '../../../src/web/rendering/sentence.ts';

describe('HTML', () => {
  it('is made of texts that are escaped, and of HTML that is not', () => {
    expect(markup`<b>${'<i>'}</b>${safe('<br>')}${7}`.toString()).toBe('<b>&lt;i&gt;</b><br>7');
    expect(escaped('a & "b"')).toBe('a &amp; &quot;b&quot;');
    expect(joinHtml(['<', safe('<br>')], ', ').toString()).toBe('&lt;, <br>');
  });

  it.each([null, undefined, {}, []])('does not show %j: what is missing is a fault', (value) => {
    expect(() => escapeHtml(value)).toThrow('A view was given');
  });

  it('leaves attributes out that say nothing, and writes true ones as bare names', () => {
    const values = { id: 'x', hidden: true, disabled: false, title: null, class: '', 'data-count': 0, label: '"' };
    expect(attrs(values).toString()).toBe(' id="x" hidden data-count="0" label="&quot;"');
  });
});

describe('the columns of a table', () => {
  const query = { sort: 'price', dir: 'asc' } as const;
  const href = (changes: object) => `?${JSON.stringify(changes)}`;

  it('give head and cells the same labels', () => {
    const { head, cell, count } = columns({ name: 'Name', price: numeric('Price') });
    expect(head.toString()).toBe('<tr><th scope="col">Name</th><th scope="col" class="numeric">Price</th></tr>');
    expect(cell('price', 'quiet').toString()).toBe(' class="numeric quiet" data-label="Price"');
    expect(cell('name').toString()).toBe(' data-label="Name"');
    expect(count).toBe(2);
  });

  it('say by which of them the list is sorted, and lead to the other direction (O3)', () => {
    const { head } = columns({ name: 'Name', price: 'Price' }, { sorting: { query, href, except: ['name'] } });
    expect(head.toString()).toContain('<th scope="col">Name</th>');
    expect(head.toString()).toContain('aria-sort="ascending"');
    expect(head.toString()).toContain('&quot;dir&quot;:&quot;desc&quot;');
  });

  it('have no head while they are hidden', () => {
    expect(columns({ name: 'Name', comment: 'Comment' }, { hidden: ['comment'] }).head.toString()).not.toContain(
      'Comment',
    );
  });
});

describe('a sentence with HTML in its gaps', () => {
  it('escapes the texts in it', () => {
    const values = { email: markup`<b>${'A&B'}</b>` };
    expect(sentenceOf(translator('en'), 'support.or_write', values).toString()).toContain('<b>A&amp;B</b>');
    const text = sentenceOf(translator('en'), 'dashboard.welcome_name', { name: '<Anna>' }).toString();
    expect(text).toBe('Welcome, &lt;Anna&gt;');
  });

  it('ends with one full stop after a Russian date', () => {
    const date = markup`<time>1 мая 2026 г.</time>`;
    const sentence = sentenceOf(translator('ru'), 'balance.top_up.rate_note', { rates: date });
    expect(sentence.toString()).toMatch(/[^.]<time>1 мая 2026 г\.<\/time>$/);
  });
});
