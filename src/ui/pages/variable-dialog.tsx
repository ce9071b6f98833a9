// Makes or changes a variable.
import { useState } from "preact/hooks";
import type { Variable } from "#wire/variables.ts";
import { change } from "../data/query.ts";
import { Button } from "../parts/button.tsx";
import { changedIn } from "../parts/changed.ts";
import { Dialog } from "../parts/forms/dialog.tsx";
import { Field } from "../parts/forms/field.tsx";
import { useSending } from "../parts/forms/form-page.tsx";
import { toast } from "../parts/forms/toasts.tsx";
import { Command, shellWord } from "../parts/text/command.tsx";
import { tagsOf, textOfTags } from "../parts/text/tag-text.ts";

export interface VariableDialogProps {
  /** `undefined`: a new one. */
  variable?: Variable | undefined;
  onClose: () => void;
}

const NAME_HINT = "Lower-case letters, digits and underscores.";

export function VariableDialog({ variable, onClose }: VariableDialogProps) {
  const [opened] = useState(variable);
  const [name, setName] = useState(variable?.name ?? "");
  const [value, setValue] = useState(variable?.value ?? "");
  const [tags, setTags] = useState(textOfTags(variable?.tags ?? []));
  const isWrongName = name !== "" && !/^[a-z0-9_]+$/.test(name);

  async function save(): Promise<void> {
    const body = { name, value, tags: tagsOf(tags) };
    if (opened) await change("updateVariable", { params: { id: opened.id }, body: changedIn(body, opened) });
    else await change("createVariable", { body });
    onClose();
    toast({ text: variable ? `Saved ${name}.` : `Created ${name}.` });
  }

  const { fault, send } = useSending(save);
  const foot = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="main" type="submit" disabled={name === "" || isWrongName}>
        {variable ? "Save" : "Create"}
      </Button>
    </>
  );
  return (
    <Dialog title={variable ? `Change ${variable.name}` : "New variable"} onClose={onClose} onSubmit={send} foot={foot}>
      <div class="stack">
        <Field label="Name" hint={NAME_HINT} fault={isWrongName ? NAME_HINT : fault}>
          {(control) => (
            <input
              {...control}
              required
              maxLength={255}
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Value" hint="Text, up to 5,000 letters.">
          {(control) => (
            <textarea
              {...control}
              class="mono"
              rows={4}
              maxLength={5000}
              value={value}
              onInput={(event) => setValue(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Tags" hint="Separated by commas; one that has a comma is in quotes.">
          {(control) => <input {...control} value={tags} onInput={(event) => setTags(event.currentTarget.value)} />}
        </Field>
        {name !== "" && <Command>{`orch variable set ${shellWord(name)} ${shellWord(value)}`}</Command>}
      </div>
    </Dialog>
  );
}
