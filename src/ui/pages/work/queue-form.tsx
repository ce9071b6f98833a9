// Makes a work queue, or changes one: name, description, limit and priority.

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { pages } from "#lib/text/page-addresses.ts";
import type { WorkPool } from "#wire/pools/work-pools.ts";
import type { WorkQueue } from "#wire/pools/work-queues.ts";
import { to } from "../../data/base.ts";
import { change } from "../../data/query.ts";
import { changedIn } from "../../parts/changed.ts";
import { FormPage } from "../../parts/forms/form-page.tsx";
import { toast } from "../../parts/forms/toasts.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { isWhole, NumberField, TextField } from "../../parts/schema/plain-fields.tsx";
import { Command, shellWord } from "../../parts/text/command.tsx";

export interface QueueFormProps {
  /** `undefined`: a new one. */
  queue?: WorkQueue | undefined;
  /** `undefined`: the default pool. */
  pool?: Pick<WorkPool, "name"> | undefined;
}

const LIMIT_HINT = "How many of its runs execute at once; empty for no limit, 0 for none.";

export function QueueForm({ queue, pool }: QueueFormProps) {
  const { route } = useLocation();
  const [opened] = useState(queue);
  const [name, setName] = useState(queue?.name ?? "");
  const [description, setDescription] = useState(queue?.description ?? "");
  const [limit, setLimit] = useState(queue?.concurrency_limit?.toString() ?? "");
  const [priority, setPriority] = useState(queue?.priority.toString() ?? "");
  const after = () => to(pool ? pages.poolQueue(pool.name, name) : pages.workQueues());

  async function save(): Promise<void> {
    const body = {
      name,
      description,
      concurrency_limit: limit === "" ? null : Number(limit),
      ...(priority === "" ? {} : { priority: Number(priority) }),
    };
    const before = opened && { ...opened, description: opened.description ?? "" };
    if (before) await change("updateWorkQueue", { params: { id: before.id }, body: changedIn(body, before) });
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
        isWrong={!isWhole(limit) || !isWhole(priority, 1)}
        missing={name.trim() === "" ? ["Name"] : []}
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
            <TextField label="Name" fault={fault} isRequired value={name} onChange={setName} />
            <TextField label="Description" rows={3} value={description} onChange={setDescription} />
            <NumberField label="Runs at once" hint={LIMIT_HINT} value={limit} onChange={setLimit} />
            <NumberField
              label="Priority"
              hint="1 is first. Empty: after the others."
              least={1}
              value={priority}
              onChange={setPriority}
            />
          </>
        )}
      </FormPage>
    </>
  );
}
