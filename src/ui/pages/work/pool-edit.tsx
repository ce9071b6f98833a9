// The pages that make and change work pools.

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { isObject, type JsonObject } from "#lib/json.ts";
import { pages } from "#lib/text/page-addresses.ts";
import type { WorkPool } from "#wire/pools/work-pools.ts";
import { to } from "../../data/base.ts";
import { change, useQuery } from "../../data/query.ts";
import { changedIn } from "../../parts/changed.ts";
import { Field } from "../../parts/forms/field.tsx";
import { FormPage } from "../../parts/forms/form-page.tsx";
import { toast } from "../../parts/forms/toasts.tsx";
import { Loaded } from "../../parts/lists/loaded.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { isWhole, NumberField, TextField } from "../../parts/schema/plain-fields.tsx";
import { Command, shellWord } from "../../parts/text/command.tsx";
import type { PageProps } from "../registry.ts";
import { JobTemplate } from "./job-template.tsx";
import { AGENT_TYPE } from "./pool-data.ts";

/** A type of pool, as the server describes it. */
interface PoolType {
  type: string;
  title: string;
  description: string;
  template: JsonObject;
}

export function CreatePool() {
  const view = useQuery("readCollectionView", { params: { view: "aggregate-worker-metadata" } });
  return (
    <Loaded of={view} record="work pool">
      {(found) => <PoolForm types={typesOf(found)} />}
    </Loaded>
  );
}

export function EditPool({ params: { name } }: PageProps<"name">) {
  const query = useQuery("readWorkPool", { params: { name } });
  return (
    <Loaded of={query} record="work pool">
      {(pool) => <PoolForm pool={pool} types={[]} />}
    </Loaded>
  );
}

/** The view lists types by the collection that brings them. */
function typesOf(view: JsonObject): PoolType[] {
  const found = Object.values(view)
    .flatMap((collection) => (isObject(collection) ? Object.values(collection) : []))
    .flatMap((entry): PoolType[] => {
      if (!isObject(entry) || typeof entry["type"] !== "string") return [];
      const { type, display_name, description, default_base_job_configuration: template } = entry;
      const title = typeof display_name === "string" ? display_name : type;
      const text = typeof description === "string" ? description : "";
      return [{ type, title, description: text, template: isObject(template) ? (template as JsonObject) : {} }];
    });
  const agent = { type: AGENT_TYPE, title: "Prefect agent", description: "Agents take its runs.", template: {} };
  return [agent, ...found.filter(({ type }) => type !== AGENT_TYPE)];
}

function PoolForm({ pool, types }: { pool?: WorkPool; types: readonly PoolType[] }) {
  const { route } = useLocation();
  const [opened] = useState(pool);
  const [name, setName] = useState(pool?.name ?? "");
  const [type, setType] = useState(pool?.type ?? AGENT_TYPE);
  const [description, setDescription] = useState(pool?.description ?? "");
  const [limit, setLimit] = useState(pool?.concurrency_limit?.toString() ?? "");
  const [template, setTemplate] = useState<JsonObject>(pool?.base_job_template ?? {});
  const usual = opened?.base_job_template ?? types.find((known) => known.type === type)?.template ?? {};

  async function save(): Promise<void> {
    const concurrency_limit = limit === "" ? null : Number(limit);
    const body = { description, concurrency_limit, base_job_template: template };
    const before = opened && { ...opened, description: opened.description ?? "" };
    if (before) await change("updateWorkPool", { params: { name }, body: changedIn(body, before) });
    else await change("createWorkPool", { body: { ...body, name, type } });
    toast({ text: pool ? `Saved ${name}.` : `Created the work pool ${name}.` });
    route(to(pages.workPool(name)));
  }

  return (
    <>
      <PageHead
        title={pool ? `Change ${pool.name}` : "New work pool"}
        crumbs={[{ title: "Work pools", href: to(pages.workPools()) }]}
      />
      <FormPage
        action={pool ? "Save" : "Create"}
        isWrong={!isWhole(limit)}
        missing={name.trim() === "" ? ["Name"] : []}
        onSubmit={save}
        cancelHref={to(pool ? pages.workPool(pool.name) : pages.workPools())}
        command={!pool && name !== "" && <Command>{`orch work-pool create ${shellWord(name)} --type ${type}`}</Command>}
      >
        {(fault) => (
          <>
            {!pool && (
              <>
                <TextField label="Name" fault={fault} isRequired value={name} onChange={setName} />
                <Field label="Type" hint={types.find((known) => known.type === type)?.description}>
                  {(control) => (
                    <select
                      {...control}
                      value={type}
                      onChange={({ currentTarget: { value } }) => {
                        setType(value);
                        setTemplate(types.find((known) => known.type === value)?.template ?? {});
                      }}
                    >
                      {types.map((known) => (
                        <option key={known.type} value={known.type}>
                          {known.title}
                        </option>
                      ))}
                    </select>
                  )}
                </Field>
              </>
            )}
            <TextField label="Description" rows={3} value={description} onChange={setDescription} />
            <NumberField
              label="Runs at once"
              hint="Over all its queues; empty for no limit, 0 for none."
              value={limit}
              onChange={setLimit}
            />
            {type !== AGENT_TYPE && <JobTemplate key={type} {...{ template, usual }} onChange={setTemplate} />}
            {pool && fault !== undefined && (
              <p class="notice bad" role="alert">
                {fault}
              </p>
            )}
          </>
        )}
      </FormPage>
    </>
  );
}
