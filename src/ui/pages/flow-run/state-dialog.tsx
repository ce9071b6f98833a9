// Puts a run into any state, with a message that says why.
import { useState } from "preact/hooks";
import type { StateInput, StateType } from "#wire/runs/states.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { Field } from "../../parts/forms/field.tsx";
import { useSending } from "../../parts/forms/form-page.tsx";
import { toast } from "../../parts/forms/toasts.tsx";

const TYPES: readonly StateType[] = [
  "COMPLETED",
  "FAILED",
  "CANCELLED",
  "CRASHED",
  "SCHEDULED",
  "PENDING",
  "RUNNING",
  "PAUSED",
  "CANCELLING",
];

export interface StateDialogProps {
  name: string;
  set: (state: StateInput) => Promise<unknown>;
  onClose: () => void;
}

export function StateDialog({ name, set, onClose }: StateDialogProps) {
  const [type, setType] = useState<StateType>("COMPLETED");
  const [message, setMessage] = useState("");
  const word = titled(type);

  async function save(): Promise<void> {
    await set({ type, name: word, ...(message === "" ? {} : { message }) });
    onClose();
    toast({ text: `${name} is ${word}.` });
  }

  const { fault, send } = useSending(save);
  const foot = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="main" type="submit">
        Set the state
      </Button>
    </>
  );
  return (
    <Dialog title={`Change the state of ${name}`} onClose={onClose} onSubmit={send} foot={foot}>
      <div class="stack">
        <p class="quiet">No process is started or stopped by this; it says what the run is taken for.</p>
        <Field label="State" fault={fault}>
          {(control) => (
            <select
              {...control}
              value={type}
              onChange={(event) => setType(TYPES.find((known) => known === event.currentTarget.value) ?? type)}
            >
              {TYPES.map((known) => (
                <option value={known} key={known}>
                  {titled(known)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Message" hint="Why, for those who read the history.">
          {(control) => (
            <textarea
              {...control}
              rows={3}
              value={message}
              onInput={(event) => setMessage(event.currentTarget.value)}
            />
          )}
        </Field>
      </div>
    </Dialog>
  );
}

function titled(type: StateType): string {
  return type.slice(0, 1) + type.slice(1).toLowerCase();
}
