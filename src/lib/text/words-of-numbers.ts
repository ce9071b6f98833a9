// Says numbers in words, for commands and web pages.

/**
 * A whole number in groups of three: `1,234,567`.
 *
 * By hand: the first use of Intl costs a browser 10 ms and more, and the first page waits for it.
 */
export function numberText(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
