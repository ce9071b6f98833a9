// Lists the parameters of a deployment: what it sets, what the flow's own default is, and the type.
import { isObject, type Json } from "#lib/json.ts";
import type { Deployment } from "#wire/deployments/deployments.ts";
import { Empty, NothingFound } from "../../parts/lists/empty.tsx";
import { FilterBar, SearchFilter } from "../../parts/lists/filter-bar.tsx";
import { type Column, List } from "../../parts/lists/list.tsx";
import { fieldsOf } from "../../parts/schema/schema.ts";
import { JsonView } from "../../parts/text/json-view.tsx";
import { useAddress } from "../../parts/use-address.ts";

interface Row {
  name: string;
  type: string;
  isRequired: boolean;
  set: Json | undefined;
  usual: Json | undefined;
}

export function ParametersTab({
  deployment: { parameters, parameter_openapi_schema: schema },
}: {
  deployment: Deployment;
}) {
  const address = useAddress();
  const search = (address.one("search") ?? "").toLowerCase();
  const rows = rowsOf(parameters, schema);
  const found = rows.filter(({ name }) => name.toLowerCase().includes(search));
  if (rows.length === 0) return <Empty title="This flow takes no parameters." />;
  return (
    <>
      <FilterBar>
        <SearchFilter label="Search parameters" />
      </FilterBar>
      {found.length === 0 ? (
        <NothingFound clearHref={address.with({ search: null })} />
      ) : (
        <List rows={found} columns={COLUMNS} label="Parameters" idOf={({ name }) => name} />
      )}
      {Object.keys(parameters).length > 0 && <JsonView value={parameters} label="Parameters that it sets" />}
    </>
  );
}

function rowsOf(parameters: Deployment["parameters"], schema: Deployment["parameter_openapi_schema"]): Row[] {
  const fields = isObject(schema) ? fieldsOf(schema, schema) : [];
  const known = new Set(fields.map(({ name }) => name));
  const others = Object.keys(parameters).filter((name) => !known.has(name));
  return [
    ...fields.map(({ name, schema: field, isRequired }) => ({
      ...{ name, isRequired, set: parameters[name], usual: field["default"] },
      type: typeof field["type"] === "string" ? field["type"] : "any",
    })),
    ...others.map((name) => ({ name, isRequired: false, type: "unknown", set: parameters[name], usual: undefined })),
  ];
}

/** Letters of a value in a row: below the list it is whole. */
const MOST_SHOWN = 300;

function written(value: Json | undefined) {
  if (value === undefined) return null;
  const text = JSON.stringify(value);
  const shown = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
  return <code title={shown}>{shown}</code>;
}

const COLUMNS: Column<Row>[] = [
  {
    title: "Name",
    width: "24%",
    cell: ({ name, isRequired }) => (
      <>
        {name}
        {isRequired && <span class="quiet"> required</span>}
      </>
    ),
  },
  { title: "Set here", cell: ({ set }) => written(set) },
  { title: "Default", gives: "second", isNamedBelow: true, cell: ({ usual }) => written(usual) },
  { title: "Type", width: "110px", gives: "third", cell: ({ type }) => type },
];
