/** SQL: the id of the first unpaid invoice with a line of an order. @param orderId an expression */
export const openInvoiceOf = (orderId: string) =>
  `select i.id
   from invoice_lines l
   join invoices i on i.id = l.invoice_id
   where l.order_id = ${orderId}
     and i.status = 'unpaid'
   order by i.id
   limit 1`;
