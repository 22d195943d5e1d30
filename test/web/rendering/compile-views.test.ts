import { describe, expect, it } from 'vitest';
import { translator } from '../../../src/platform/i18n/i18n.ts';
import { compileView } from '../../../src/web/rendering/compile-views.ts';

const LINES = [
  '<%#',
  '  An order.',
  '  Arguments: { order: { plan: string } }',
  '%>',
  '<% const { order } = it; %>',
  '',
  '<div>',
  '  <% if (order) { %>',
  "    <p><%= t('common.orders') %></p>",
  '    <p><%= order.plan.name %></p>',
  '  <% } %>',
  '</div>',
  '',
];

describe('a compiled template', () => {
  const render = compileView('order', LINES.join('\n'), translator('en'))({});

  it('has no indentation, and no lines of code', () => {
    const html = render({ order: { plan: { name: 'VPS' } } }).toString();
    expect(html).toBe('\n<div>\n<p>Orders</p>\n<p>VPS</p>\n</div>');
  });

  it('names itself and its line where it fails', () => {
    expect(() => render({ order: {} })).toThrow(/^views\/order\.ejs:10: /);
  });
});
