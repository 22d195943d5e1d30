/**
 * SQL: the first unpaid invoice with a line of an order.
 * @param orderId an expression
 * @param columns of `invoices as i`
 */
export const openInvoiceOf = (orderId: string, columns = 'i.id') =>
  `select ${columns}
   from invoice_lines l
   join invoices i on i.id = l.invoice_id
   where l.order_id = ${orderId}
     and i.status = 'unpaid'
   order by i.id
   limit 1`;
