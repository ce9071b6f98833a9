// Lists the queues of all pools.
import { Plus } from "lucide-preact";
import { pages } from "#lib/text/page-addresses.ts";
import { to } from "../../data/base.ts";
import { Button } from "../../parts/button.tsx";
import { AllQueues } from "./queue-list.tsx";

export default function WorkQueuesPage() {
  const actions = (
    <Button kind="main" icon={Plus} href={to(pages.createWorkQueue())}>
      New work queue
    </Button>
  );
  return <AllQueues actions={actions} />;
}
