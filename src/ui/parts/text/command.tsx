// Shows the `orch` command that does the same as the page, with a button to copy it.
import { CopyButton } from "./copy.tsx";

/** Letters that are drawn; all are copied. */
const MOST_SHOWN = 1_000;
/** Options go on in the next line as a whole, never after their dashes. */
const OPTIONS = /(?<=\s)(-[\w-]{1,30})/;

export function Command({ children }: { children: string }) {
  const shown = children.length > MOST_SHOWN ? `${children.slice(0, MOST_SHOWN)}…` : children;
  return (
    <span class="command">
      <code>
        {shown.split(OPTIONS).map((part, at) =>
          at % 2 === 0 ? (
            part
          ) : (
            <span class="nowrap" key={at}>
              {part}
            </span>
          ),
        )}
      </code>
      <CopyButton text={children} label="Copy the command" />
    </span>
  );
}

/** A word of a shell's command line. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
