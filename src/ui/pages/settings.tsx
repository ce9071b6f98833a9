// Shows what this server is and how it is set: version, zone and colours of this browser, every setting.
import { BookOpen, LogOut } from "lucide-preact";
import { pages } from "#lib/text/page-addresses.ts";
import { to } from "../data/base.ts";
import { apiKey, isKeyWanted } from "../data/call.ts";
import { useQuery } from "../data/query.ts";
import { zone } from "../data/zone.ts";
import { Button } from "../parts/button.tsx";
import { NothingFound } from "../parts/lists/empty.tsx";
import { ClearFilters, FilterBar, SearchFilter } from "../parts/lists/filter-bar.tsx";
import { type Column, List } from "../parts/lists/list.tsx";
import { Loaded } from "../parts/lists/loaded.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Command } from "../parts/text/command.tsx";
import { Details } from "../parts/text/details.tsx";
import { useAddress } from "../parts/use-address.ts";

interface Setting {
  name: string;
  value: string;
}

export default function SettingsPage() {
  const version = useQuery("readOrchVersion", {}).data;
  const settings = useQuery("readSettings", {});
  const address = useAddress();
  const words = (address.one("search") ?? "").toUpperCase().split(/[\s_]+/);
  return (
    <>
      <PageHead
        title="Settings"
        actions={
          <>
            {apiKey.value !== null && (
              <Button icon={LogOut} onClick={signOut}>
                Sign out
              </Button>
            )}
            <Button icon={BookOpen} href={to(pages.apiReference())}>
              API reference
            </Button>
          </>
        }
      />
      <div class="stack">
        <Details
          facts={[
            ["Version", version && `orch ${version.version}, compatible with Prefect ${version.prefect_version}`],
            ["Times are shown in", `${zone.value}, chosen in the top bar`],
            ["Change a setting", <Command>orch config set NAME=VALUE</Command>],
          ]}
        />
        <FilterBar>
          <SearchFilter label="Search settings" />
          <ClearFilters names={["search"]} />
        </FilterBar>
        <Loaded of={settings}>
          {(all) => {
            const rows = rowsOf(all).filter(({ name }) => words.every((word) => name.includes(word)));
            return rows.length > 0 ? (
              <List {...{ rows, columns: COLUMNS, label: "Settings of the server" }} idOf={({ name }) => name} />
            ) : (
              <NothingFound clearHref={address.with({ search: null })} />
            );
          }}
        </Loaded>
      </div>
    </>
  );
}

/** This browser forgets the key. */
function signOut(): void {
  apiKey.value = null;
  isKeyWanted.value = true;
}

const COLUMNS: Column<Setting>[] = [
  { title: "Setting", width: "58%", cell: ({ name }) => <code title={name}>{name}</code> },
  {
    title: "Value",
    gives: "second",
    cell: ({ value }) => (value === "" ? <span class="quiet">not set</span> : <code title={value}>{value}</code>),
  },
];

/** The server answers with the names that Prefect's clients know; people set them under orch's own. */
function rowsOf(settings: Record<string, unknown>): Setting[] {
  return Object.entries(settings).map(([name, value]) => ({
    name: name.replace(/^PREFECT_/, "ORCH_"),
    value: value === null ? "" : typeof value === "string" ? value : JSON.stringify(value),
  }));
}
