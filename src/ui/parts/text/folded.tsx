// Keeps back a control for a value that is so long that a browser needs seconds to draw it, until the reader asks for it.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { numberText } from "#lib/text/words-of-numbers.ts";
import { Button } from "../button.tsx";

/** Letters of a text that a control takes without holding up the page. */
export const MOST_LETTERS = 50_000;

export interface FoldedProps {
  /** How long it is, with its unit: "5,000,000 letters". */
  size: string;
  isLong: boolean;
  children: () => ComponentChildren;
}

/** What is short is drawn at once, and stays when it grows under the reader's hands. */
export function Folded({ size, isLong, children }: FoldedProps) {
  const [isOpen, setOpen] = useState(!isLong);
  if (isOpen) return <>{children()}</>;
  return (
    <span class="line">
      <span class="quiet">{`${size}, kept as they are.`}</span>
      <Button isSmall onClick={() => setOpen(true)}>
        Edit here
      </Button>
    </span>
  );
}

export function letters(text: string): string {
  return `${numberText(text.length)} letters`;
}
