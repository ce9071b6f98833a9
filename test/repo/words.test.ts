// Texts that users read, and comments, keep to plain English: words that hide the actor, or that a learner has to look up, are refused.
import { expect, test } from "bun:test";
import { parse } from "@babel/parser";
import { Glob } from "bun";

type Refused = [words: RegExp, instead: string];

/** Each with what to write instead. */
const IN_COMMENTS_TOO: readonly Refused[] = [
  [/\b(?:whoever|nobody|somebody|everybody)\b/i, "name who acts: the server, an agent, you"],
  [/\b(?:is|are|was) (?:told|said|had)\b/i, "says, reports, returns, sends"],
  [/\bsigns? of life\b/i, "heartbeat"],
  [/\banew\b/i, "again"],
  [/\bfor ever\b/i, "forever"],
];
const REFUSED: readonly Refused[] = [
  ...IN_COMMENTS_TOO,
  [/\bof (?:its|their|our) own\b/i, "its own, separate"],
  [/\bmends?\b/i, "fix, correct"],
  [/\bkept aside\b/i, "kept in another file"],
  [/\blies? (?:outside|in|at)\b/i, "is outside, is in"],
];

interface Text {
  line: number;
  text: string;
  isComment: boolean;
}

/** Comments, strings, parts of templates and text of pages; words that are no sentence are left out. */
function textsOf(file: string, source: string): Text[] {
  const plugins = file.endsWith(".tsx") ? (["typescript", "jsx"] as const) : (["typescript"] as const);
  const { tokens } = parse(source, { sourceType: "module", plugins: [...plugins], tokens: true });
  const texts: Text[] = [];
  // The parser leaves the shape of its tokens open.
  for (const { type, value, loc } of tokens as { type: unknown; value: unknown; loc: { start: { line: number } } }[]) {
    // A piece of a template is labelled by what ends it.
    const { label = "" } = (typeof type === "object" ? type : {}) as { label?: string };
    const isComment = type === "CommentLine" || type === "CommentBlock";
    if ((!isComment && !/^(?:string|jsxText|\.\.\.[$`])/.test(label)) || typeof value !== "string") continue;
    if (/\w | \w/.test(value)) texts.push({ line: loc.start.line, text: value, isComment });
  }
  return texts;
}

function faultsIn(file: string, source: string): string[] {
  // Parsing takes most of the time.
  const refused = REFUSED.filter(([words]) => words.test(source));
  if (refused.length === 0) return [];
  return textsOf(file, source).flatMap(({ line, text, isComment }) =>
    refused.flatMap((one) => {
      const [words, instead] = one;
      const word = isComment && !IN_COMMENTS_TOO.includes(one) ? undefined : words.exec(text)?.[0];
      return word === undefined ? [] : [`${file}:${line}: '${word}', write: ${instead}`];
    }),
  );
}

test("texts that users read, and comments, have no words of the lists", async () => {
  const found: string[] = [];
  for await (const file of new Glob("**/*.{ts,tsx}").scan("src")) {
    found.push(...faultsIn(file, await Bun.file(`src/${file}`).text()));
  }
  expect(found).toEqual([]);
});

test("they are found in strings, templates and text of pages, some in comments", () => {
  const source =
    "// Mends what is kept anew.\nout(`Mend $" +
    "{name} now`);\nerr('Nobody listens.');\nconst page = <p>It is told to all.</p>;";
  expect(faultsIn("a.tsx", source).map((fault) => fault.split(",")[0])).toEqual([
    "a.tsx:1: 'anew'",
    "a.tsx:2: 'Mend'",
    "a.tsx:3: 'Nobody'",
    "a.tsx:4: 'is told'",
  ]);
});
