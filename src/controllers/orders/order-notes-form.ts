import { z } from 'zod';
import { text } from '../../web/parse-request.ts';

const COMMENT_LENGTH = 500;
const NAME_LENGTH = 100;

/** The customer's own name and comment for an order, as they are sent. */
export const OrderNotes = z.object({ comment: z.string(), service_name: z.string().optional() });

export interface OrderNotesErrors {
  typed: { comment: string; serviceName: string };
  faults: string[];
}

interface Words {
  comment: string;
  serviceName: string | undefined;
}

/** Reads them, or says which field is at fault. */
export function readOrderNotes(
  typed: z.infer<typeof OrderNotes>,
): { words: Words; fault?: undefined } | { words?: undefined; fault: OrderNotesErrors } {
  const comment = text(COMMENT_LENGTH).safeParse(typed.comment);
  const name = text(NAME_LENGTH).safeParse(typed.service_name ?? '');
  if (comment.success && name.success)
    return {
      words: {
        comment: comment.data,
        serviceName: typed.service_name === undefined ? undefined : name.data,
      },
    };
  return {
    fault: {
      typed: { comment: typed.comment, serviceName: typed.service_name ?? '' },
      faults: [...(name.success ? [] : ['service_name']), ...(comment.success ? [] : ['comment'])],
    },
  };
}
