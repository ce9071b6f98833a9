// Draws a form that fills a page: its fields, what the server refused, and its buttons; and sends it once, however often one presses.
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { CallError } from "../../data/call.ts";
import { Button } from "../button.tsx";
import { useOnce } from "./once.ts";
import { useUnsaved } from "./unsaved.ts";

export interface FormPageProps {
  /** The word of the button that sends it. */
  action: string;
  /** Something that is filled in is wrong; its field says what. */
  isWrong?: boolean;
  /** What is still to be filled in, by the labels of the fields: until then it cannot be sent, and says so. */
  missing?: readonly string[];
  /** Sends it, and goes on to another page. What the server refuses is shown above the buttons. */
  onSubmit: () => Promise<void>;
  /** Where `Cancel` leads. */
  cancelHref: string;
  /** The command that does the same. */
  command?: ComponentChildren;
  /** As a function it gets the server's sentence, and shows it at the field it is about. */
  children: ComponentChildren | ((fault: string | undefined) => ComponentChildren);
}

export function FormPage(props: FormPageProps) {
  const { action, isWrong = false, missing = [], onSubmit, cancelHref, command, children } = props;
  const { fault, send } = useSending(onSubmit);
  const submit = useOnce(send);
  const form = useRef<HTMLFormElement>(null);
  useUnsaved(form);
  return (
    <form
      ref={form}
      class="stack form-page"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {typeof children === "function" ? children(fault) : children}
      {fault && typeof children !== "function" && (
        <p class="notice bad" role="alert">
          {fault}
        </p>
      )}
      {command}
      <div class="line">
        <Button kind="main" type="submit" disabled={isWrong || missing.length > 0}>
          {action}
        </Button>
        <Button href={cancelHref}>Cancel</Button>
        {missing.length > 0 && <span class="quiet">{`Still needed: ${missing.join(", ")}.`}</span>}
      </div>
    </form>
  );
}

export interface Sending {
  /** The server's sentence, when it refused. */
  fault: string | undefined;
  send: () => Promise<void>;
}

/** Makes a call for a form, and keeps why it was refused. */
export function useSending(act: () => Promise<void>): Sending {
  const [fault, setFault] = useState<string>();
  async function send(): Promise<void> {
    setFault(undefined);
    try {
      await act();
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      setFault(error.message);
    }
  }
  return { fault, send };
}
