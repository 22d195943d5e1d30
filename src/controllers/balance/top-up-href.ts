/** The top-up form's address with its fields filled in; `pays` are invoices to pay with it. */
export function topUpHref({
  amount,
  currency,
  pays = [],
}: {
  amount: string;
  currency: string;
  pays?: number[];
}): string {
  const fields = [
    ['amount', amount.slice(0, 100)],
    ['currency', currency.slice(0, 10)],
    ...pays.map((id) => ['pays', String(id)]),
  ];
  return `/top-ups/new?${new URLSearchParams(fields).toString()}`;
}
