// Lists the notifications in words, with a switch each.
import { Pencil, Plus, Trash2 } from "lucide-preact";
import { pages } from "#lib/text/page-addresses.ts";
import type { BlockDocument } from "#wire/blocks.ts";
import type { NotificationPolicy } from "#wire/notifications.ts";
import { to } from "../data/base.ts";
import { change, refreshAll, showAlready, useQuery } from "../data/query.ts";
import { Button } from "../parts/button.tsx";
import { attempt } from "../parts/forms/attempt.ts";
import { confirm } from "../parts/forms/confirm.tsx";
import { Switch } from "../parts/forms/switch.tsx";
import { Empty } from "../parts/lists/empty.tsx";
import type { Column } from "../parts/lists/list.tsx";
import { ListPage, MOST } from "../parts/lists/list-page.tsx";
import { MenuItem, RowMenu } from "../parts/menu.tsx";
import { Tags } from "../parts/text/tags.tsx";

interface Row extends NotificationPolicy {
  block: BlockDocument | undefined;
}

export default function NotificationsPage() {
  const list = useQuery("listNotificationPolicies", { body: { limit: MOST } });
  const ids = (list.data ?? []).map((policy) => policy.block_document_id);
  const body = { block_documents: { id: { any_: ids }, is_anonymous: null }, limit: MOST };
  const blocks = useQuery("listBlockDocuments", ids.length === 0 ? null : { body }).data ?? [];
  const rows = (list.data ?? []).map(
    (policy): Row => ({ ...policy, block: blocks.find(({ id }) => id === policy.block_document_id) }),
  );
  return (
    <ListPage
      label="Notifications"
      of={list}
      rows={rows}
      actions={
        <Button kind="main" icon={Plus} href={to(pages.createNotification())}>
          New notification
        </Button>
      }
      columns={COLUMNS}
      idOf={({ id }) => id}
      hrefOf={({ id }) => to(pages.editNotification(id))}
      menu={(row) => <PolicyMenu row={row} />}
      empty={
        <Empty
          title="There are no notifications yet."
          command="orch notification create --state Failed --block slack-webhook/team"
        >
          A notification sends a message when a run enters a state.
        </Empty>
      }
    />
  );
}

/** `A run with the tag finance enters Failed: Slack Webhook team-channel`. */
function wordsOf(row: Row): string {
  const { tags } = row;
  const which =
    tags.length === 0 ? "A run of any flow" : `A run with the ${tags.length === 1 ? "tag" : "tags"} ${tags.join(", ")}`;
  return `${which} enters ${statesOf(row)}: ${blockOf(row)}`;
}

function statesOf({ state_names: states }: Row): string {
  return states.length === 0 ? "any state" : states.join(" or ");
}

function blockOf({ block }: Row): string {
  return block ? `${block.block_type?.name ?? "a block"} ${block.is_anonymous ? "" : (block.name ?? "")}`.trim() : "…";
}

const COLUMNS: Column<Row>[] = [
  {
    title: "A run enters",
    cell: (row) => (
      <a class="main-link" href={to(pages.editNotification(row.id))} title={wordsOf(row)}>
        {statesOf(row)}
      </a>
    ),
  },
  {
    title: "Tags of the run",
    width: "24%",
    gives: "second",
    cell: ({ tags }) => (tags.length === 0 ? <span class="quiet">any</span> : <Tags tags={tags} />),
  },
  { title: "Sent by", width: "36%", gives: "second", cell: (row) => blockOf(row) },
  { title: "On", width: "64px", cell: (row) => policySwitch(row) },
];

function policySwitch(row: Row) {
  const { id, is_active } = row;
  const flip = async (isOn: boolean) => {
    showAlready("listNotificationPolicies", (all) =>
      all.map((each) => (each.id === id ? { ...each, is_active: isOn } : each)),
    );
    const act = () => change("updateNotificationPolicy", { params: { id }, body: { is_active: isOn } });
    if (!(await attempt(act, isOn ? "The notification is on." : "The notification is off."))) refreshAll();
  };
  return <Switch isOn={is_active} label={wordsOf(row)} onChange={flip} />;
}

function PolicyMenu({ row }: { row: Row }) {
  const { id } = row;
  async function remove(): Promise<void> {
    const question = {
      title: "Delete the notification?",
      body: wordsOf(row),
      command: `orch notification delete ${id}`,
      action: "Delete",
    };
    if (await confirm(question)) {
      await attempt(() => change("deleteNotificationPolicy", { params: { id } }), "Deleted the notification.");
    }
  }
  return (
    <RowMenu of={wordsOf(row)}>
      {() => (
        <>
          <MenuItem icon={Pencil} href={to(pages.editNotification(id))}>
            Change
          </MenuItem>
          <MenuItem icon={Trash2} isDanger onClick={remove}>
            Delete
          </MenuItem>
        </>
      )}
    </RowMenu>
  );
}
