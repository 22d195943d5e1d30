import type { Knex } from 'knex';
import { likeAnywhere } from '../../platform/db/search.ts';
import { amountIn } from '../money/amount-in.ts';

/** SQL: an invoice's number, with or without its zeros. */
const NUMBER_LIKE = `(i.number ilike :anywhere or i.series || '-' || i.sequence ilike :anywhere)`;

/** SQL: the causes, by type, of what a word names. Each reads rows of this customer only. */
const CAUSES_OF_WORD = {
  invoice: `
    select i.id from invoices i
    where i.customer_id = :customerId
      and (
        ${NUMBER_LIKE}
        or array_to_string(i.order_ids, ' ') like :anywhere
        or i.order_ids && array(
          select o.id from orders o where o.customer_id = i.customer_id and o.hostname ilike :anywhere
        )
      )`,
  payment: `
    select p.id from payments p
    join invoices i on i.id = p.invoice_id
    where p.customer_id = :customerId and ${NUMBER_LIKE}`,
  adjustment: `
    select a.id from adjustments a
    where a.customer_id = :customerId and a.reason ilike :anywhere`,
  cancellation: `
    select o.id from orders o
    where o.customer_id = :customerId and (o.id::text like :anywhere or o.hostname ilike :anywhere)`,
  plan_change: `
    select c.id from plan_changes c
    join orders o on o.id = c.order_id
    where o.customer_id = :customerId and (o.id::text like :anywhere or o.hostname ilike :anywhere)`,
};

/** Keeps the operations in which every word is found, of `ledger_entries as e` and `ledger_transactions as t`. */
export function searchStatement(query: Knex.QueryBuilder, { customerId, q = '' }: { customerId: number; q?: string }) {
  for (const word of q.split(/\s+/).filter(Boolean)) applyWord(query, customerId, word);
}

function applyWord(query: Knex.QueryBuilder, customerId: number, word: string) {
  const anywhere = likeAnywhere(word);
  const amount = amountIn(word);
  void query.where((either) => {
    for (const [cause, ids] of Object.entries(CAUSES_OF_WORD))
      void either.orWhereRaw(`t.cause_type = '${cause}' and t.cause_id in (${ids})`, { customerId, anywhere });
    if (amount) void either.orWhereRaw('abs(e.amount) = ?', [amount]);
  });
}
