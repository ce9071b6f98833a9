// Shows a text of any length: what is long is folded until it is asked for, and then laid out piece by piece.
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { numberText } from "#lib/text/words-of-numbers.ts";
import { Button } from "../button.tsx";
import { Code } from "./code.tsx";

/** Letters that are drawn at once. */
const SHORT = 20_000;
/** A piece of what is shown whole: only those on the screen are laid out. Letters. */
const PIECE = 10_000;

export interface LongTextProps {
  text: string;
  /** What it is, read aloud. */
  label: string;
  wraps?: boolean;
  /** Draws what is shown at first, with colours. */
  draw?: (text: string) => ComponentChildren;
}

export function LongText({ text, label, wraps = false, draw = (part) => part }: LongTextProps) {
  const [isWhole, setWhole] = useState(false);
  const isLong = text.length > SHORT;
  const shown = useMemo(() => (isLong && isWhole ? piecesOf(text) : draw(text.slice(0, SHORT))), [text, isWhole]);
  return (
    <div class="stack">
      <Code text={text} label={label} wraps={wraps}>
        {shown}
      </Code>
      {isLong && !isWhole && (
        <p class="quiet">
          The first {numberText(SHORT)} of {numberText(text.length)} letters.{" "}
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
