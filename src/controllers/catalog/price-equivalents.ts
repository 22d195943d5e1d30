import type { Money } from '../../domain/money/money.ts';
import { equivalents } from '../../domain/rates/convert.ts';
import type { RateTable } from '../../domain/rates/rate-table.ts';

/** A price in every other currency that has a rate. */
export function priceEquivalents(table: RateTable, price: Money) {
  return equivalents(table, price).flatMap(({ currency, conversion }) =>
    conversion?.rateDate ? [{ currency, money: conversion.money, rateDate: conversion.rateDate }] : [],
  );
}
