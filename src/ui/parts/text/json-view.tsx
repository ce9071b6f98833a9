// Shows JSON with its numbers as they were sent, and with colours. What is large is folded until it is asked for.
import { useMemo } from "preact/hooks";
import { LongText } from "./long-text.tsx";

/** A text that is cut within a string ends there. */
const TOKEN = /("(?:\\.|[^"\\])*(?:"|\\?$))(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/g;

export function JsonView({ value, label }: { value: unknown; label: string }) {
  const text = useMemo(() => JSON.stringify(value, null, 2) ?? "", [value]);
  return <LongText text={text} label={label} draw={coloured} />;
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
