// Lists the variables, and makes, changes and deletes them in dialogs: a model for records that have no page.
import { Copy, Pencil, Plus, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import type { Variable } from "#wire/variables.ts";
import { change, useQuery } from "../data/query.ts";
import { Button } from "../parts/button.tsx";
import { attempt } from "../parts/forms/attempt.ts";
import { confirm, named } from "../parts/forms/confirm.tsx";
import { Empty } from "../parts/lists/empty.tsx";
import { ChoiceFilter } from "../parts/lists/filter-bar.tsx";
import type { Column } from "../parts/lists/list.tsx";
import { ListPage, MOST } from "../parts/lists/list-page.tsx";
import { MenuItem, RowMenu } from "../parts/menu.tsx";
import { shellWord } from "../parts/text/command.tsx";
import { copyText } from "../parts/text/copy.tsx";
import { Tags } from "../parts/text/tags.tsx";
import { Time } from "../parts/text/time.tsx";
import { useAddress } from "../parts/use-address.ts";
import { VariableDialog } from "./variable-dialog.tsx";

const SORTS = ["NAME_ASC", "NAME_DESC", "UPDATED_DESC", "CREATED_DESC"] as const;
const USUAL = SORTS[0];

export default function VariablesPage() {
  const address = useAddress();
  const [opened, setOpened] = useState<Variable | "new">();
  const search = address.one("search");
  const tags = address.all("tag");
  const sort = SORTS.find((known) => known === address.one("sort")) ?? USUAL;
  const variables = { name: search ? { like_: search } : null, tags: tags.length > 0 ? { all_: tags } : null };
  const list = useQuery("listVariables", { body: { variables, sort, limit: MOST } });
  const count = useQuery("countVariables", { body: { variables } });
  const known = [...new Set([...tags, ...(list.data ?? []).flatMap((variable) => variable.tags)])].sort();
  return (
    <>
      <ListPage
        label="Variables"
        of={list}
        rows={list.data ?? []}
        count={count.data}
        actions={
          <Button kind="main" icon={Plus} onClick={() => setOpened("new")}>
            New variable
          </Button>
        }
        search="Search names"
        filters={<ChoiceFilter name="tag" label="Tag" options={known.map((tag) => ({ value: tag, title: tag }))} />}
        filterNames={["tag"]}
        columns={columns(setOpened)}
        usualSort={USUAL}
        idOf={({ id }) => id}
        onOpen={setOpened}
        menu={(variable) => <VariableMenu variable={variable} onEdit={() => setOpened(variable)} />}
        remove={removed}
        empty={
          <Empty title="There are no variables yet." command="orch variable set colour petrol">
            A variable is a named text that flows read.
          </Empty>
        }
      />
      {opened && (
        <VariableDialog variable={opened === "new" ? undefined : opened} onClose={() => setOpened(undefined)} />
      )}
    </>
  );
}

function columns(onEdit: (variable: Variable) => void): Column<Variable>[] {
  return [
    {
      title: "Name",
      width: "30%",
      sort: { up: "NAME_ASC", down: "NAME_DESC" },
      cell: (variable) => (
        <button type="button" class="main-link" onClick={() => onEdit(variable)}>
          {variable.name}
        </button>
      ),
    },
    { title: "Value", cell: ({ value }) => <code title={value}>{value}</code> },
    { title: "Tags", width: "20%", gives: "second", cell: ({ tags }) => <Tags tags={tags} /> },
    {
      title: "Changed",
      width: "140px",
      gives: "third",
      sort: { up: "UPDATED_DESC", down: "UPDATED_DESC" },
      cell: ({ updated }) => <Time at={updated} />,
    },
  ];
}

function VariableMenu({ variable, onEdit }: { variable: Variable; onEdit: () => void }) {
  return (
    <RowMenu of={variable.name}>
      {() => (
        <>
          <MenuItem icon={Pencil} onClick={onEdit}>
            Change
          </MenuItem>
          <MenuItem icon={Copy} onClick={() => copyText(variable.value)}>
            Copy the value
          </MenuItem>
          <MenuItem icon={Copy} onClick={() => copyText(variable.id)}>
            Copy the id
          </MenuItem>
          <MenuItem icon={Trash2} isDanger onClick={() => removed([variable])}>
            Delete
          </MenuItem>
        </>
      )}
    </RowMenu>
  );
}

/** Resolves to whether they are gone. */
async function removed(variables: readonly Variable[]): Promise<boolean> {
  const title = named(
    "Delete",
    "variable",
    variables.map(({ name }) => name),
  );
  const body = "Flows that read them will find nothing. This cannot be taken back.";
  const command = variables.map(({ name }) => `orch variable delete ${shellWord(name)}`).join(" && ");
  if (!(await confirm({ title, body, command, action: "Delete" }))) return false;
  const act = () => Promise.all(variables.map(({ id }) => change("deleteVariable", { params: { id } })));
  return attempt(
    act,
    variables.length === 1 ? `Deleted ${variables[0]?.name}.` : `Deleted ${variables.length} variables.`,
  );
}
