/**
 * Keeps what a function made, by the text that `keyOf` makes of its argument, for at most `limit` texts; then it begins
 * again, so that strangers' values cannot fill the memory.
 */
export function memoized<A, T extends string | number | object>(
  limit: number,
  make: (asked: A) => T,
  keyOf: (asked: A) => string | number,
): (asked: A) => T {
  const made = new Map<string | number, T>();
  return (asked) => {
    const key = keyOf(asked);
    let value = made.get(key);
    if (value === undefined) {
      if (made.size >= limit) made.clear();
      value = make(asked);
      made.set(key, value);
    }
    return value;
  };
}

/** For arguments that are their own key. */
export const itself = <K extends string | number>(asked: K): K => asked;
