/**
 * Keeps what a function made of a text, for at most `limit` texts; then it begins again, so that strangers' values
 * cannot fill the memory.
 */
export function memoized<T>(limit: number, make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    let value = made.get(key);
    if (value === undefined) {
      if (made.size >= limit) made.clear();
      value = make(key);
      made.set(key, value);
    }
    return value;
  };
}
