// Makes a notification, or changes one: which states, which tags, and the block that sends the message.

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { pages } from "#lib/text/page-addresses.ts";
import type { NotificationPolicy } from "#wire/notifications.ts";
import { to } from "../data/base.ts";
import { change, useQuery } from "../data/query.ts";
import { changedIn } from "../parts/changed.ts";
import { Field } from "../parts/forms/field.tsx";
import { FormPage } from "../parts/forms/form-page.tsx";
import { toast } from "../parts/forms/toasts.tsx";
import { Empty } from "../parts/lists/empty.tsx";
import { Loaded } from "../parts/lists/loaded.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { tagsOf, textOfTags } from "../parts/text/tag-text.ts";
import { blockName } from "./blocks/block-actions.ts";
import type { PageProps } from "./registry.ts";

const STATES = [
  "Completed",
  "Failed",
  "Crashed",
  "Cancelled",
  "Cancelling",
  "Running",
  "Pending",
  "Scheduled",
  "Late",
  "Paused",
  "TimedOut",
  "AwaitingRetry",
  "Retrying",
];
const MOST = 200;

export function CreateNotification() {
  return <PolicyForm />;
}

export function EditNotification({ params: { id } }: PageProps<"id">) {
  const query = useQuery("readNotificationPolicy", { params: { id } });
  return (
    <Loaded of={query} record="notification">
      {(policy) => <PolicyForm key={id} policy={policy} />}
    </Loaded>
  );
}

function PolicyForm({ policy }: { policy?: NotificationPolicy }) {
  const { route } = useLocation();
  const body = {
    block_schemas: { block_capabilities: { all_: ["notify"] } },
    block_documents: { is_anonymous: null },
    limit: MOST,
  };
  const blocks = useQuery("listBlockDocuments", { body });
  const [opened] = useState(policy);
  const [states, setStates] = useState<readonly string[]>(policy?.state_names ?? ["Failed", "Crashed"]);
  const [tags, setTags] = useState(textOfTags(policy?.tags ?? []));
  const [block, setBlock] = useState(policy?.block_document_id ?? "");
  const [template, setTemplate] = useState(policy?.message_template ?? "");
  const offered = [...new Set([...STATES, ...states])];

  async function save(): Promise<void> {
    const given = {
      state_names: [...states],
      tags: tagsOf(tags),
      block_document_id: block,
      message_template: template === "" ? null : template,
    };
    if (opened) {
      await change("updateNotificationPolicy", { params: { id: opened.id }, body: changedIn(given, opened) });
    } else await change("createNotificationPolicy", { body: given });
    toast({ text: policy ? "Saved the notification." : "Created the notification." });
    route(to(pages.notifications()));
  }

  return (
    <>
      <PageHead
        title={policy ? "Change the notification" : "New notification"}
        crumbs={[{ title: "Notifications", href: to(pages.notifications()) }]}
      />
      <Loaded of={blocks}>
        {(found) =>
          found.length === 0 ? (
            <Empty
              title="There is no block that sends messages yet."
              command="orch block create slack-webhook --name team --field url=-"
            >
              Make one first: Slack, e-mail, Microsoft Teams, a webhook and others are in the catalogue of blocks.
            </Empty>
          ) : (
            <FormPage
              action={policy ? "Save" : "Create"}
              missing={[...(states.length === 0 ? ["a state"] : []), ...(block === "" ? ["Sent by"] : [])]}
              onSubmit={save}
              cancelHref={to(pages.notifications())}
            >
              <fieldset class="field">
                <legend>A run enters one of these states</legend>
                <div class="choices">
                  {offered.map((name) => (
                    <label class="line" key={name}>
                      <input
                        type="checkbox"
                        checked={states.includes(name)}
                        onChange={({ currentTarget: { checked } }) =>
                          setStates(checked ? [...states, name] : states.filter((each) => each !== name))
                        }
                      />
                      {name}
                    </label>
                  ))}
                </div>
              </fieldset>
              <Field label="Tags of the run" hint="Separated by commas: one of them is enough. Empty: every run.">
                {(control) => (
                  <input {...control} value={tags} onInput={(event) => setTags(event.currentTarget.value)} />
                )}
              </Field>
              <Field label="Sent by">
                {(control) => (
                  <select {...control} value={block} onChange={(event) => setBlock(event.currentTarget.value)}>
                    <option value="">Choose a block</option>
                    {found
                      .filter((one) => !one.is_anonymous || one.id === block)
                      .map((one) => (
                        <option key={one.id} value={one.id}>
                          {one.is_anonymous ? (one.block_type?.name ?? "anonymous") : blockName(one)}
                        </option>
                      ))}
                  </select>
                )}
              </Field>
              <Field
                label="Message"
                hint="Empty: the usual one. Names in braces are filled in, such as {flow_run_name}."
              >
                {(control) => (
                  <textarea
                    {...control}
                    rows={4}
                    value={template}
                    onInput={(event) => setTemplate(event.currentTarget.value)}
                  />
                )}
              </Field>
            </FormPage>
          )
        }
      </Loaded>
    </>
  );
}
