import { describe, expect, it } from 'vitest';
import { pageNumbers, paging } from '../../src/web/list-address.ts';

const numbers = (page: number, pages: number) => pageNumbers(paging(pages * 10, { page, per: 10 }));

describe('the numbers at the foot of a list', () => {
  it('are all of a few pages', () => {
    expect(numbers(1, 1)).toEqual([1]);
    expect(numbers(2, 3)).toEqual([1, 2, 3]);
  });

  it('of many are the first, the last and those beside this one, with a gap where more than one is left out', () => {
    expect(numbers(1, 40)).toEqual([1, 2, null, 40]);
    expect(numbers(4, 40)).toEqual([1, 2, 3, 4, 5, null, 40]);
    expect(numbers(20, 40)).toEqual([1, null, 19, 20, 21, null, 40]);
    expect(numbers(40, 40)).toEqual([1, null, 39, 40]);
  });
});
