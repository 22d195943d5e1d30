import { describe, expect, it } from 'vitest';
import { smallerDisk } from '../../../src/domain/catalog/disk-size.ts';
import { specificationText } from '../../../src/web/rendering/specification-text.ts';

describe('a part of a specification', () => {
  it.each([
    ['6 × 3.8 GHz', '6 × 3,8\u00a0ГГц'],
    ['2 × 512 GB NVMe', '2 × 512\u00a0ГБ NVMe'],
    ['1 TB', '1\u00a0ТБ'],
    ['10 Gbit/s', '10\u00a0Гбит/с'],
    ['1 vCPU', '1 vCPU'],
  ])('%s has its figures and units in Russian', (english, russian) => {
    expect(specificationText(english, 'ru')).toBe(russian);
    expect(specificationText(english, 'en')).toBe(english);
  });
});

const DISK = { code: 'disk', kind: 'disk' as const, names: {}, patterns: {} };

describe('a disk', () => {
  it.each([
    ['25 GB SSD', '50 GB SSD', true],
    ['120 GB NVMe', '100 GB SSD', false],
    ['2 TB HDD', '480 GB NVMe', false],
    ['2 × 512 GB NVMe', '1 TB SSD', false],
    ['2 × 512 GB NVMe', '2 TB HDD', true],
    ['the same', 'the same', false],
    ['plenty', '50 GB SSD', true],
  ])('of %s is smaller than one of %s: %s', (to, from, smaller) => {
    expect(smallerDisk([DISK], { disk: to }, { disk: from }) !== null).toBe(smaller);
  });
});
