// Shows the types of blocks that can be made.
import { isObject } from "#lib/json.ts";
import { pages } from "#lib/text/page-addresses.ts";
import type { BlockSchema } from "#wire/blocks.ts";
import { to } from "../../data/base.ts";
import { useQuery } from "../../data/query.ts";
import { NothingFound } from "../../parts/lists/empty.tsx";
import { ChoiceFilter, ClearFilters, FilterBar, SearchFilter } from "../../parts/lists/filter-bar.tsx";
import { Loaded } from "../../parts/lists/loaded.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { useAddress } from "../../parts/use-address.ts";
import "../../style/blocks.css";

const MOST = 200;

export default function BlockCatalogPage() {
  const address = useAddress();
  const search = (address.one("search") ?? "").toLowerCase();
  const capabilities = address.all("capability");
  const body = {
    block_schemas: capabilities.length > 0 ? { block_capabilities: { all_: capabilities } } : null,
    limit: MOST,
  };
  const types = useQuery("listBlockTypes", { body });
  const abilities = useQuery("listBlockCapabilities", {}).data ?? [];
  return (
    <>
      <PageHead title="New block" crumbs={[{ title: "Blocks", href: to(pages.blocks()) }]} />
      <FilterBar>
        <SearchFilter label="Search types" />
        <ChoiceFilter
          name="capability"
          label="Capability"
          options={abilities.toSorted().map((value) => ({ value, title: value }))}
        />
        <ClearFilters names={["search", "capability"]} />
      </FilterBar>
      <Loaded of={types}>
        {(all) => {
          const found = all
            .filter(({ name, description }) => `${name} ${description ?? ""}`.toLowerCase().includes(search))
            .toSorted((one, other) => one.name.localeCompare(other.name));
          if (found.length === 0) return <NothingFound clearHref={address.with({ search: null, capability: null })} />;
          return (
            <ul class="catalog">
              {found.map(({ id, slug, name, description }) => (
                <li key={id}>
                  <a href={to(pages.createBlock(slug))}>
                    <b>{name}</b>
                    <span class="quiet small">{firstSentence(description)}</span>
                  </a>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </>
  );
}

function firstSentence(text: string | null): string {
  return text?.split(/\.\s|\n/, 1)[0] ?? "";
}

/** The fields of the newest schema of a type. */
export function useNewestSchema(typeId: string | undefined): BlockSchema | undefined {
  const body = { block_schemas: { block_type_id: { any_: [typeId ?? ""] } }, limit: 1 };
  return useQuery("listBlockSchemas", typeId === undefined ? null : { body }).data?.[0];
}

/** The fields that hold another block, with the slug of its type. */
export function referencesOf(fields: BlockSchema["fields"]): Record<string, string> {
  const { block_schema_references: references } = fields;
  if (!isObject(references)) return {};
  return Object.fromEntries(
    Object.entries(references).flatMap(([name, reference]) => {
      const one = Array.isArray(reference) ? reference[0] : reference;
      return isObject(one) && typeof one["block_type_slug"] === "string" ? [[name, one["block_type_slug"]]] : [];
    }),
  );
}
