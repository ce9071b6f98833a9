// Makes a concurrency limit, or changes the slots of one.
import { useState } from "preact/hooks";
import type { ConcurrencyLimit } from "#wire/pools/concurrency-limits.ts";
import { change } from "../../data/query.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { Field } from "../../parts/forms/field.tsx";
import { useSending } from "../../parts/forms/form-page.tsx";
import { toast } from "../../parts/forms/toasts.tsx";
import { Command, shellWord } from "../../parts/text/command.tsx";

export interface LimitDialogProps {
  /** `undefined`: a new one. */
  limit?: ConcurrencyLimit | undefined;
  onClose: () => void;
}

const USUAL_SLOTS = 10;

export function LimitDialog({ limit, onClose }: LimitDialogProps) {
  const [tag, setTag] = useState(limit?.tag ?? "");
  const [slots, setSlots] = useState(String(limit?.concurrency_limit ?? USUAL_SLOTS));
  const isWrong = !/^\d{1,9}$/.test(slots);

  async function save(): Promise<void> {
    // The tag of a limit that is there: only its number of slots changes.
    await change("createConcurrencyLimit", { body: { tag, concurrency_limit: Number(slots) } });
    onClose();
    toast({ text: limit ? `Saved ${tag}.` : `At most ${slots} task runs with the tag ${tag} run at once.` });
  }

  const { fault, send } = useSending(save);
  const foot = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="main" type="submit" disabled={tag.trim() === "" || isWrong}>
        {limit ? "Save" : "Create"}
      </Button>
    </>
  );
  const title = limit ? `Change the limit of ${limit.tag}` : "New concurrency limit";
  return (
    <Dialog title={title} onClose={onClose} onSubmit={send} foot={foot}>
      <div class="stack">
        <Field label="Tag" hint="Of task runs: those that share it share the slots." fault={fault}>
          {(control) => (
            <input
              {...control}
              required
              disabled={limit !== undefined}
              value={tag}
              onInput={(event) => setTag(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field
          label="Slots"
          hint="How many run at once; 0 stops them all."
          fault={isWrong ? "A whole number." : undefined}
        >
          {(control) => (
            <input
              {...control}
              inputMode="numeric"
              value={slots}
              onInput={(event) => setSlots(event.currentTarget.value.trim())}
            />
          )}
        </Field>
        {tag !== "" && !isWrong && <Command>{`orch concurrency-limit create ${shellWord(tag)} ${slots}`}</Command>}
      </div>
    </Dialog>
  );
}
