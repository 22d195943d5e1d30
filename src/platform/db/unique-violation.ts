/** Whether a statement was refused because a row of the same key is there. */
export const isUniqueViolation = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '23505';

/** The statement's outcome; where a row of the same key came first, the refusal that this means. */
export async function unlessTaken<T>(statement: PromiseLike<T>, refusal: () => Error): Promise<T> {
  try {
    return await statement;
  } catch (error) {
    throw isUniqueViolation(error) ? refusal() : error;
  }
}
