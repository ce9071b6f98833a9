// Makes a block of a type, or changes one. Secrets that are not typed again stay as they are; they are never shown.

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import { own } from "#lib/own.ts";
import { pages } from "#lib/text/page-addresses.ts";
import type { BlockDocument, BlockSchema, BlockType } from "#wire/blocks.ts";
import { to } from "../../data/base.ts";
import { change, useQuery } from "../../data/query.ts";
import { Field } from "../../parts/forms/field.tsx";
import { FormPage } from "../../parts/forms/form-page.tsx";
import { toast } from "../../parts/forms/toasts.tsx";
import { Loaded } from "../../parts/lists/loaded.tsx";
import { PageSkeleton } from "../../parts/lists/skeleton.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { fieldsOf, isSame, titleOf } from "../../parts/schema/schema.ts";
import { missingWithin } from "../../parts/schema/schema-faults.ts";
import { SchemaForm } from "../../parts/schema/schema-form.tsx";
import type { Custom } from "../../parts/schema/schema-plain-field.tsx";
import { Command, shellWord } from "../../parts/text/command.tsx";
import { Markdown } from "../../parts/text/markdown.tsx";
import type { PageProps } from "../registry.ts";
import { referencesOf, useNewestSchema } from "./block-catalog.tsx";

export function CreateBlock({ params: { slug } }: PageProps<"slug">) {
  const type = useQuery("readBlockTypeBySlug", { params: { slug } });
  const schema = useNewestSchema(type.data?.id);
  return (
    <Loaded of={type} record="block type">
      {(found) => (schema ? <BlockForm key={schema.id} {...{ type: found, schema }} /> : <PageSkeleton />)}
    </Loaded>
  );
}

export function EditBlock({ params: { id } }: PageProps<"id">) {
  const query = useQuery("readBlockDocument", { params: { id } });
  return (
    <Loaded of={query} record="block">
      {(block) =>
        block.block_type &&
        block.block_schema && <BlockForm key={id} type={block.block_type} schema={block.block_schema} block={block} />
      }
    </Loaded>
  );
}

interface BlockFormProps {
  type: BlockType;
  schema: BlockSchema;
  /** `undefined`: a new one. */
  block?: BlockDocument;
}

const NAME_HINT = "Lower-case letters, digits and dashes.";

function BlockForm({ type, schema, block }: BlockFormProps) {
  const { route } = useLocation();
  const references = referencesOf(schema.fields);
  const defaults = defaultsOf(schema);
  const [name, setName] = useState(block?.name ?? "");
  const [opened] = useState<JsonObject>(() => (block ? withReferences(block) : defaults));
  const [data, setData] = useState(opened);
  const isWrongName = name !== "" && !/^[a-z0-9-]+$/.test(name);
  const custom: Custom = (path, field) => {
    const [first = ""] = path;
    const slug = path.length === 1 ? references[first] : undefined;
    return slug === undefined ? undefined : <BlockChoice slug={slug} {...field} />;
  };
  const lacking = fieldsOf(schema.fields, schema.fields).filter(
    (field) => field.isRequired && (data[field.name] === undefined || data[field.name] === ""),
  );

  async function save(): Promise<void> {
    const id = block ? await changed(block.id, opened, data) : await made(name, data, schema);
    toast({ text: `${block ? "Saved" : "Created"} ${type.slug}/${name}.` });
    route(to(pages.block(id)));
  }

  const crumbs = [
    { title: "Blocks", href: to(pages.blocks()) },
    block
      ? { title: type.name, href: to(pages.blockType(type.slug)) }
      : { title: "New block", href: to(pages.blockCatalog()) },
  ];
  return (
    <>
      <PageHead title={block ? `Change ${block.name ?? "block"}` : `New ${type.name}`} crumbs={crumbs} />
      <FormPage
        action={block ? "Save" : "Create"}
        isWrong={isWrongName}
        missing={[
          ...(name === "" ? ["Name"] : []),
          ...lacking.map((field) => titleOf(field.schema, field.name)),
          ...missingWithin(schema.fields, data),
        ]}
        onSubmit={save}
        cancelHref={to(block ? pages.block(block.id) : pages.blockCatalog())}
        command={
          !block && (
            <Command>{`orch block create ${type.slug}${name === "" ? "" : ` --name ${shellWord(name)}`}`}</Command>
          )
        }
      >
        {!block && type.description && <Markdown text={type.description} />}
        {!block && (
          <Field label="Name" hint={NAME_HINT} fault={isWrongName ? NAME_HINT : undefined}>
            {(control) => (
              <input {...control} required value={name} onInput={(event) => setName(event.currentTarget.value)} />
            )}
          </Field>
        )}
        <SchemaForm {...{ schema: schema.fields, defaults, custom }} value={data} onChange={setData} label="Values" />
      </FormPage>
    </>
  );
}

async function made(name: string, data: JsonObject, schema: BlockSchema): Promise<string> {
  const { id: block_schema_id, block_type_id } = schema;
  return (await change("createBlockDocument", { body: { name, data, block_schema_id, block_type_id } })).id;
}

/** What was emptied is sent as nothing. A secret that was not touched is not sent, so the server keeps it. */
async function changed(id: string, before: JsonObject, data: JsonObject): Promise<string> {
  const emptied = Object.keys(before).filter((name) => !Object.hasOwn(data, name));
  const given = Object.entries(data).filter(([name, value]) => !isSame(value, own(before, name)));
  const body = { data: Object.fromEntries([...given, ...emptied.map((name): [string, Json] => [name, null])]) };
  await change("updateBlockDocument", { params: { id }, body });
  return id;
}

function defaultsOf({ fields }: BlockSchema): JsonObject {
  const known = fieldsOf(fields, fields).flatMap(({ name, schema }) =>
    schema["default"] === undefined ? [] : [[name, schema["default"]] as const],
  );
  return Object.fromEntries(known);
}

/** Blocks within are answered with their values; they are sent as references. */
function withReferences({ data, block_document_references: references }: BlockDocument): JsonObject {
  const known = Object.entries(references).flatMap(([name, reference]): [string, Json][] => {
    const within = isObject(reference) ? reference["block_document"] : undefined;
    const id = isObject(within) ? within["id"] : undefined;
    return typeof id === "string" ? [[name, { $ref: { block_document_id: id } }]] : [];
  });
  return { ...data, ...Object.fromEntries(known) };
}

interface BlockChoiceProps {
  slug: string;
  name: string;
  value: Json | undefined;
  isRequired?: boolean;
  onChange: (value: Json | undefined) => void;
}

const MOST = 200;

function BlockChoice({ slug, name, value, isRequired, onChange }: BlockChoiceProps) {
  const body = { block_types: { slug: { any_: [slug] } }, limit: MOST };
  const blocks = useQuery("listBlockDocuments", { body });
  const reference = isObject(value) ? value["$ref"] : undefined;
  const chosen =
    isObject(reference) && typeof reference["block_document_id"] === "string" ? reference["block_document_id"] : "";
  return (
    <Field
      label={isRequired ? `${name} (required)` : name}
      hint={
        <>
          A block of the type {slug}.{" "}
          <a class="link" href={to(pages.createBlock(slug))}>
            Make one
          </a>
        </>
      }
    >
      {(control) => (
        <select
          {...control}
          value={chosen}
          onChange={({ currentTarget: { value: id } }) =>
            onChange(id === "" ? undefined : { $ref: { block_document_id: id } })
          }
        >
          <option value="">—</option>
          {chosen !== "" && blocks.data?.every(({ id }) => id !== chosen) && (
            <option value={chosen}>the one it has</option>
          )}
          {blocks.data?.map((block) => (
            <option value={block.id} key={block.id}>
              {block.name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
