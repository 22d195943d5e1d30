import { describe, expect, it } from 'vitest';
import { translator, wordKey } from '../../../src/platform/i18n/i18n.ts';

const english = translator('en');
const russian = translator('ru');

describe('a sentence', () => {
  it('without gaps is what stands in its language', () => {
    expect(english('orders.list.title')).toBe('Orders');
    expect(russian('orders.list.title')).toBe('Заказы');
  });

  it('has its gaps filled, unescaped: the views escape', () => {
    expect(english('dashboard.welcome_name', { name: '<Anna>' })).toBe('Welcome, <Anna>');
  });

  it('takes the plural form of its count', () => {
    expect([1, 3, 5].map((count) => russian('common.months', { count }))).toEqual(['1 месяц', '3 месяца', '5 месяцев']);
  });

  it('ends with one full stop, after a Russian date too', () => {
    expect(russian('balance.top_up.rate_note', { date: '1 мая 2026 г.', source: 'ЕЦБ, 2026 г.' })).not.toMatch(/\.\./);
  });

  it.each([
    ['that nobody wrote', 'orders.list.nothing'],
    ['that is a group', 'orders.list'],
    ['of a count, without one', 'common.months'],
  ])('%s is a fault', (_, key) => {
    expect(() => Reflect.apply(russian, undefined, [key])).toThrow(key);
  });

  it('whose key is put together is a fault when nobody wrote it', () => {
    expect(wordKey('terms.suspension.abuse')).toBe('terms.suspension.abuse');
    expect(wordKey('common.months')).toBe('common.months');
    expect(() => wordKey('terms.suspension.boredom')).toThrow('terms.suspension.boredom');
  });
});
