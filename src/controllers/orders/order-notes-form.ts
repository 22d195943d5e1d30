import { z } from 'zod';
import { text } from '../../web/parse-request.ts';

/** The customer's own name and comment for an order: the field in the form, its property, the most characters. */
export const NOTE_FIELDS = [
  { name: 'service_name', field: 'serviceName', max: 100 },
  { name: 'comment', field: 'comment', max: 500 },
] as const;

type NoteName = (typeof NOTE_FIELDS)[number]['name'];

/** As they are sent; the name may be left out. */
export const OrderNotes = z.object({ comment: z.string(), service_name: z.string().optional() });

interface ReadNotes {
  comment: string;
  /** Undefined: stays as it is. */
  serviceName: string | undefined;
}

export interface OrderNotesErrors {
  typed: { comment: string; serviceName: string };
  invalid: NoteName[];
}

/** Reads them, or says which are too long. */
export function readOrderNotes(
  sent: z.infer<typeof OrderNotes>,
): { notes: ReadNotes; refused?: undefined } | { notes?: undefined; refused: OrderNotesErrors } {
  const invalid = NOTE_FIELDS.filter(({ name, max }) => !text(max).safeParse(sent[name] ?? '').success);
  if (invalid.length > 0)
    return {
      refused: {
        typed: { comment: sent.comment, serviceName: sent.service_name ?? '' },
        invalid: invalid.map(({ name }) => name),
      },
    };
  return { notes: { comment: sent.comment.trim(), serviceName: sent.service_name?.trim() } };
}
