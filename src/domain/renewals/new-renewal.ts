/** An order that is to be renewed. */
export interface Renewal {
  orderId: number;
  /** Its own period when left out. */
  months?: number;
}
