// Makes a work queue, or changes one: name, description, limit and priority.

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { pages } from "#lib/page-addresses.ts";
import type { WorkPool } from "#wire/work-pools.ts";
import type { WorkQueue } from "#wire/work-queues.ts";
import { to } from "../data/base.ts";
import { change } from "../data/query.ts";
import { Command, shellWord } from "../parts/command.tsx";
import { Field } from "../parts/field.tsx";
import { FormPage } from "../parts/form-page.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { toast } from "../parts/toasts.tsx";

export interface QueueFormProps {
  /** `undefined`: a new one. */
  queue?: WorkQueue | undefined;
  /** `undefined`: the default pool. */
  pool?: Pick<WorkPool, "name"> | undefined;
}

const LIMIT_HINT = "How many of its runs execute at once; empty for no limit, 0 for none.";

export function QueueForm({ queue, pool }: QueueFormProps) {
  const { route } = useLocation();
  const [name, setName] = useState(queue?.name ?? "");
  const [description, setDescription] = useState(queue?.description ?? "");
  const [limit, setLimit] = useState(queue?.concurrency_limit?.toString() ?? "");
  const [priority, setPriority] = useState(queue?.priority.toString() ?? "");
  const isWrongLimit = !/^\d{0,9}$/.test(limit);
  const isWrongPriority = !/^([1-9]\d{0,8})?$/.test(priority);
  const after = () => to(pool ? pages.poolQueue(pool.name, name) : pages.workQueues());

  async function save(): Promise<void> {
    const body = {
      name,
      description,
      concurrency_limit: limit === "" ? null : Number(limit),
      ...(priority === "" ? {} : { priority: Number(priority) }),
    };
    if (queue) await change("updateWorkQueue", { params: { id: queue.id }, body });
    else if (pool) await change("createPoolQueue", { params: { work_pool_name: pool.name }, body });
    else await change("createWorkQueue", { body });
    toast({ text: queue ? `Saved ${name}.` : `Created the queue ${name}.` });
    route(after());
  }

  const where = pool ? ` --pool ${shellWord(pool.name)}` : "";
  const crumbs = pool
    ? [
        { title: "Work pools", href: to(pages.workPools()) },
        { title: pool.name, href: to(pages.workPool(pool.name)) },
      ]
    : [{ title: "Work queues", href: to(pages.workQueues()) }];
  return (
    <>
      <PageHead title={queue ? `Change ${queue.name}` : "New work queue"} crumbs={crumbs} />
      <FormPage
        action={queue ? "Save" : "Create"}
        isDisabled={name === "" || isWrongLimit || isWrongPriority}
        onSubmit={save}
        cancelHref={to(pool ? pages.workPool(pool.name) : pages.workQueues())}
        command={
          !queue &&
          name !== "" && (
            <Command>{`orch work-queue create ${shellWord(name)}${where}${limit === "" ? "" : ` --limit ${limit}`}`}</Command>
          )
        }
      >
        {(fault) => (
          <>
            <Field label="Name" fault={fault}>
              {(control) => (
                <input {...control} required value={name} onInput={(event) => setName(event.currentTarget.value)} />
              )}
            </Field>
            <Field label="Description">
              {(control) => (
                <textarea
                  {...control}
                  rows={3}
                  value={description}
                  onInput={(event) => setDescription(event.currentTarget.value)}
                />
              )}
            </Field>
            <Field
              label="Runs at once"
              hint={LIMIT_HINT}
              fault={isWrongLimit ? "A whole number, or nothing." : undefined}
            >
              {(control) => (
                <input
                  {...control}
                  inputMode="numeric"
                  value={limit}
                  onInput={(event) => setLimit(event.currentTarget.value.trim())}
                />
              )}
            </Field>
            <Field
              label="Priority"
              hint="1 is first. Empty: after the others."
              fault={isWrongPriority ? "A whole number from 1, or nothing." : undefined}
            >
              {(control) => (
                <input
                  {...control}
                  inputMode="numeric"
                  value={priority}
                  onInput={(event) => setPriority(event.currentTarget.value.trim())}
                />
              )}
            </Field>
          </>
        )}
      </FormPage>
    </>
  );
}
