// Shows what the API can do: each call with what it takes and answers, out of the server's own OpenAPI document.
import { Download } from "lucide-preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type ApiDocument, type ApiOperation, readApiDocument } from "../data/api-document.ts";
import { CallError } from "../data/call.ts";
import { Button } from "../parts/button.tsx";
import { NothingFound } from "../parts/lists/empty.tsx";
import { ChoiceFilter, ClearFilters, FilterBar, SearchFilter } from "../parts/lists/filter-bar.tsx";
import { Skeleton } from "../parts/lists/skeleton.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Details } from "../parts/text/details.tsx";
import { JsonView } from "../parts/text/json-view.tsx";
import { useAddress } from "../parts/use-address.ts";
import "../style/api-reference.css";

interface Line {
  method: string;
  path: string;
  of: ApiOperation;
}

export default function ApiReferencePage() {
  const address = useAddress();
  const [read, setRead] = useState<ApiDocument>();
  const [fault, setFault] = useState<string>();
  const load = () => {
    setFault(undefined);
    readApiDocument().then(setRead, (error) => setFault(error instanceof CallError ? error.message : String(error)));
  };
  useEffect(load, []);
  const lines = useMemo(() => (read ? linesOf(read) : []), [read]);
  const tags = address.all("tag");
  const words = (address.one("search") ?? "").toLowerCase();
  const found = lines.filter(
    ({ method, path, of }) =>
      (tags.length === 0 || tags.includes(of.tags[0] ?? "")) &&
      `${method} ${path} ${of.operationId}`.toLowerCase().includes(words),
  );
  const all = [...new Set(lines.map(({ of }) => of.tags[0] ?? ""))];
  const download = (
    <Button icon={Download} disabled={!read} onClick={() => read && save(read)}>
      openapi.json
    </Button>
  );
  return (
    <>
      <PageHead title="API reference" actions={download}>
        {read && <span class="quiet">{found.length}</span>}
      </PageHead>
      <FilterBar>
        <SearchFilter label="Search calls" />
        <ChoiceFilter name="tag" label="Kind" options={all.map((tag) => ({ value: tag, title: tag }))} />
        <ClearFilters names={["search", "tag"]} />
      </FilterBar>
      {fault && (
        <div class="notice bad" role="alert">
          {fault}
          <Button isSmall class="push" onClick={load}>
            Try again
          </Button>
        </div>
      )}
      {!read && !fault && <Skeleton />}
      {read && found.length === 0 && <NothingFound clearHref={address.with({ search: null, tag: null })} />}
      {read &&
        all.map((tag) => (
          <Kind key={tag} {...{ tag, document: read }} lines={found.filter(({ of }) => of.tags[0] === tag)} />
        ))}
    </>
  );
}

function Kind({ tag, lines, document }: { tag: string; lines: Line[]; document: ApiDocument }) {
  if (lines.length === 0) return null;
  return (
    <section class="api-kind">
      <h2>{tag}</h2>
      {lines.map((line) => (
        <Operation key={line.of.operationId} {...{ line, document }} />
      ))}
    </section>
  );
}

/** The one that is open is in the address. */
function Operation({ line: { method, path, of }, document }: { line: Line; document: ApiDocument }) {
  const address = useAddress();
  const isOpen = address.one("call") === of.operationId;
  const box = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (isOpen) box.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <details
      ref={box}
      open={isOpen}
      onToggle={({ currentTarget: { open } }) => {
        if (open !== isOpen) address.set({ call: open ? of.operationId : null }, { isReplacing: true });
      }}
    >
      <summary>
        <b>{method}</b> <code>{path}</code> <span class="quiet small">{of.operationId}</span>
      </summary>
      {isOpen && <Inside {...{ of, document }} />}
    </details>
  );
}

function Inside({ of, document }: { of: ApiOperation; document: ApiDocument }) {
  const taken = of.requestBody?.content["application/json"]?.schema;
  const answers = Object.entries(of.responses).filter(([status]) => status.startsWith("2"));
  const given = of.parameters.filter((one) => one.in !== "header");
  return (
    <div class="stack api-call">
      {given.length > 0 && (
        <Details
          facts={given.map((one) => [
            one.name,
            `${one.in === "path" ? "in the path" : "in the query"}, ${typeOf(one.schema)}`,
          ])}
        />
      )}
      {taken !== undefined && (
        <Shape title="It takes" label={`What ${of.operationId} takes`} {...{ schema: taken, document }} />
      )}
      {answers.map(([status, { content }]) => {
        const [type, body] = Object.entries(content ?? {})[0] ?? [];
        if (!body) return <p key={status}>{`It answers ${status}, without a body.`}</p>;
        const title = `It answers ${status}, ${type}`;
        return (
          <Shape key={status} {...{ title, schema: body.schema, document }} label={`What ${of.operationId} answers`} />
        );
      })}
    </div>
  );
}

/** A schema, and those that it names. */
function Shape({
  title,
  label,
  schema,
  document,
}: {
  title: string;
  label: string;
  schema: unknown;
  document: ApiDocument;
}) {
  const named = namesIn(schema, document);
  return (
    <div class="stack">
      <h3>{title}</h3>
      <JsonView value={schema} label={label} />
      {named.map((name) => (
        <details key={name}>
          <summary>
            <code>{name}</code>
          </summary>
          <JsonView value={document.components.schemas[name]} label={`The shape ${name}`} />
        </details>
      ))}
    </div>
  );
}

const REFERENCE = /"#\/components\/schemas\/(\w+)"/g;

/** The shapes that a schema refers to, and those that they refer to, in this order. */
function namesIn(schema: unknown, { components: { schemas } }: ApiDocument): string[] {
  const found = new Set<string>();
  const look = (within: unknown) => {
    for (const [, name = ""] of (JSON.stringify(within) ?? "").matchAll(REFERENCE)) {
      if (found.has(name)) continue;
      found.add(name);
      look(schemas[name]);
    }
  };
  look(schema);
  return [...found];
}

function typeOf(schema: unknown): string {
  const { format, type } = (schema ?? {}) as { format?: string; type?: string }; // a schema of the document
  return format ?? type ?? "any";
}

function linesOf({ paths }: ApiDocument): Line[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, of]) => ({ method: method.toUpperCase(), path, of })),
  );
}

/** A link of the browser carries no key, so the text is saved as it was read. */
function save(read: ApiDocument): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(read, null, 2)], { type: "application/json" }));
  link.download = "openapi.json";
  link.click();
  URL.revokeObjectURL(link.href);
}
