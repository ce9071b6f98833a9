// Lists the notifications in words, with a switch each.
import { Ellipsis, Pencil, Plus, Trash2 } from "lucide-preact";
import { pages } from "#lib/page-addresses.ts";
import type { BlockDocument } from "#wire/blocks.ts";
import type { NotificationPolicy } from "#wire/notifications.ts";
import { to } from "../data/base.ts";
import { change, refreshAll, showAlready, useQuery } from "../data/query.ts";
import { attempt } from "../parts/attempt.ts";
import { Button } from "../parts/button.tsx";
import { confirm } from "../parts/confirm.tsx";
import { Empty } from "../parts/empty.tsx";
import { type Column, List } from "../parts/list.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { Menu, MenuItem } from "../parts/menu.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Switch } from "../parts/switch.tsx";

const MOST = 200;

interface Row extends NotificationPolicy {
  block: BlockDocument | undefined;
}

export default function NotificationsPage() {
  const list = useQuery("listNotificationPolicies", { body: { limit: MOST } });
  const ids = (list.data ?? []).map((policy) => policy.block_document_id);
  const body = { block_documents: { id: { any_: ids }, is_anonymous: null }, limit: MOST };
  const blocks = useQuery("listBlockDocuments", ids.length === 0 ? null : { body }).data ?? [];
  const actions = (
    <Button kind="main" icon={Plus} href={to(pages.createNotification())}>
      New notification
    </Button>
  );
  return (
    <>
      <PageHead title="Notifications" actions={actions} />
      <Loaded of={list}>
        {(policies) => {
          const rows = policies.map(
            (policy): Row => ({ ...policy, block: blocks.find(({ id }) => id === policy.block_document_id) }),
          );
          return rows.length > 0 ? (
            <List
              {...{ rows, columns: COLUMNS, label: "Notifications", isOld: list.isOld }}
              idOf={({ id }) => id}
              hrefOf={({ id }) => to(pages.editNotification(id))}
              menu={(row) => <PolicyMenu row={row} />}
            />
          ) : (
            <Empty
              title="There are no notifications yet."
              command="orch notification create --state Failed --block slack-webhook/team"
            >
              A notification sends a message when a run enters a state.
            </Empty>
          );
        }}
      </Loaded>
    </>
  );
}

/** `A run with the tag finance becomes Failed: Slack Webhook team-channel`. */
function wordsOf({ tags, state_names: states, block }: Row): string {
  const which =
    tags.length === 0 ? "A run of any flow" : `A run with the ${tags.length === 1 ? "tag" : "tags"} ${tags.join(", ")}`;
  const what = states.length === 0 ? "any state" : states.join(" or ");
  const where = block
    ? `${block.block_type?.name ?? "a block"} ${block.is_anonymous ? "" : (block.name ?? "")}`.trim()
    : "…";
  return `${which} enters ${what}: ${where}`;
}

const COLUMNS: Column<Row>[] = [
  {
    title: "When, and where to",
    cell: (row) => (
      <a class="main-link" href={to(pages.editNotification(row.id))} title={wordsOf(row)}>
        {wordsOf(row)}
      </a>
    ),
  },
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
  const label = `Actions on: ${wordsOf(row)}`;
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
    <Menu button={{ kind: "plain", icon: Ellipsis, label }} label={label}>
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
    </Menu>
  );
}
