// Shows the `orch` command that does the same as the page, with a button to copy it.
import { CopyButton } from "./copy.tsx";

export function Command({ children }: { children: string }) {
  return (
    <span class="command">
      <code title={children}>{children}</code>
      <CopyButton text={children} label="Copy the command" />
    </span>
  );
}

/** A word of a shell's command line. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
