// Asks before something is destroyed: names what, and shows the command that does the same.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Button } from "../button.tsx";
import { Command } from "../text/command.tsx";
import { Dialog } from "./dialog.tsx";

export interface Question {
  /** Names what is destroyed: "Delete 3 variables: a, b, c?" (`named` writes it). */
  title: string;
  /** What goes with it, and whether it can be taken back. */
  body?: ComponentChildren;
  /** The button's word: "Delete". */
  action: string;
  /** The other button's word: "Keep" unless given. */
  keep?: string;
  command?: string;
}

const asked = signal<(Question & { answer: (isYes: boolean) => void }) | undefined>(undefined);

/**
 * Resolves to whether the reader agrees.
 *
 * @example if (await confirm({ title: named("Delete", "variable", names), action: "Delete" })) …
 */
export function confirm(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    const answer = (isYes: boolean) => {
      asked.value = undefined;
      resolve(isYes);
    };
    asked.value = { ...question, answer };
  });
}

const MOST_NAMES = 5;

/** `Delete 3 variables: a, b, c?` */
export function named(verb: string, kind: string, names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(", ");
  const more = names.length > MOST_NAMES ? `, and ${names.length - MOST_NAMES} more` : "";
  return names.length === 1 ? `${verb} the ${kind} ${shown}?` : `${verb} ${names.length} ${kind}s: ${shown}${more}?`;
}

/** Drawn once, by the frame. */
export function ConfirmHost() {
  const question = asked.value;
  if (!question) return null;
  const { title, body, action, keep = "Keep", command, answer } = question;
  const foot = (
    <>
      <Button autofocus onClick={() => answer(false)}>
        {keep}
      </Button>
      <Button kind="danger" onClick={() => answer(true)}>
        {action}
      </Button>
    </>
  );
  return (
    <Dialog title={title} onClose={() => answer(false)} foot={foot}>
      <div class="stack">
        {body && <p>{body}</p>}
        {command && <Command>{command}</Command>}
      </div>
    </Dialog>
  );
}
