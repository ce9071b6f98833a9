// Changes a deployment: description, place, tags, parameters, overrides. Its schedule has a tab of its own.

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { isObject, type JsonObject } from "#lib/json.ts";
import { pages } from "#lib/text/page-addresses.ts";
import type { Deployment } from "#wire/deployments/deployments.ts";
import { to } from "../data/base.ts";
import { nameOf } from "../data/names.ts";
import { change, useQuery } from "../data/query.ts";
import { changedIn } from "../parts/changed.ts";
import { Field } from "../parts/forms/field.tsx";
import { FormPage } from "../parts/forms/form-page.tsx";
import { toast } from "../parts/forms/toasts.tsx";
import { Loaded } from "../parts/lists/loaded.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { jsonObjectOf } from "../parts/schema/json-object.ts";
import { missingWithin } from "../parts/schema/schema-faults.ts";
import { SchemaForm } from "../parts/schema/schema-form.tsx";
import { tagsOf, textOfTags } from "../parts/text/tag-text.ts";
import type { PageProps } from "./registry.ts";
import { MOST } from "./work/pool-data.ts";

/** A parameter that the deployment does not set has the flow's default. */
const NONE: JsonObject = {};

export default function EditDeploymentPage({ params: { id } }: PageProps<"id">) {
  const query = useQuery("readDeployment", { params: { id } });
  return (
    <Loaded of={query} record="deployment">
      {(deployment) => <EditForm deployment={deployment} key={id} />}
    </Loaded>
  );
}

function EditForm({ deployment }: { deployment: Deployment }) {
  const { route } = useLocation();
  const { id } = deployment;
  const [opened] = useState(deployment);
  const schema = isObject(deployment.parameter_openapi_schema) ? deployment.parameter_openapi_schema : {};
  const [description, setDescription] = useState(deployment.description ?? "");
  const [pool, setPool] = useState(deployment.work_pool_name ?? "");
  const [queue, setQueue] = useState(deployment.work_queue_name ?? "");
  const [tags, setTags] = useState(textOfTags(deployment.tags));
  const [parameters, setParameters] = useState<JsonObject>(deployment.parameters);
  const [overrides, setOverrides] = useState(() => JSON.stringify(deployment.infra_overrides, null, 2));
  const pools = useQuery("listWorkPools", { body: { limit: MOST } }).data ?? [];
  const infra = jsonObjectOf(overrides);
  const flow = nameOf("flow", deployment.flow_id) ?? "…";

  async function save(): Promise<void> {
    if (!infra) return;
    const given = {
      description: description === "" ? null : description,
      ...(pool === "" ? {} : { work_pool_name: pool }),
      work_queue_name: queue === "" ? null : queue,
      tags: tagsOf(tags),
      parameters,
      infra_overrides: infra,
    };
    // Only what was changed in this form: another reader may have changed the rest meanwhile.
    const body = changedIn(given, opened);
    await change("updateDeployment", { params: { id }, body });
    toast({ text: `Saved ${flow}/${deployment.name}.` });
    route(to(pages.deployment(id)));
  }

  return (
    <>
      <PageHead
        title={`Change ${deployment.name}`}
        crumbs={[{ title: flow, href: to(pages.flow(deployment.flow_id)) }]}
      />
      <FormPage
        action="Save"
        isWrong={!infra}
        missing={missingWithin(schema, parameters)}
        onSubmit={save}
        cancelHref={to(pages.deployment(id))}
      >
        {deployment.updated !== opened.updated && (
          <p class="notice" role="status">
            It was changed elsewhere since this form was opened. Save writes only the fields that you changed.
          </p>
        )}
        <p class="quiet">
          The next <code>orch deployment apply</code> of its file writes over what is changed here.
        </p>
        <Field label="Description" hint="Markdown.">
          {(control) => (
            <textarea
              {...control}
              rows={5}
              value={description}
              onInput={(event) => setDescription(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Work pool">
          {(control) => (
            <select {...control} value={pool} onChange={(event) => setPool(event.currentTarget.value)}>
              {pool === "" && <option value="">—</option>}
              {[...new Set([...(pool === "" ? [] : [pool]), ...pools.map(({ name }) => name)])].map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Work queue" hint="It is made when it is not there.">
          {(control) => <input {...control} value={queue} onInput={(event) => setQueue(event.currentTarget.value)} />}
        </Field>
        <Field label="Tags" hint="Separated by commas; one that has a comma is in quotes.">
          {(control) => <input {...control} value={tags} onInput={(event) => setTags(event.currentTarget.value)} />}
        </Field>
        <h2>Parameters</h2>
        <SchemaForm
          {...{ schema, defaults: NONE }}
          unset="the flow's default"
          value={parameters}
          onChange={setParameters}
          label="Parameters"
        />
        <Field
          label="Overrides of the infrastructure"
          hint="A JSON object."
          fault={infra ? undefined : "This is not a JSON object."}
        >
          {(control) => (
            <textarea
              {...control}
              class="mono"
              rows={8}
              spellcheck={false}
              value={overrides}
              onInput={(event) => setOverrides(event.currentTarget.value)}
            />
          )}
        </Field>
      </FormPage>
    </>
  );
}
