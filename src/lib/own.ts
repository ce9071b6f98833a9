// Reads and writes the entries of objects whose keys others chose: `constructor` and `__proto__` are keys like any other.

/** The object's own value of a key, never an inherited one. */
export function own<T>(object: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Sets a key. Plain assignment would change the prototype for `__proto__`. */
export function setOwn<T>(object: Record<string, T>, key: string, value: T): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
