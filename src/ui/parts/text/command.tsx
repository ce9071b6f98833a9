// Shows the `orch` command that does the same as the page, with a button to copy it.
import { CopyButton } from "./copy.tsx";

/** Letters that are drawn; all are copied. */
const MOST_SHOWN = 1_000;

export function Command({ children }: { children: string }) {
  const shown = children.length > MOST_SHOWN ? `${children.slice(0, MOST_SHOWN)}…` : children;
  return (
    <span class="command">
      <code title={shown}>{shown}</code>
      <CopyButton text={children} label="Copy the command" />
    </span>
  );
}

/** A word of a shell's command line. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
