// Keeps views: the filters of the page under a name, for all users of the server.
import { Bookmark, Link, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { change, useQuery } from "../../data/query.ts";
import { OPEN_ROW, type Values } from "../../parts/address.ts";
import { Button } from "../../parts/button.tsx";
import { attempt } from "../../parts/forms/attempt.ts";
import { confirm, named } from "../../parts/forms/confirm.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { Field } from "../../parts/forms/field.tsx";
import { toast } from "../../parts/forms/toasts.tsx";
import { Menu, MenuItem } from "../../parts/menu.tsx";
import { copyText } from "../../parts/text/copy.tsx";
import { useAddress } from "../../parts/use-address.ts";
import { BUILT_IN, NAMES, valuesOf, viewOf } from "./run-filters.ts";

const MOST = 200;

/** `isWanted`: the page has what it shows first; until then the views are not read. */
export function ViewsMenu({ isWanted }: { isWanted: boolean }) {
  const address = useAddress();
  const views = useQuery("listSavedSearches", isWanted ? { body: { limit: MOST } } : null).data ?? [];
  const [isNaming, setNaming] = useState(false);
  const usual = Object.fromEntries(NAMES.map((name) => [name, null]));
  const now = address.with({ [OPEN_ROW]: null });
  const isShown = (values: Values) => address.with({ ...usual, ...values, [OPEN_ROW]: null }) === now;
  const shown = views.find((view) => isShown(valuesOf(view)));
  const builtIn = isShown({}) ? undefined : BUILT_IN.find(({ values }) => isShown(values));
  const title = shown?.name ?? builtIn?.name ?? "Views";
  const remove = async (view: (typeof views)[number]) => {
    const isSure = await confirm({ title: named("Delete", "view", [view.name]), action: "Delete" });
    if (!isSure) return;
    await attempt(() => change("deleteSavedSearch", { params: { id: view.id } }), `Deleted the view ${view.name}.`);
  };
  return (
    <>
      <Menu button={{ icon: Bookmark, children: title }} label="Views">
        {() => (
          <>
            {BUILT_IN.map(({ name, values }) => (
              <MenuItem key={name} href={address.with({ ...usual, ...values })}>
                {name}
              </MenuItem>
            ))}
            {views.length > 0 && <hr />}
            {views.map((view) => (
              <MenuItem key={view.id} href={address.with(valuesOf(view))}>
                {view.name}
              </MenuItem>
            ))}
            <hr />
            <MenuItem icon={Bookmark} onClick={() => setNaming(true)}>
              Save this view
            </MenuItem>
            <MenuItem
              icon={Link}
              onClick={() => {
                copyText(location.href);
                toast({ text: "Copied the link to this view." });
              }}
            >
              Copy the link
            </MenuItem>
            {shown && (
              <MenuItem icon={Trash2} isDanger onClick={() => remove(shown)}>
                Delete {shown.name}
              </MenuItem>
            )}
          </>
        )}
      </Menu>
      {isNaming && <SaveDialog onClose={() => setNaming(false)} />}
    </>
  );
}

function SaveDialog({ onClose }: { onClose: () => void }) {
  const address = useAddress();
  const [name, setName] = useState("");
  async function save(): Promise<void> {
    const act = () => change("saveSearch", { body: { name, filters: viewOf(address) } });
    if (await attempt(act, `Saved the view ${name}.`)) onClose();
  }
  const foot = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="main" type="submit" disabled={name.trim() === ""}>
        Save
      </Button>
    </>
  );
  return (
    <Dialog title="Save this view" onClose={onClose} onSubmit={save} foot={foot}>
      <Field label="Name" hint="All who use this server see it. A view of the same name is replaced.">
        {(control) => <input {...control} value={name} onInput={(event) => setName(event.currentTarget.value)} />}
      </Field>
    </Dialog>
  );
}
