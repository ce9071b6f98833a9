// Fills an empty page with what would fill it: a sentence and the one command or line of code.
import type { ComponentChildren } from "preact";
import { Code } from "../text/code.tsx";
import { Command } from "../text/command.tsx";

export interface EmptyProps {
  title: string;
  children?: ComponentChildren;
  command?: string;
  /** Where no command makes one: the line of a flow that does. */
  code?: string;
}

export function Empty({ title, children, command, code }: EmptyProps) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children && <p class="quiet">{children}</p>}
      {command && <Command>{command}</Command>}
      {code && <Code text={code} label="Code that makes one" wraps />}
    </div>
  );
}

/** For a list whose filters leave nothing. */
export function NothingFound({ clearHref }: { clearHref: string }) {
  return (
    <div class="empty">
      <h2>Nothing matches the filters.</h2>
      <a class="link" href={clearHref}>
        Clear the filters
      </a>
    </div>
  );
}
