// Notification policies in the database.

import { readJson, writeBool, writeJson } from "#db/codecs.ts";
import type { Reader, Tx } from "#db/connect.ts";
import { insertRow, updateRow } from "#db/rows.ts";
import { ALWAYS, type Condition, condition } from "#db/sql.ts";
import { newId } from "#lib/ids.ts";
import type { NotificationPolicyFilter } from "#wire/filters.ts";
import type { NotificationPolicy, NotificationPolicyCreate, NotificationPolicyUpdate } from "#wire/notifications.ts";
import { type Page, rowsOfPage } from "../kernel/paging.ts";

const SELECT = `select id, created, updated, is_active, state_names, tags, block_document_id, message_template
  from flow_run_notification_policy`;

type Row = Omit<NotificationPolicy, "is_active" | "state_names" | "tags"> & {
  is_active: number;
  state_names: string;
  tags: string;
};

function policyOf({ is_active, state_names, tags, ...row }: Row): NotificationPolicy {
  return { ...row, is_active: is_active === 1, state_names: readJson<string[]>(state_names), tags: readJson(tags) };
}

export function insertPolicy(tx: Tx, now: string, given: NotificationPolicyCreate): NotificationPolicy {
  const policy = { id: newId(), created: now, updated: now, ...given };
  insertRow(tx, "flow_run_notification_policy", {
    ...{ id: policy.id, created: now, updated: now, is_active: writeBool(given.is_active) },
    ...{ state_names: writeJson(given.state_names), tags: writeJson(given.tags) },
    ...{ block_document_id: given.block_document_id, message_template: given.message_template },
  });
  return policy;
}

export function readPolicy(q: Reader, id: string): NotificationPolicy | undefined {
  const row = q.get<Row>(`${SELECT} where id = ?`, id);
  return row && policyOf(row);
}

function filtered(filter: NotificationPolicyFilter | null): Condition {
  const active = filter?.is_active?.eq_ ?? null;
  return active === null ? ALWAYS : condition("is_active = ?", writeBool(active));
}

/** By id. */
export function listPolicies(
  q: Reader,
  filter: NotificationPolicyFilter | null,
  { limit, offset }: Page,
): NotificationPolicy[] {
  const where = filtered(filter);
  const sql = `${SELECT} where ${where.sql} order by id limit ? offset ?`;
  const rows = q.each<Row>(sql, ...where.params, limit, offset);
  return rowsOfPage(rows, ["state_names", "tags", "message_template"]).map(policyOf);
}

/** False when it is not there. */
export function updatePolicy(tx: Tx, now: string, id: string, given: NotificationPolicyUpdate): boolean {
  const { is_active, state_names, tags, block_document_id, message_template } = given;
  const changes = {
    ...{ updated: now, block_document_id, message_template },
    is_active: is_active === undefined ? undefined : writeBool(is_active),
    state_names: state_names && writeJson(state_names),
    tags: tags && writeJson(tags),
  };
  return updateRow(tx, "flow_run_notification_policy", changes, condition("id = ?", id));
}

export function deletePolicy(tx: Tx, id: string): boolean {
  return tx.run("delete from flow_run_notification_policy where id = ?", id) > 0;
}
