// Shows code or other text as it is, with a button to copy it.
import type { ComponentChildren } from "preact";
import { CopyButton } from "./copy.tsx";

export interface CodeProps {
  /** What is copied, and shown unless there are children. */
  text: string;
  wraps?: boolean;
  /** What it is, read aloud: "Parameters as JSON". */
  label: string;
  /** The same text with colours. */
  children?: ComponentChildren;
}

export function Code({ text, wraps = false, label, children }: CodeProps) {
  return (
    <div class={`code ${wraps ? "wraps" : ""}`}>
      <span class="copy">
        <CopyButton text={text} />
      </span>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keys must reach it */}
      <section tabIndex={0} aria-label={label}>
        <pre>{children ?? text}</pre>
      </section>
    </div>
  );
}
