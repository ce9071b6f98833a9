// The pages that make and change work queues: below their pool, and by id as old clients link to them.
import { useQuery } from "../../data/query.ts";
import { Loaded } from "../../parts/lists/loaded.tsx";
import type { PageProps } from "../registry.ts";
import { usePoolOf } from "./pool-data.ts";
import { QueueForm } from "./queue-form.tsx";

export function CreatePoolQueue({ params: { name } }: PageProps<"name">) {
  return <QueueForm pool={{ name }} />;
}

export function EditPoolQueue({ params: { name: pool, queue } }: PageProps<"name" | "queue">) {
  const query = useQuery("readPoolQueue", { params: { work_pool_name: pool, name: queue } });
  return (
    <Loaded of={query} record="work queue">
      {(found) => <QueueForm queue={found} pool={{ name: pool }} />}
    </Loaded>
  );
}

export function CreateQueue() {
  return <QueueForm />;
}

export function EditQueue({ params: { id } }: PageProps<"id">) {
  const query = useQuery("readWorkQueue", { params: { id } });
  const pool = usePoolOf(query.data?.work_pool_id);
  return (
    <Loaded of={query} record="work queue">
      {(found) => <QueueForm queue={found} pool={pool} />}
    </Loaded>
  );
}
