import { expect, it } from 'vitest';
import { alignDecimals } from '../../../src/web/rendering/align-decimals.ts';

it('numbers of a column are filled up to the most decimals, with or without their own sign', () => {
  const shown = alignDecimals(['1', '1.07', '610.244', '1,5']).map((text) =>
    text.replaceAll('\u2007', '_').replaceAll('\u2008', '~'),
  );
  expect(shown).toEqual(['1~___', '1.07_', '610.244', '1,5__']);
  expect(alignDecimals(['1', '200'])).toEqual(['1', '200']);
  expect(alignDecimals([])).toEqual([]);
});
