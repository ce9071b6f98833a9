// Shows JSON with its numbers as they were sent. What is large is folded until it is asked for.
import { useMemo, useState } from "preact/hooks";
import { Button } from "./button.tsx";
import { Code } from "./code.tsx";

/** Letters that are drawn at once. */
const SHORT = 20_000;
/** A piece of what is shown whole: only those on the screen are laid out. Letters. */
const PIECE = 10_000;
/** A text that is cut within a string ends there. */
const TOKEN = /("(?:\\.|[^"\\])*(?:"|\\?$))(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/g;

export function JsonView({ value, label }: { value: unknown; label: string }) {
  const [isWhole, setWhole] = useState(false);
  const text = useMemo(() => JSON.stringify(value, null, 2) ?? "", [value]);
  const isLong = text.length > SHORT;
  const isCut = isLong && !isWhole;
  const shown = useMemo(() => (isLong && isWhole ? piecesOf(text) : coloured(text.slice(0, SHORT))), [text, isWhole]);
  return (
    <div class="stack">
      <Code text={text} label={label}>
        {shown}
      </Code>
      {isCut && (
        <p class="quiet">
          The first {SHORT.toLocaleString("en")} of {text.length.toLocaleString("en")} letters.{" "}
          <Button isSmall onClick={() => setWhole(true)}>
            Show all
          </Button>
        </p>
      )}
    </div>
  );
}

function piecesOf(text: string) {
  return Array.from({ length: Math.ceil(text.length / PIECE) }, (_, at) => (
    <div class="code-piece" key={at}>
      {text.slice(at * PIECE, (at + 1) * PIECE)}
    </div>
  ));
}

function coloured(text: string) {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, string, colon, number] = match;
    const kind = string ? (colon ? "key" : "text") : number ? "number" : "word";
    const token = string ?? whole;
    parts.push(
      text.slice(at, match.index),
      <span class={`token-${kind}`} key={match.index}>
        {token}
      </span>,
    );
    at = match.index + token.length;
  }
  return [...parts, text.slice(at)];
}
