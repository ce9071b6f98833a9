// Tells whether a text matches a schema's pattern. It is not judged where the languages that flows are written in may disagree.

const ESCAPE = String.raw`\\(?:[dDwWsSnrtfv]|x[\da-fA-F]{2}|u[\da-fA-F]{4}|[pP]\{\w+\}|[!-/:;=?@[-\x60{-~ ])`;
/** Python takes a `]` at the beginning as a letter; of Rust are `[a[b]]`, `&&`, `--`, `~~`, `||`. */
const CLASS = String.raw`\[\^?(?:${ESCAPE}|(?!&&|--|~~|\|\|)[^\\[\]])+\]`;
const GROUP = String.raw`\((?:\?[:=!]|(?![?*+{]))|\)`;
/** Without `{,n}`, which is a quantifier in Python, and without those that give nothing back, as `a++`. */
const QUANTIFIER = String.raw`(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})\??(?![*+?{])`;
/** The signs that mean the same in Python, Rust (which reads the patterns of pydantic 2) and JavaScript. */
const SIGN = new RegExp(String.raw`${ESCAPE}|\\b|${CLASS}|${GROUP}|${QUANTIFIER}|[.^$|]|[^\\()[\]{}*+?.^$|]`, "guy");

/** In a text with one of these `.` and `$` differ, and so do the flags `m` and `s`. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;
/** What they are is a matter of Unicode in Python, and of ASCII in JavaScript. */
const OF_WORDS = /\\[dDwWsSb]/;
const ASCII = /^\p{ASCII}*$/u;

/** More may take the page long: a browser tries one way after the other. */
const MOST_LETTERS = 500;
const MOST_WAYS = 10_000_000;

/** A page asks at each of its renders, and of the same texts. */
const answers = new Map<string, boolean | undefined>();
const MOST_ANSWERS = 1_000;

/** `undefined`: it is not judged. */
export function matches(pattern: string, text: string): boolean | undefined {
  if (text.length > MOST_LETTERS) return undefined;
  const key = JSON.stringify([pattern, text]);
  if (answers.has(key)) return answers.get(key);
  if (answers.size >= MOST_ANSWERS) answers.clear();
  const answer = judged(pattern, text);
  answers.set(key, answer);
  return answer;
}

function judged(pattern: string, text: string): boolean | undefined {
  if (CONTROL.test(pattern) || CONTROL.test(text)) return undefined;
  if (OF_WORDS.test(pattern) && !ASCII.test(text)) return undefined;
  const signs = pattern.match(SIGN) ?? [];
  if (signs.join("") !== pattern || waysOf(signs, text.length) > MOST_WAYS) return undefined;
  const source = signs.map(asInJavaScript).join("");
  try {
    // zod and pydantic leave the flags out of their schemas: the case of letters may not matter.
    return ["u", "iu"].some((flags) => new RegExp(source, flags).test(text));
  } catch {
    return undefined; // such as a range of a class that ends before it begins
  }
}

interface Group {
  branches: number;
  /** It holds a quantifier or several branches: repeated, its ways grow without end. */
  isVaried: boolean;
}

/** In how many ways a text of this size may be tried, at most. */
function waysOf(signs: readonly string[], size: number): number {
  const whole: Group = { branches: 1, isVaried: false };
  const open = [whole];
  let closed: Group | undefined;
  let ways = 1;
  for (const sign of signs) {
    const group = open.at(-1) ?? whole; // a `)` too many is refused later
    const before = closed;
    closed = undefined;
    if (sign === ")") {
      closed = open.pop() ?? whole;
      ways *= closed.branches;
      if (closed.isVaried) Object.assign(open.at(-1) ?? whole, { isVaried: true });
    } else if (sign.startsWith("(")) open.push({ branches: 1, isVaried: false });
    else if (sign === "|" || /^[*+?{]/.test(sign)) {
      group.isVaried = true;
      if (sign === "|") group.branches += 1;
      else if (before?.isVaried && !sign.startsWith("?")) return Number.POSITIVE_INFINITY;
      else ways *= choicesOf(sign, size);
    }
  }
  const isAnchored = signs[0] === "^" && whole.branches === 1;
  return ways * whole.branches * (isAnchored ? 1 : size + 1);
}

/** How many numbers of repetitions a quantifier allows. */
function choicesOf(quantifier: string, size: number): number {
  if (quantifier.startsWith("?")) return 2;
  const [, least = "0", comma = ",", most = ""] = /^\{(\d+)(,?)(\d*)/.exec(quantifier) ?? [];
  if (comma === "") return 1;
  return Math.min(most === "" ? size : Number(most) - Number(least), size) + 1;
}

/** An escaped sign by its number: JavaScript takes `\-` and `\ ` for a mistake. */
function asInJavaScript(sign: string): string {
  return sign.replace(/\\(.)/gu, (escaped, letter: string) =>
    /\w/.test(letter) ? escaped : `\\x${letter.charCodeAt(0).toString(16)}`,
  );
}
